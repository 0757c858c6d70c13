"""When a referral is qualified, and when it is disqualified again (ruling 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thang.model import DAY
from thang.policy.schema import Policy

from .orders import Part
from .rows import Mark, Row, by_person


@dataclass(frozen=True, slots=True)
class Qualified:
    """A referral that qualified at `at`; `undone_at` is when it was disqualified, if ever."""

    referrer: int
    referee: int
    at: int
    undone_at: int | None


def winning_links(rows: Sequence[Row]) -> dict[int, Row]:
    """For each referee the first `referral_converted` by somebody else (rows in time)."""
    links: dict[int, Row] = {}
    for row in rows:
        if row.kind == "referral_converted" and row.other not in (0, row.person):
            links.setdefault(row.other, row)
    return links


def qualified_referrals(
    rows: Sequence[Row], marks: Sequence[Mark], parts: Mapping[int, list[Part]], policy: Policy
) -> list[Qualified]:
    """Every referral among the rows (in time) that qualifies; `parts` are everyone's orders."""
    lines = by_person(rows)
    seen_with: dict[int, list[Mark]] = {}
    for mark in marks:
        seen_with.setdefault(mark.person, []).append(mark)
    found = []
    for referee, link in winning_links(rows).items():
        shared = (seen_with.get(link.person, []), seen_with.get(referee, []))
        found.append(_judged(link, parts.get(referee, []), lines[link.person], shared, policy))
    return [referral for referral in found if referral is not None]


def _judged(
    link: Row,
    orders: list[Part],
    referrer: Sequence[Row],
    marks: tuple[list[Mark], list[Mark]],
    policy: Policy,
) -> Qualified | None:
    if not orders:
        return None
    first = min(orders, key=lambda part: (part.counts_at, part.placed_at, part.ref, part.seq))
    at = max(first.counts_at, link.at)
    ends = [first.voided_at, _disqualified_at(link.other, referrer)]
    undone_at = min((end for end in ends if end is not None), default=None)
    if undone_at is not None and undone_at <= at:
        return None
    if not _sent_in_time(link, first.placed_at, at, referrer, policy) or _share_one(*marks, at):
        return None
    return Qualified(link.person, link.other, at, undone_at)


def _disqualified_at(referee: int, referrer: Sequence[Row]) -> int | None:
    said = (r.at for r in referrer if r.kind == "referral_disqualified" and r.other == referee)
    return min(said, default=None)


def _sent_in_time(
    link: Row, placed_at: int, known_at: int, referrer: Sequence[Row], policy: Policy
) -> bool:
    earliest = placed_at - policy.referral.sent_within_days * DAY
    sendings = [
        row.at
        for row in referrer
        if row.kind == "referral_sent" and link.ref in (0, row.ref) and row.at <= known_at
    ]
    if not sendings:
        return link.at > earliest
    in_time = [at for at in sendings if at <= placed_at]
    return bool(in_time) and max(in_time) > earliest


def _share_one(one: Sequence[Mark], other: Sequence[Mark], at: int) -> bool:
    known = {mark.mark for mark in one if mark.at <= at}
    return any(mark.mark in known and mark.at <= at for mark in other)
