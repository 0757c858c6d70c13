"""Invented shops whose people do everything at the most awkward instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from thang.model import DAY, SECOND, Flag
from thang.policy.schema import Policy, Settings
from thang.river.tables import Bar

from .by_hand import default_policy
from .calendar import add_months, month_of, month_start
from .dice import Dice, chance
from .orders import PLACING
from .rows import Mark, Row

AMOUNT, DELIVERED, FINAL = int(Flag.AMOUNT), int(Flag.DELIVERED), int(Flag.FINAL)
FIRST_MONTH = 2023 * 12
MONTHS = 30
CIRCLE = 6  # so many people know one another
EDGES = (1, 2, 6, 7, 8, 14, 30, 45, 60, 90, 91, 180, 365)
MONEY = (500_000, 100_000, 250_000, 700_000, 1_000_000, 1, 0, -5)
REFS = (0, 1, 2, 3)
GRADES = (0, 1, 2, 3, 4, 5)
FLAGS = tuple(
    int(flag)
    for flag in (
        Flag.PUBLIC | Flag.VERIFIED,
        Flag.PUBLIC,
        Flag.OK,
        Flag(0),
        Flag.FAILED,
        Flag.VERIFIED,
        Flag.PUBLIC | Flag.OK | Flag.AMOUNT,
    )
)
SHOPPING = ("product_added", "page", "email_opened", "link_clicked", "signed_up", "price_asked")
TELLING = (
    "product_reviewed", "post_shared", "ugc_posted", "referral_clicked", "community_answered",
)  # fmt: skip
ODD = (
    "ticket_opened", "ticket_resolved", "complaint_posted", "consent_granted",
    "consent_withdrawn", "nps_answered", "cost_recorded", "lead_captured", "beta_used",
)  # fmt: skip
BELONGING = ("membership_joined", "membership_joined", "membership_left")
FRAUD = ("fraud_hold_set", "fraud_hold_lifted", "insider_marked", "insider_unmarked", "chargeback")


class Told(NamedTuple):
    """A shop as the judge is told of it."""

    rows: list[Row]
    marks: list[Mark]
    settings: Settings
    bars: list[Bar]
    as_of: int


@dataclass
class Scribe:
    """Writes down what one person does, one awkward instant after the other."""

    dice: Dice
    policy: Policy
    person: int
    circle: Sequence[int]
    at: int
    next_seq: int
    finality: int
    pace: Sequence[int] = ()  # days between deeds; none: any awkward step
    rows: list[Row] = field(default_factory=list)

    def write(
        self,
        kind: str,
        *,
        at: int | None = None,
        ref: int = 0,
        amount: int | None = None,
        grade: int = 0,
        flags: int = 0,
        other: int = 0,
    ) -> None:
        """One row; an amount that is given carries its flag."""
        given = flags & ~AMOUNT if amount is None else flags | AMOUNT
        when = self.at if at is None else at
        self.rows.append(
            Row(self.person, when, self.next_seq, kind, ref, amount or 0, grade, given, other)
        )
        self.next_seq += 1

    def others(self) -> list[int]:
        """The people of the circle, oneself among them."""
        return [*self.circle, 0]

    def step(self) -> None:
        """On to the next awkward instant, or by the person's own pace."""
        if self.pace and not chance(self.dice, 5):
            self.at += self.dice.choice(self.pace) * DAY
            return
        self.at = next_instant(self.dice, self.at, self.policy)


def next_instant(dice: Dice, at: int, policy: Policy) -> int:
    """Often the same instant, a window's edge, a check, or a microsecond beside one."""
    tz = policy.shop.tz
    how = dice.randint(0, 9)
    if how <= 1:
        return at + dice.choice((0, 0, 1, 3600 * SECOND))
    if how <= 3:
        return month_start(month_of(at, tz) + dice.choice((1, 1, 2, 3)), tz) + dice.choice(
            (0, 0, -1, 1)
        )
    if how == 4:
        return add_months(at, dice.choice((1, 2, 3, 6, 12)), tz)
    if how <= 8:
        return at + dice.choice(EDGES) * DAY + dice.choice((0, 0, 0, -1, 1))
    return at + dice.randint(1, 40 * DAY)


def _order(scribe: Scribe) -> None:
    dice = scribe.dice
    ref = 0 if chance(dice, 6) else scribe.person * 1000 + dice.randint(1, 40)
    amount = None if chance(dice, 12) else dice.choice(MONEY)
    kind = dice.choice(("order_completed",) * 6 + PLACING)
    scribe.write(kind, ref=ref, amount=amount, flags=scribe.finality)
    counts = scribe.at
    if scribe.finality == DELIVERED and not chance(dice, 5):
        counts += dice.choice((0, 1, 3)) * DAY
        scribe.write("order_delivered", at=counts, ref=ref, flags=scribe.finality)
    if scribe.finality != FINAL:
        counts += scribe.policy.shop.return_window_days * DAY
    if chance(dice, 3):
        _trouble_with_order(scribe, ref, counts)


def _trouble_with_order(scribe: Scribe, ref: int, counts_at: int) -> None:
    dice = scribe.dice
    for _ in range(dice.choice((1, 1, 2, 3))):
        days = dice.choice((0, 0, 1, -1, 7, 30, -8, 60, 200))
        at = counts_at + days * DAY + dice.choice((0, 0, 1, -1))
        kind = dice.choice(
            ("order_refunded",) * 5
            + ("order_cancelled", "order_delivery_failed", "chargeback", "order_updated")
        )
        amount = dice.choice((100_000, 250_000, 500_000, 0, None, 1))
        scribe.write(kind, at=at, ref=ref, amount=amount, flags=scribe.finality)


def _shop_around(scribe: Scribe) -> None:
    scribe.write(scribe.dice.choice(SHOPPING), ref=scribe.dice.choice(REFS))


def _tell(scribe: Scribe) -> None:
    dice = scribe.dice
    scribe.write(
        dice.choice(TELLING),
        ref=dice.choice(REFS),
        grade=dice.choice((5, 4, 3, 2, 1, 0)),
        flags=dice.choice(FLAGS),
        other=dice.choice(scribe.others()),
    )


def _refer(scribe: Scribe) -> None:
    dice = scribe.dice
    ref = dice.choice((0, 7, 7, 8))
    other = dice.choice(scribe.others())
    for _ in range(dice.choice((0, 1, 1, 2))):
        sent = scribe.at - dice.choice((0, 1, 30, 364, 365, 366, -7)) * DAY + dice.choice((0, 0, 1))
        scribe.write("referral_sent", at=sent, ref=dice.choice((7, 8)))
    scribe.write("referral_converted", ref=ref, other=other)
    if chance(dice, 6):
        later = scribe.at + dice.choice((0, 7, 8, 60)) * DAY
        scribe.write("referral_disqualified", at=later, other=other)


def _belong(scribe: Scribe) -> None:
    scribe.write(scribe.dice.choice(BELONGING))


def _odd(scribe: Scribe) -> None:
    dice = scribe.dice
    kind = dice.choice(ODD)
    amount = dice.choice((None, None, 5, -3, 250_000))
    scribe.write(
        kind, ref=dice.choice(REFS), amount=amount, grade=dice.choice(GRADES),
        flags=dice.choice(FLAGS),
    )  # fmt: skip


def _fraud(scribe: Scribe) -> None:
    scribe.write(scribe.dice.choice(FRAUD))


def _devote(scribe: Scribe) -> None:
    """What makes a raving fan: buying, sharing and bringing somebody, at one instant."""
    scribe.write("order_completed", amount=1_000_000, flags=FINAL)
    scribe.write("post_shared", flags=int(Flag.PUBLIC))
    scribe.write("referral_converted", other=scribe.dice.choice(scribe.others()))


Deed = Callable[[Scribe], None]
TEMPERS: tuple[tuple[Deed, ...], ...] = (
    (_order, _order, _order, _belong),
    (_shop_around, _shop_around, _odd),
    (_order, _shop_around, _tell, _odd, _belong),
    (_order, _order, _order, _tell, _tell, _refer),
    (_order, _order, _refer, _refer, _tell, _belong),
    (_order, _order, _tell, _refer, _fraud, _belong, _odd),
    (_devote, _devote, _devote, _devote, _order, _tell, _odd),
)
FAN = len(TEMPERS) - 1
FAN_PACE = (30, 20, 31, 45)


def random_shop(
    dice: Dice, people: int, policy: Policy | None = None, most_deeds: int = 22
) -> Told:
    """A shop of so many people; the same dice give the same shop."""
    policy = policy or default_policy()
    rows: list[Row] = []
    marks: list[Mark] = []
    finalities = dice.choice(((0,), (FINAL,), (DELIVERED,), (0, FINAL, DELIVERED)))
    for person in range(1, people + 1):
        first = person - (person - 1) % CIRCLE
        circle = range(first, min(first + CIRCLE, people + 1))
        scribe = Scribe(
            dice, policy, person, circle, _begin(dice, policy), len(rows), dice.choice(finalities)
        )
        _live(scribe, dice.randint(1, most_deeds))
        rows.extend(scribe.rows)
        if chance(dice, 5):
            marks.append(Mark(person, dice.randint(1, 2) * people + first, scribe.at))
    if chance(dice, 4):
        rows.append(dice.choice(rows))
    return Told(rows, marks, _settings(dice), random_bars(dice, policy), _end(dice, policy, rows))


def _begin(dice: Dice, policy: Policy) -> int:
    month = FIRST_MONTH + dice.randint(0, 12)
    offset = dice.choice((9 * DAY + 12_345, 0, -1, 30 * DAY, 5 * DAY))
    return month_start(month, policy.shop.tz) + offset


def _live(scribe: Scribe, deeds: int) -> None:
    chosen = scribe.dice.randint(0, FAN)
    temper, scribe.pace = TEMPERS[chosen], FAN_PACE if chosen == FAN else ()
    for _ in range(deeds):
        scribe.dice.choice(temper)(scribe)
        scribe.step()


def _settings(dice: Dice) -> Settings:
    return Settings(
        window_days=dice.choice((180, 365, 60, 395)),
        programme=dice.choice((False, True)),
        consent_recorded=dice.choice((False, True)),
    )


def random_bars(dice: Dice, policy: Policy) -> list[Bar]:
    """Bars from a random quarter on, some of their statistics missing."""
    first = FIRST_MONTH + dice.choice((-3, 0, 3, 9, 60))
    return [
        Bar(
            quarter=month_start(month, policy.shop.tz),
            premier_bar=dice.choice((1_000_000, 1_500_000, 2_000_000, 600_000, None)),
            median_member_spend=dice.choice((500_000, 1_000_000, None)),
            gap=dice.choice((30 * DAY, 12 * DAY + DAY // 2, 90 * DAY, 0)),
            buyers=dice.choice((499, 500, 0, 10_000)),
        )
        for month in range(first, FIRST_MONTH + MONTHS + 24, 3)
    ]


def _end(dice: Dice, policy: Policy, rows: Sequence[Row]) -> int:
    how = dice.randint(0, 4)
    if how == 0:
        return dice.choice(rows).at + dice.choice((0, -1, 7 * DAY, 180 * DAY))
    month = FIRST_MONTH + dice.randint(6, MONTHS + 12)
    return month_start(month, policy.shop.tz) + dice.choice((-1, 0, 11 * DAY))
