"""The bars: population statistics that rules need, estimated, rounded, and frozen for a quarter.

Estimated by percentile, published as an absolute amount, moved seldom, so that nobody
rises or falls without having done anything (rulings 16 to 18).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lgamma

import numpy as np
from numpy.typing import NDArray

from thang.model import DAY
from thang.policy.schema import Policy, Settings
from thang.river.calendar import Calendar
from thang.river.tables import Bar, Int64

VND_STEP = 50_000
MANY = 1_000  # buyers from which on a step is much narrower than the density is wide


@dataclass(frozen=True, slots=True)
class Quarter:
    """What a census found at the first instant of one quarter.

    `spend` of everybody with an order in the window, `repeat_spend` of those with two,
    `member_spend` of those who meet Member's entry rule; `gaps[d]` gaps of d days.
    """

    start: int
    spend: Int64
    repeat_spend: Int64
    member_spend: Int64
    gaps: Int64
    buyers: int
    repeaters: int


def publish(
    found: Sequence[Quarter],
    policy: Policy,
    settings: Settings,
    before: Sequence[Bar],
    cal: Calendar,
) -> list[Bar]:
    """The bars of successive quarters, each moved from the last only where the policy lets it."""
    bars: list[Bar] = []
    for quarter in found:
        raw = estimate(quarter, policy)
        shown = _published(raw, [*before, *bars], quarter.start, policy, cal)
        bars.append(_bar(quarter, raw, shown, settings, policy))
    return bars


def _bar(
    quarter: Quarter, raw: int | None, shown: int | None, settings: Settings, policy: Policy
) -> Bar:
    members = quarter.member_spend
    return Bar(
        quarter=quarter.start,
        premier_bar=shown,
        # Whole units are compared with it, so the next whole one says the same as a half.
        median_member_spend=ceil(np.median(members)) if len(members) else None,
        gap=shop_gap(quarter.gaps, quarter.repeaters, settings, policy),
        buyers=quarter.buyers,
        raw_premier=raw,
        bought_in_window=len(quarter.spend),
    )


def estimate(quarter: Quarter, policy: Policy) -> int | None:
    """The Premier bar before publication, rounded; None: too few buyers, or none typed."""
    bar = policy.bars.premier
    if not isinstance(bar.mode, str):
        return int(bar.mode * minor_units(policy.shop.currency))
    n = len(quarter.spend)
    if n < bar.min_n_auto:
        return None
    high = harrell_davis(np.sort(quarter.spend), float(bar.quantile))
    value = high
    if len(quarter.repeat_spend):
        median = float(np.median(quarter.repeat_spend)) * float(bar.median_mult)
        value = max(high, median)
        if n < bar.full_n:
            weight = (n - bar.min_n_auto) / (bar.full_n - bar.min_n_auto)
            value = weight * value + (1 - weight) * median
    return nice(value, policy.shop.currency)


def _published(
    raw: int | None, before: Sequence[Bar], start: int, policy: Policy, cal: Calendar
) -> int | None:
    known = [(b.quarter, b.premier_bar) for b in before if b.premier_bar is not None]
    if not known:
        return raw
    shown = known[-1][1]
    if raw is None or raw == shown:
        return shown
    if not isinstance(policy.bars.premier.mode, str):
        return raw
    least = policy.bars.premier.change_min_pct
    if abs(raw - shown) * 100 <= least * shown:
        return shown
    moved = [at for (at, now), (_, then) in zip(known[1:], known, strict=False) if now != then]
    if moved and _months_between(cal, moved[-1], start) < policy.bars.premier.min_months_between:
        return shown
    return raw


def _months_between(cal: Calendar, one: int, other: int) -> int:
    low, high = np.searchsorted(cal.months, [one, other], side="right") - 1
    return int(cal.number[high] - cal.number[low])


def harrell_davis(values: NDArray[np.int64], q: float) -> float:
    """The Harrell-Davis quantile: order statistics weighted by a beta distribution.

    Harrell & Davis (1982), Biometrika 69, 635-640. `values` are sorted. Weights beyond
    twelve standard deviations are below 1e-30 and left out.
    """
    n = len(values)
    a, b = q * (n + 1), (1 - q) * (n + 1)
    spread = 12 * (q * (1 - q) / (n + 2)) ** 0.5
    low, high = max(int((q - spread) * n) - 1, 0), min(int((q + spread) * n) + 2, n)
    if n < MANY:
        weights = np.diff(beta_cdf(np.arange(low, high + 1) / n, a, b))
    else:
        weights = _narrow_weights(low, high, n, a, b)
    return float((weights * values[low:high]).sum() / weights.sum())


def _narrow_weights(low: int, high: int, n: int, a: float, b: float) -> NDArray[np.float64]:
    """The same weights, but for a common factor: the density over steps narrower than it bends.

    Five points of Gauss and Legendre a step agree with the fraction to twelve digits.
    """
    points, shares = np.polynomial.legendre.leggauss(5)
    x = (np.arange(low, high)[:, np.newaxis] + (points + 1) / 2) / n
    logs = (a - 1) * np.log(x) + (b - 1) * np.log1p(-x)
    weights: NDArray[np.float64] = np.exp(logs - logs.max()) @ shares
    return weights


def beta_cdf(x: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """The regularised incomplete beta function, by its continued fraction.

    Lentz's method; DLMF 8.17.22. Accurate to about 1e-14 for the a and b met here.
    """
    swap = x > (a + 1) / (a + b + 2)
    left = np.where(swap, 1 - x, x)
    p, q = np.where(swap, b, a), np.where(swap, a, b)
    with np.errstate(divide="ignore"):
        front = (
            np.exp(p * np.log(left) + q * np.log1p(-left) + lgamma(a + b) - lgamma(a) - lgamma(b))
            / p
        )
    inside = np.where((x <= 0) | (x >= 1), 0.0, front * _fraction(left, p, q))
    value = np.where(swap, 1 - inside, inside)
    return np.where(x <= 0, 0.0, np.where(x >= 1, 1.0, value))


def _fraction(
    x: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.float64]:
    tiny = 1e-300
    c = np.ones_like(x)
    d = 1 / np.where(np.abs(1 - (a + b) * x / (a + 1)) < tiny, tiny, 1 - (a + b) * x / (a + 1))
    h = d.copy()
    for m in range(1, 2000):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / np.where(np.abs(1 + top * d) < tiny, tiny, 1 + top * d)
            c = np.where(np.abs(1 + top / c) < tiny, tiny, 1 + top / c)
            step = c * d
            h = h * step
        if np.all(np.abs(step - 1) < 1e-15):
            break
    return h


def nice(value: float, currency: str) -> int:
    """To the nearest multiple, half up, of the largest 1, 2, 2.5 or 5 x 10^k within a twentieth."""
    limit = value / 20
    step = 1
    power = 1
    while power <= limit:
        for times in (1, 2, Fraction(5, 2), 5):
            candidate = times * power
            if candidate == int(candidate) and candidate <= limit:
                step = int(candidate)
        power *= 10
    if currency == "VND":
        step = max(step, VND_STEP)
    return floor(value / step + 0.5) * step


def median_gap(gaps: Int64) -> Fraction | None:
    """The median of a histogram of gaps, in days; the mean of the middle two where even."""
    total = int(gaps.sum())
    if total == 0:
        return None
    upto = np.cumsum(gaps)
    low = int(np.searchsorted(upto, (total - 1) // 2 + 1))
    high = int(np.searchsorted(upto, total // 2 + 1))
    return Fraction(low + high, 2)


def shop_gap(gaps: Int64, repeaters: int, settings: Settings, policy: Policy) -> int:
    """The shop's gap in microseconds: the pooled median, or W / 4 with too few repeaters."""
    median = median_gap(gaps)
    if median is None or repeaters < policy.window.min_repeaters:
        return settings.window_days * DAY // 4
    return int(median * DAY)


def resolve_window(gaps: Int64, repeaters: int, policy: Policy) -> int:
    """W in days, when a policy version is applied (ruling 17)."""
    window = policy.window
    if not isinstance(window.mode, str):
        return int(window.mode)
    median = median_gap(gaps)
    if median is None or repeaters < window.min_repeaters:
        days = window.default_days
    else:
        rounded = floor(window.mult_gap * median / window.round_days + Fraction(1, 2))
        days = min(max(rounded * window.round_days, window.min_days), window.max_days)
    return max(days, window.seasonal_min_days) if policy.shop.seasonal else days


ZERO_DECIMALS = frozenset({"VND", "JPY", "KRW", "CLP", "ISK", "UGX", "XAF", "XOF", "PYG", "RWF"})
THREE_DECIMALS = frozenset({"KWD", "BHD", "JOD", "OMR", "TND"})


def minor_units(currency: str) -> int:
    """Minor units of one whole unit of a currency (ISO 4217)."""
    if currency in ZERO_DECIMALS:
        return 1
    return 1000 if currency in THREE_DECIMALS else 100
