"""`python -m benchmarks.small_shops`: how far off lifetime value is where data are few.

Draws many shops of known truth; says how many answers were unusable (raised, not finite or
negative), how far the year's purchases of all customers together were off, in logarithms, and how
often intervals held. The peer is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.lifetime import draw
from thang.river.lifetime.bgnbd import BG
from thang.river.lifetime.rows import Float64, Summary
from thang.river.lifetime.scoring import Terms
from thang.river.lifetime.value import fit

TRUTH = np.log([0.6, 55.0, 0.8, 2.5])
YEAR = 365.0


def shop(people: int, seed: int) -> tuple[Summary, Float64]:
    """A shop, and what each customer's year is truly expected to bring."""
    x, t, age, spend = draw(people, seed).values()
    summary = Summary(np.arange(people), x, t, age, x, spend, spend)
    cells = summary.cells
    coming = BG.moments(TRUTH, cells.pair_x, cells.pair_age, YEAR, 0.0).purchases
    return summary, (BG.alive(TRUTH, cells.x, cells.t, cells.age) * coming[cells.pair])[cells.place]


def mine(summary: Summary) -> Float64:
    """Our year of purchases, BG/NBD."""
    return fit(summary, model="bg").score(Terms(horizon=YEAR, discount=0.0)).purchases


def theirs(summary: Summary) -> Float64:
    """The peer's."""
    from lifetimes import BetaGeoFitter  # noqa: PLC0415 - only where it is installed

    x, t, age = summary.frequency, summary.recency, summary.age
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it raises
        found = BetaGeoFitter().fit(x, t, age)
    return np.asarray(found.conditional_expected_number_of_purchases_up_to_time(YEAR, x, t, age))


def off(told: Callable[[], Float64], truth: Float64) -> float:
    """The error of the sum in logarithms; not a number if the answer cannot be used."""
    try:
        found = told()
    except Exception:  # the peer raises errors of many kinds
        return float("nan")
    usable = np.isfinite(found).all() and (found >= 0).all() and found.sum() > 0
    return abs(float(np.log(found.sum() / truth.sum()))) if usable else float("nan")


def held(summary: Summary, truth: Float64) -> float:
    """The share of customers whose true expectation lies in our 90 % interval of it."""
    scores = fit(summary, model="bg").score(Terms(horizon=YEAR, discount=0.0, expected=True))
    order = np.maximum(scores.order, 1e-12)
    inside = (scores.expected_low / order <= truth) & (truth <= scores.expected_high / order)
    return float(inside.mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=100)
    parser.add_argument("--people", type=int, nargs="*", default=[20, 50, 100, 300, 1000, 3000])
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    print("| customers | engine | unusable | median error | p90 | 90 % interval held |")
    print("|---|---|---|---|---|---|")
    for people in asked.people:
        shops = [shop(people, seed) for seed in range(asked.shops)]
        engines = {"ours": mine}
        if importlib.util.find_spec("lifetimes"):
            engines["lifetimes"] = theirs
        for name, told in engines.items():
            errors = np.array([off(lambda s=s, told=told: told(s), truth) for s, truth in shops])
            usable = errors[np.isfinite(errors)]
            middle, far = np.quantile(usable, [0.5, 0.9]) if len(usable) else (np.nan, np.nan)
            cover = f"{np.mean([held(*one) for one in shops]):.2f}" if name == "ours" else ""
            lost = len(errors) - len(usable)
            print(
                f"| {people:,} | {name} | {lost} | {middle:.3f} | {far:.3f} | {cover} |", flush=True
            )


if __name__ == "__main__":
    main()
