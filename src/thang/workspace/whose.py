"""Who the persons of planned messages are today: people merge, and their numbers with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from thang.engines.duckdb import Projection
from thang.policy.aims import GROUPS
from thang.policy.schema import Policy
from thang.record.knowing import Person


def whose(projection: Projection, policy: Policy, numbers: Sequence[int]) -> dict[int, Person]:
    """Everybody who is meant by these numbers; of whom nothing is derived, little is asked."""
    rows = projection.sql.execute(_ASK, [list(numbers)]).fetchall()
    everyone: dict[int, list[int]] = defaultdict(list)
    facts: dict[int, tuple[int, bool]] = {}
    for asked, person, identifier, level, members in rows:
        everyone[asked].append(identifier)
        facts[asked] = (person, _few(policy, level, members))
    return {
        number: Person(facts[number][0], tuple(everyone[number]), facts[number][1])
        if number in facts
        else Person(number, (number,), few=True)
        for number in numbers
    }


def _few(policy: Policy, level: int | None, members: int | None) -> bool:
    keys = [level.key for level in policy.levels]
    first = policy.sending.few_from
    high = level is not None and first in keys and level >= keys.index(first)
    viral = bool((members or 0) >> GROUPS.index("viral") & 1)
    return high or viral


_ASK = """
select asked.identifier, mine.person, mine.identifier, placements.level, scores.members
from people as asked
join people as mine on mine.person = asked.person
left join placements on placements.person = asked.person
left join scores on scores.person = asked.person
where asked.identifier in (select unnest(?))
order by asked.identifier, mine.identifier
"""
