"""The bars of each quarter and the shop's settings, from scratch (rulings 16 to 18)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

from thang.model import DAY
from thang.policy.schema import Measure, Policy, Quantity, Settings
from thang.river.tables import Bar

from .calendar import Moment, add_months, at_check, month_of, month_start
from .life import Life, lives
from .orders import living_day_orders
from .quantiles import harrell_davis
from .quantities import Shop, gaps_in_days, measured, median
from .rows import Mark, Row
from .rules import Asked, entry_met, holds

ORDERS_IN_W = Quantity("orders in W", Measure.ORDERS, within="W")
SPEND_IN_W = Quantity("spend in W", Measure.SPEND, within="W")
WHOLE_UNITS = ("VND", "JPY", "KRW")  # currencies of the tests that have no minor unit
LEAST_STEP = {"VND": 50_000}


@dataclass(frozen=True, slots=True)
class Census:
    """Everybody who takes part in the bars, as seen at one moment."""

    people: tuple[Life, ...]
    moment: Moment
    shop: Shop

    def number(self, quantity: Quantity, life: Life) -> int:
        """A whole quantity of one person."""
        return int(measured(quantity, life, self.moment, self.shop))

    def pooled_gaps(self) -> tuple[int, list[int]]:
        """How many have ordered again, and all their gaps in days."""
        gaps = [gaps_in_days(life, self.moment, self.shop.tz) for life in self.people]
        return sum(bool(one) for one in gaps), [days for one in gaps for days in one]


def bars_until(
    rows: Sequence[Row],
    marks: Sequence[Mark],
    policy: Policy,
    settings: Settings,
    until: int,
) -> list[Bar]:
    """The bars of every quarter from the one of the first row to that of `until`."""
    tz = policy.shop.tz
    first = month_of(min(row.at for row in rows), tz)
    bars: list[Bar] = []
    for month in range(first - first % 3, month_of(until, tz) + 1, 3):
        bars.append(
            bar_of(rows, marks, Shop(policy, settings, tuple(bars)), month_start(month, tz))
        )
    return bars


def bar_of(rows: Iterable[Row], marks: Iterable[Mark], shop: Shop, quarter: int) -> Bar:
    """The bar of the quarter that begins at that instant; `shop` holds the earlier bars."""
    census = _census(rows, marks, shop, at_check(quarter, shop.tz))
    spent = [
        (census.number(SPEND_IN_W, life), census.number(ORDERS_IN_W, life))
        for life in census.people
    ]
    bought = [(money, orders) for money, orders in spent if orders]
    estimate = premier_estimate(bought, shop.policy)
    return Bar(
        quarter=quarter,
        premier_bar=_premier_bar(estimate, shop, quarter),
        median_member_spend=_median_member_spend(census),
        gap=_shop_gap(census),
        buyers=sum(bool(living_day_orders(x.parts, census.moment)) for x in census.people),
        raw_premier=None if estimate is None else half_up(estimate),
        bought_in_window=len(bought),
    )


def _census(rows: Iterable[Row], marks: Iterable[Mark], shop: Shop, moment: Moment) -> Census:
    as_of = moment.at - 1 if moment.strictly else moment.at
    everybody = lives(rows, marks, shop.policy, as_of).values()
    unless = shop.policy.bars.unless
    return Census(
        tuple(life for life in everybody if not holds(unless, Asked(life, moment, shop))),
        moment,
        shop,
    )


def half_up(value: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return floor(value + Fraction(1, 2))


def premier_estimate(bought: Sequence[tuple[int, int]], policy: Policy) -> Fraction | None:
    """The bar before rounding, from (spend, orders) of everybody with an order in W."""
    rule, n = policy.bars.premier, len(bought)
    if n < rule.min_n_auto:
        return None
    quantile = Fraction(harrell_davis([money for money, _ in bought], float(rule.quantile)))
    again = [money for money, orders in bought if orders >= 2]
    if not again:
        return quantile
    usual = rule.median_mult * median(again)
    weight = min(Fraction(1), Fraction(n - rule.min_n_auto, rule.full_n - rule.min_n_auto))
    return weight * max(quantile, usual) + (1 - weight) * usual


def rounded(estimate: Fraction, currency: str) -> int:
    """To the nearest multiple of the largest 1 / 2 / 2.5 / 5 x 10^k of at most a twentieth."""
    if estimate <= 0:
        return 0
    sizes = [Fraction(n) * Fraction(10) ** k for k in range(-3, 19) for n in (1, 2, 5)]
    sizes += [Fraction(5, 2) * Fraction(10) ** k for k in range(-3, 19)]
    step = max((size for size in sizes if size <= estimate / 20), default=Fraction(1))
    step = max(step, Fraction(LEAST_STEP.get(currency, 0)))
    return half_up(half_up(estimate / step) * step)


def _premier_bar(estimate: Fraction | None, shop: Shop, quarter: int) -> int | None:
    mode = shop.policy.bars.premier.mode
    currency = shop.policy.shop.currency
    if isinstance(mode, Fraction):
        return half_up(mode * (1 if currency in WHOLE_UNITS else 100))
    if estimate is None:
        return None
    return published(rounded(estimate, currency), shop, quarter)


def published(candidate: int, shop: Shop, quarter: int) -> int:
    """What is published: it moves by more than 15 % or not at all, once in six months."""
    rule = shop.policy.bars.premier
    earlier = [(bar.quarter, bar.premier_bar) for bar in shop.bars if bar.premier_bar is not None]
    if not earlier:
        return candidate
    now = earlier[-1][1]
    if abs(candidate - now) * 100 <= rule.change_min_pct * now:
        return now
    for (_, before), (moved_at, after) in pairwise(earlier):
        rests_until = add_months(moved_at, rule.min_months_between, shop.tz)
        if after != before and quarter < rests_until:
            return now
    return candidate


def _median_member_spend(census: Census) -> int | None:
    policy = census.shop.policy
    level = next((x for x in policy.levels if x.key == policy.bars.member_level), None)
    if level is None:
        return None
    spent = [
        census.number(SPEND_IN_W, life)
        for life in census.people
        if entry_met(level, Asked(life, census.moment, census.shop))
    ]
    # Spend is whole, so comparing with a half is comparing with the next whole number.
    return half_up(median(spent)) if spent else None


def _shop_gap(census: Census) -> int:
    repeaters, gaps = census.pooled_gaps()
    if repeaters < census.shop.policy.window.min_repeaters:
        return half_up(Fraction(census.shop.settings.window_days * DAY, 4))
    return half_up(median(gaps) * DAY)


def resolve(rows: Sequence[Row], marks: Sequence[Mark], policy: Policy, at: int) -> Settings:
    """What a policy version means when it is applied at that instant (ruling 3)."""
    kinds = {row.kind for row in rows if row.at <= at}
    joined = "membership_joined" in kinds
    return Settings(
        window_days=_window_days(rows, marks, policy, at),
        programme=joined if policy.programme == "auto" else policy.programme == "yes",
        consent_recorded=bool(kinds & {"consent_granted", "consent_withdrawn"}),
    )


def _window_days(rows: Sequence[Row], marks: Sequence[Mark], policy: Policy, at: int) -> int:
    rule = policy.window
    days = rule.default_days if rule.mode == "auto" else int(rule.mode)
    if rule.mode == "auto":
        # Who is left out may itself be asked of W; the default stands for it here.
        shop = Shop(policy, Settings(rule.default_days, False, False), ())
        moment = Moment(at, strictly=False, month=month_of(at, policy.shop.tz))
        repeaters, gaps = _census(rows, marks, shop, moment).pooled_gaps()
        if repeaters >= rule.min_repeaters:
            rounds = half_up(rule.mult_gap * median(gaps) / rule.round_days)
            days = min(max(rounds * rule.round_days, rule.min_days), rule.max_days)
    return max(days, rule.seasonal_min_days) if policy.shop.seasonal else days
