"""The programmes of a shop: points and referral rewards brought to what its orders say.

Booking looks at the derived tables and at the ledger, and brings the second to the first: done
again it books nothing, and an order that is undone later takes its points back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.policy.schema import Policy
from thang.record import Record
from thang.record.points import Award, Awarded
from thang.river.bars import minor_units
from thang.river.events import CODES
from thang.river.programmes.earning import (
    ACCEPTED,
    REFUSED,
    Referred,
    circle,
    doubts,
    expires_at,
    points_for,
)
from thang.river.programmes.vouchers import Voucher

DAY_REF, FRIEND_REF = "day", "friend"
_DAYS = """
select p.person, p.day, p.money, coalesce(l.level, 0) as level from purchases p
left join placements l using (person) where p.day <= ? order by p.person, p.day
"""
_REFERRALS = """
select r.person, r.ref as friend, r."at", coalesce(p.orders, 0) as orders
from referral_rows r left join placements p on p.person = r.ref
where r.kind = ? and r."at" <= ? and not exists (
    select 1 from referral_rows u where u.kind = ? and u.person = r.person and u.ref = r.ref
        and u.anchor = r."at" and u."at" <= ?)
order by r."at", r.person, r.ref
"""


@dataclass(frozen=True)
class Booked:
    """What one booking did: awards that changed, lots that were over, rewards, doubtful ones."""

    awards: int
    expired: int
    rewards: int
    doubtful: int


@dataclass(frozen=True)
class Doubtful:
    """A referral that people look at before it is paid; why: `many`, `ring`."""

    referrer: str
    friend: str
    at: int
    why: tuple[str, ...]
    state: str  # "" (waits), accepted, refused


@dataclass(frozen=True)
class Standing:
    """What the programmes stand at: who got points, how many in all, and what waits for people."""

    holders: int
    points: int
    vouchers: int
    referrals: int
    doubtful: tuple[Doubtful, ...]


class Purses:
    """What the ledger says that people got so far, under whichever of their numbers."""

    def __init__(self, awarded: Iterable[Awarded], numbers: Mapping[int, list[int]]) -> None:
        self._whose = {number: person for person, all_of in numbers.items() for number in all_of}
        self._numbers = numbers
        self.points: Counter[tuple[int, str]] = Counter()
        self.terms: dict[tuple[int, str], str] = {}
        for one in awarded:
            key = (self._whose.get(one.holder, one.holder), one.ref)
            self.points[key] += one.points
            self.terms.setdefault(key, one.terms)

    def numbers(self, person: int) -> list[int]:
        """All identifiers of a person, their own number first."""
        return self._numbers.get(person, [person])


def book(record: Record, projection: Projection, policy: Policy, now: int) -> Booked:
    """Bring the ledger to what orders and referrals say at an instant."""
    purses = Purses(record.awarded(), _numbers(projection))
    wanted = dict(_days(projection, policy, purses, now))
    undone = (
        (key, Award(key[1], 0, now, "undone"))
        for key, points in purses.points.items()
        if points and key[1].startswith(f"{DAY_REF}/") and key not in wanted
    )
    awards = record.award(
        (purses.numbers(person), award)
        for (person, ref), award in (*wanted.items(), *undone)
        if _changes(purses.points[person, ref], award, now)
    )
    rewards, doubtful = _reward(record, projection, policy, purses, now)
    return Booked(awards, record.expire_points(), rewards, doubtful)


def _changes(held: int, award: Award, now: int) -> bool:
    """Whether there is anything to book; what would be over at once is not begun."""
    return held != award.points and (held > 0 or award.expires_at > now)


def _days(
    projection: Projection, policy: Policy, purses: Purses, now: int
) -> Iterator[tuple[tuple[int, str], Award]]:
    """What everybody is to have for each day with an order that counts."""
    rules, minor = policy.programmes.points, minor_units(policy.shop.currency)
    if rules.money_per_point is None:
        return
    keys = [level.key for level in policy.levels]
    rows = projection.table(_DAYS, [now // DAY + 1])
    columns = (column(rows, name).tolist() for name in ("person", "day", "money", "level"))
    for person, day, money, level in zip(*columns, strict=True):
        key = person, f"{DAY_REF}/{day}"
        of = purses.terms.get(key) or keys[level]
        over = expires_at(day * DAY, rules, policy.shop.tz)
        points = points_for(money, rules, of, minor)
        yield key, Award(key[1], points, day * DAY, "order", of, over)


def referrals(projection: Projection, now: int) -> list[Referred]:
    """The referrals that count at an instant, the first first."""
    asked = [CODES["referral_qualified"], now, CODES["referral_undone"], now]
    rows = projection.table(_REFERRALS, asked)
    columns = (column(rows, name).tolist() for name in ("person", "friend", "at", "orders"))
    return [Referred(*row) for row in zip(*columns, strict=True)]


def _reward(
    record: Record, projection: Projection, policy: Policy, purses: Purses, now: int
) -> tuple[int, int]:
    """Pay both sides of referrals nobody doubts, once; how many were ripe, and how many wait."""
    rules = policy.programmes.referral
    if not rules.referrer and not rules.friend:
        return 0, 0
    found = referrals(projection, now)
    others = circle(found)
    said = {(one.referrer, one.friend): one.state for one in record.referral_words()}
    paid, waits = 0, 0
    for one in found:
        state = said.get((one.referrer, one.friend), "")
        if one.orders < rules.after_orders or state == REFUSED:
            continue
        if state != ACCEPTED and doubts(one, others, rules):
            waits += 1
            continue
        paid += _pay(record, policy, purses, one)
    return paid, waits


def _pay(record: Record, policy: Policy, purses: Purses, one: Referred) -> int:
    rules, minor = policy.programmes.referral, minor_units(policy.shop.currency)
    sides = ((one.referrer, rules.referrer, one.friend), (one.friend, rules.friend, one.referrer))
    changed = 0
    for person, reward, other in sides:
        ref, mine = f"{FRIEND_REF}/{other}", purses.numbers(person)
        if reward and rules.reward == "points":
            over = expires_at(one.at, policy.programmes.points, policy.shop.tz)
            changed += record.award([(mine, Award(ref, reward, one.at, "referral", "", over))])
        elif reward:
            until = one.at + rules.voucher_days * DAY
            terms = Voucher(reward * minor, None, 0, 1, 1, one.at, until, holder=mine[0])
            changed += record.issue_new_voucher(f"{ref}/{person}", "referral", terms)
    return changed


def standing(record: Record, projection: Projection, policy: Policy, now: int) -> Standing:
    """What the programmes stand at, for whoever looks."""
    rules = policy.programmes.referral
    found = referrals(projection, now)
    said = {(one.referrer, one.friend): one.state for one in record.referral_words()}
    others = circle(found)
    held = [(one, why) for one in found if (why := doubts(one, others, rules))]
    ref_of = record.refs.ref_of
    doubtful = tuple(
        Doubtful(ref_of(one.referrer), ref_of(one.friend), one.at, why,
                 said.get((one.referrer, one.friend), ""))
        for one, why in held
    )  # fmt: skip
    purses = Counter[int]()
    for one in record.awarded():
        purses[one.holder] += one.points
    granted = sum(points for points in purses.values())
    holders = sum(points > 0 for points in purses.values())
    return Standing(holders, granted, len(record.vouchers()), len(found), doubtful)


def numbers_of(projection: Projection, person: int) -> list[int]:
    """All identifiers of a person, their own number first."""
    return _numbers(projection).get(person, [person])


def _numbers(projection: Projection) -> dict[int, list[int]]:
    """Everybody's identifiers, the person's own number first."""
    rows = projection.table(
        "select person, list(identifier order by identifier <> person, identifier) as all_of "
        "from people group by person"
    )
    pairs = zip(rows["person"].to_pylist(), rows["all_of"].to_pylist(), strict=True)
    return dict(pairs)
