"""What would go out now, and what keeps the rest back: nothing is claimed, nothing is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from thang.record import Record
from thang.record.messages import PLANNED, Message
from thang.record.posting import Whose
from thang.river.sending.law import Law
from thang.river.sending.nouns import Allowed, Known, Touch, Wish
from thang.workspace.sending import judged

WOULD, KEPT = "would be sent", "kept back"


@dataclass(frozen=True, slots=True)
class Due:
    """So many messages that are due: on which channel they would be sent, or why they wait."""

    outcome: str
    channel: str
    why: str
    messages: int


def due_now(
    record: Record, whose: Whose, law: Law, senders: Collection[str], now: int
) -> tuple[Due, ...]:
    """Everything that is due, by what would become of it, the most first."""
    due = [one for one in record.messages(state=PLANNED) if one.not_before <= now]
    people = whose(sorted({one.person for one in due}))
    known = record.known(people.values(), now)
    found: Counter[tuple[str, str, str]] = Counter()
    for one in due:
        person = people[one.person].number
        wish = Wish(one.strategy, one.purpose, one.channels, one.due)
        verdict = judged(wish, known[person], now, law, senders)
        if isinstance(verdict, Allowed):
            known = _touched(known, person, one, verdict.channel, now)
            found[WOULD, verdict.channel, ""] += 1
        else:
            found[KEPT, "", str(verdict.why)] += 1
    return tuple(Due(*key, many) for key, many in found.most_common())


def _touched(
    known: Mapping[int, Known], person: int, one: Message, channel: str, now: int
) -> dict[int, Known]:
    touch = Touch(now, channel, one.purpose, one.strategy)
    mine = known[person]
    return {**known, person: replace(mine, touches=(*mine.touches, touch))}
