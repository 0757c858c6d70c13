"""What the merge fields of a message say of its person, beside their name: level, points, link."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from thang.engines.duckdb import Projection
from thang.policy.playbook.nouns import Playbook
from thang.policy.schema import Policy
from thang.record import Record
from thang.record.outbox import Claim
from thang.river.programmes import codes
from thang.river.sending.filters import Value

LINK = "referral.link"


def claim_fields(
    record: Record, projection: Projection, policy: Policy, playbook: Playbook, base: str,
    language: str = "vi",
) -> Callable[[Claim], Mapping[str, Value]]:  # fmt: skip
    """Tells the fields of a claim's person; a link is made only for who is sent one."""
    names = [level.names[language] for level in policy.levels]
    earns = policy.programmes.points.money_per_point is not None

    def known(claim: Claim) -> dict[str, Value]:
        person = claim.person.number
        asked = projection.sql.execute("select level from placements where person = ?", [person])
        level = asked.fetchall()
        found: dict[str, Value] = {"person.level": names[level[0][0]] if level else None}
        if earns:
            held, _ = record.points_of(claim.person.identifiers)
            found["points.balance"] = held.free
        template = playbook.templates.get(claim.message.template)
        if template is not None and LINK in template.body.vi + template.body.en:
            found[LINK] = f"{base}/r/{codes.shown(record.referral_code(person))}"
        return found

    return known
