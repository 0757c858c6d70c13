"""Everything of one person that rules may look at: acts, orders, qualified referrals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from thang.policy.schema import Policy, Where

from .calendar import Moment
from .orders import Part, parts_of
from .referrals import Qualified, qualified_referrals
from .rows import Mark, Row, by_person, up_to

QUALIFIED = "referral_qualified"


class Act(NamedTuple):
    """Something done that can be counted; `undone_at` is when it no longer can."""

    at: int
    kind: str
    ref: int
    amount: int
    grade: int
    flags: int
    undone_at: int | None = None

    def stands(self, moment: Moment) -> bool:
        """Whether it has happened and still counts, as far as the moment sees."""
        undone = self.undone_at is not None and moment.sees(self.undone_at)
        return moment.sees(self.at) and not undone


@dataclass(frozen=True, slots=True)
class Life:
    """One person's line, with what became of their orders and referrals."""

    person: int
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    referrals: tuple[Qualified, ...]
    acts: tuple[Act, ...]

    def event_instants(self) -> list[int]:
        """All instants at which something happens to them, derived events included."""
        instants = {row.at for row in self.rows}
        instants.update(part.counts_at for part in self.parts)
        for referral in self.referrals:
            instants.add(referral.at)
            if referral.undone_at is not None:
                instants.add(referral.undone_at)
        return sorted(instants)

    def is_undone_at(self, at: int) -> bool:
        """Whether a counted order or a qualified referral is undone at that instant."""
        ends = [part.voided_at for part in self.parts]
        ends += [referral.undone_at for referral in self.referrals]
        return at in ends

    def kinds_at(self, at: int) -> set[str]:
        """The kinds of the rows of that instant."""
        return {row.kind for row in self.rows if row.at == at}


def lives(
    rows: Iterable[Row], marks: Iterable[Mark], policy: Policy, as_of: int
) -> dict[int, Life]:
    """Everybody's life as known at `as_of`, by person."""
    known = up_to(rows, as_of)
    lines = by_person(known)
    parts = {person: parts_of(line, policy) for person, line in lines.items()}
    counted = {p: [part for part in ps if part.counts_at <= as_of] for p, ps in parts.items()}
    seen = [mark for mark in marks if mark.at <= as_of]
    referrals: dict[int, list[Qualified]] = {}
    for referral in qualified_referrals(known, seen, counted, policy):
        referrals.setdefault(referral.referrer, []).append(referral)
    return {
        person: _life(person, line, counted[person], referrals.get(person, []))
        for person, line in lines.items()
    }


def _life(person: int, line: Sequence[Row], parts: list[Part], referrals: list[Qualified]) -> Life:
    acts = [
        (row.at, 0, row.seq, Act(row.at, row.kind, row.ref, row.amount, row.grade, row.flags))
        for row in line
    ]
    acts += [
        (r.at, 1, r.referee, Act(r.at, QUALIFIED, r.referee, 0, 0, 0, r.undone_at))
        for r in referrals
    ]
    in_order = tuple(entry[3] for entry in sorted(acts, key=lambda entry: entry[:3]))
    return Life(person, tuple(line), tuple(parts), tuple(referrals), in_order)


def fits(act: Act, kinds: Iterable[str], where: Where) -> bool:
    """Whether an act is of one of these kinds and says what `where` asks."""
    return (
        act.kind in kinds
        and (where.grade_min is None or act.grade >= where.grade_min)
        and (where.grade_max is None or act.grade <= where.grade_max)
        and act.flags & where.flags == where.flags
        and act.flags & where.without == 0
    )
