"""What orders and referrals earn: pure rules, whose answers a ledger is brought to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from thang.model import DAY
from thang.policy.programmes import Points, ReferralRewards
from thang.river.calendar import instant, moment, month_start

ACCEPTED, REFUSED = "accepted", "refused"


@dataclass(frozen=True, slots=True)
class Referred:
    """A referral that counts: people by number, and how many of the friend's orders count."""

    referrer: int
    friend: int
    at: int
    orders: int


def points_for(money: int, rules: Points, level: str, minor: int) -> int:
    """What a day's orders earn; `money` in minor units, of which `minor` make one unit.

    `level` is the one that its holder had when it was first booked.
    """
    if rules.money_per_point is None:
        return 0
    times = rules.times.get(level, Fraction(1))
    return max(int(Fraction(money, minor) / rules.money_per_point * times), 0)


def expires_at(at: int, rules: Points, tz: str) -> int:
    """When points of an instant are over: so many months later, or when that month ends."""
    then = moment(at, tz)
    number = then.year * 12 + then.month - 1 + rules.expire_months
    zone = ZoneInfo(tz)
    if rules.month_end:
        return month_start(number + 1, zone)
    day = min(then.day, monthrange(number // 12, number % 12 + 1)[1])
    return instant(datetime(number // 12, number % 12 + 1, day, tzinfo=zone)) + DAY


Circle = Mapping[int, Sequence[Referred]]  # all referrals that count, by who referred


def circle(referrals: Iterable[Referred]) -> Circle:
    """Referrals by who made them."""
    found: dict[int, list[Referred]] = {}
    for one in referrals:
        found.setdefault(one.referrer, []).append(one)
    return found


def doubts(one: Referred, others: Circle, rules: ReferralRewards) -> tuple[str, ...]:
    """Why people should look at a referral before it is paid; nothing: it is paid.

    Those of one household, device or payment never count in the first place.
    """
    lately = sum(one.at - 30 * DAY < other.at <= one.at for other in others.get(one.referrer, ()))
    found = []
    if lately > rules.most_per_month:
        found.append("many")
    if _leads_back(one, others, rules.ring):
        found.append("ring")
    return tuple(found)


def _leads_back(one: Referred, others: Circle, steps: int) -> bool:
    """Whether the friend, or a friend's friend, referred whoever referred them."""
    reached, edge = {one.friend}, {one.friend}
    for _ in range(steps - 1):
        edge = {next_.friend for who in edge for next_ in others.get(who, ())} - reached
        if one.referrer in edge:
            return True
        reached |= edge
    return False
