"""Facts that say how each person stands: place, groups, value, consent, who waits for an answer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.policy.aims import GROUPS
from thang.policy.playbook.fact import Fact, What
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.events import CODES
from thang.river.lifetime.rows import Float64
from thang.river.program import FAR
from thang.river.tables import Int64
from thang.workspace.facts.happened import at_keys

MINUTE = 60 * 1_000_000
PATIENCE = 7  # days
NONE = float("nan")
CARED = ("live_chat_message_received", "live_chat_message_sent")
_PLACES = """
select p.person, p.level, p.observed, p.rungs, (? - p.since) / {day}::double as days_on_level,
    (p.level > p.observed)::int as pressure,
    case when p.level > p.observed and p.next_change < {far}
        then (p.next_change - ?) / {day}::double end as days_to_change,
    case when p.gap > 0 then p.gap / {day}::double end as gap,
    case when p.last_order > 0 then (? - p.last_order) / {day}::double end as days_since_order,
    (? - t.first_at) / {day}::double as days_known,
    case when t.orders > 0 then t.revenue::double / t.orders end as usual_order,
    v.value, v.profit, v.alive, v.barnacle::int as barnacle,
    {groups}, coalesce(s.enough, 0) as enough, coalesce(s.members, 0) as members
from placements p left join tallies t using (person) left join "values" v using (person)
left join scores s using (person) order by p.person
"""
_WAITING = """
with said as (
    select person, "at", kind from events where kind in (?, ?) and "at" > ? and "at" <= ?),
heard as (select person, max("at") as "at" from said where kind = ? group by person)
select said.person, min(said."at") as since from said left join heard using (person)
where said.kind = ? and said."at" > coalesce(heard."at", 0) group by said.person
"""
_REFERRED = 'select distinct other as person from pairs where kind = ? and "at" <= ?'
_SPENT = "select person, sum(money)::double as money from purchases where day > ? group by person"


class Standing:
    """Everybody on the ladder, and what is known of how they stand now."""

    def __init__(self, projection: Projection, policy: Policy, now: int) -> None:
        groups = ", ".join(f"s.{key} as {key}_score" for key in GROUPS)
        ask = _PLACES.format(day=DAY, far=int(FAR), groups=groups)
        self._projection, self._policy, self._now = projection, policy, now
        self._rows = projection.table(ask, [now] * 4)
        self.person: Int64 = column(self._rows, "person")
        self.level: Int64 = column(self._rows, "level").astype(np.int64)

    def column(self, fact: Fact) -> Float64:
        """The numbers of a fact that stands in the tables of judging."""
        keys = [level.key for level in self._policy.levels]
        match fact.what:
            case What.ON:
                on: Float64 = (self.level == _place(keys, fact.of)).astype(np.float64)
                return on
            case What.HOLDS:
                held = column(self._rows, "rungs").astype(np.int64) >> _place(keys, fact.of) & 1
                return held.astype(np.float64) if fact.of in keys else np.zeros(len(self.person))
            case What.MEMBER:
                place = GROUPS.index(fact.of)
                bits = column(self._rows, "members").astype(np.int64)
                return (bits >> place & 1).astype(np.float64)
            case What.SCORE:
                place = GROUPS.index(fact.of)
                enough = column(self._rows, "enough").astype(np.int64) >> place & 1
                return np.where(enough > 0, self._number(f"{fact.of}_score"), NONE)
        return self._number(fact.of or fact.name)

    def has(self, fact: Fact) -> bool:
        """Whether the fact stands there."""
        inside = (What.ON, What.HOLDS, What.MEMBER, What.SCORE)
        return fact.what in inside or (fact.of or fact.name) in self._rows.column_names

    def waiting_minutes(self) -> Float64:
        """How long the oldest message waits that nobody has answered; 0: none does.

        After a week nobody waits any more. A shop whose answers are never told of knows nothing.
        """
        heard, said = (CODES[kind] for kind in CARED)
        if not self._ever(heard):
            return np.full(len(self.person), NONE)
        times = (self._now - PATIENCE * DAY, self._now)
        rows = self._projection.table(_WAITING, [heard, said, *times, heard, said])
        waits = (self._now - column(rows, "since")) / MINUTE
        return at_keys(self.person, column(rows, "person"), waits, 0.0)

    def _ever(self, kind: int) -> bool:
        ask = "select count(*) from (select 1 from events where kind = ? limit 1)"
        return bool(self._projection.sql.execute(ask, [kind]).fetchall()[0][0])

    def referred(self) -> Float64:
        """Whether somebody referred them."""
        rows = self._projection.table(_REFERRED, [CODES["referral_converted"], self._now])
        people = column(rows, "person")
        return at_keys(self.person, people, np.ones(len(people)), 0.0)

    def bar_share(self, window: int, bar: int | None, day: int) -> Float64:
        """Net money of the days of a window as a share of the Premier bar."""
        if not bar:
            return np.full(len(self.person), NONE)
        rows = self._projection.table(_SPENT, [day - window])
        return at_keys(self.person, column(rows, "person"), column(rows, "money") / bar, 0.0)

    def consents(self, record: Record, channels: Mapping[str, str]) -> dict[str, Float64]:
        """Whether people agreed to advertising on channels: fact name to channel ("": any)."""
        agreed = agreements(record, self._projection)
        found = {}
        for name, channel in channels.items():
            people = np.array(
                sorted(p for p, on in agreed.items() if (channel in on if channel else on)),
                np.int64,
            )
            found[name] = at_keys(self.person, people, np.ones(len(people)), 0.0)
        return found

    def _number(self, name: str) -> Float64:
        values: Float64 = self._rows[name].cast(pa.float64()).fill_null(NONE).to_numpy()
        return values


def agreements(record: Record, projection: Projection) -> dict[int, set[str]]:
    """On which channels each person agreed to advertising; the last word on a channel holds."""
    rows = projection.sql.execute("select identifier, person from people").fetchall()
    whose: dict[int, int] = dict(rows)
    agreed: dict[int, set[str]] = {}
    for identifier, channel, granted in record.words_on_advertising():
        on = agreed.setdefault(whose.get(identifier, identifier), set())
        if granted:
            on.add(channel)
        elif channel:
            on.discard(channel)
        else:
            on.clear()
    return {person: on for person, on in agreed.items() if on}


def _place(keys: list[str], key: str) -> int:
    return keys.index(key) if key in keys else 0
