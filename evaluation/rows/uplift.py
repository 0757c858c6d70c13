"""What experiments say of campaigns, against what the campaigns really add to people's orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.metrics import Floats
from evaluation.report import Row, number, share
from thang.model import DAY
from thang.river.measuring.differences import Difference, cuped, welch
from thang.river.measuring.several import discoveries
from thang.simulate.effects import Campaign
from thang.simulate.scenario import Scenario
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import lived

WINDOW, PAST = 28, 90  # days after, and before
PER_SHOP = 10


@dataclass(frozen=True)
class Tried:
    """One campaign in one shop: the estimates of orders added a person, and the truth.

    `before_after`: what somebody would say who compares the treated with themselves before.
    """

    true: float
    raw: Difference
    sharpened: Difference
    before_after: float


def one_shop(people: int, seed: int, effect: float) -> list[Tried]:
    """Ten campaigns of a shop, three months apart."""
    campaigns = tuple(Campaign(f"chien-dich-{n:02d}", 5 + 3 * n, effect) for n in range(PER_SHOP))
    scenario: Scenario = replace(
        SCENARIOS["small"], people=people, seed=seed, campaigns=campaigns, months=36
    )
    events, truth = lived(scenario)
    key = {one.customer_id: one.key for one in truth.people}
    placed = np.array(
        [(key[name], event.at) for event in events if event.kind == "order_completed"
         for name in [_customer(event.identifiers)] if name in key], np.int64,
    )  # fmt: skip
    extras = np.array([*truth.extras, (-1, 0)], np.int64)
    found = []
    for campaign in campaigns:
        met = [one for one in truth.assignments if one.campaign == campaign.name]
        if len(met) < 50:
            continue
        who = np.array([one.key for one in met])
        at, treated = met[0].at, np.array([one.treated for one in met])
        after = _orders(placed, who, at, at + WINDOW * DAY)
        past = _orders(placed, who, at - PAST * DAY, at)
        added = _orders(extras, who, at, at + WINDOW * DAY)
        true = float(added[treated].mean() - added[~treated].mean())
        before = float((after - past * WINDOW / PAST)[treated].mean())
        found.append(
            Tried(true, welch(after[treated], after[~treated]), cuped(after, past, treated), before)
        )
    return found


def _customer(identifiers: Sequence[object]) -> str:
    return next(
        (one.value for one in identifiers if one.namespace == "customer"),
        "",  # type: ignore[attr-defined]
    )


def _orders(placed: np.ndarray, who: np.ndarray, begins: int, ends: int) -> Floats:
    """How many orders each placed in a span."""
    placed = placed[placed[:, 0] >= 0]
    inside = placed[(placed[:, 1] >= begins) & (placed[:, 1] < ends), 0]
    return np.bincount(inside, minlength=int(who.max()) + 1)[who].astype(np.float64)


def rows(worked: Sequence[Sequence[Tried]], null: Sequence[Sequence[Tried]], of: str) -> list[Row]:
    """Bias, coverage, width and false finds."""
    tried = [one for shop in worked for one in shop]
    # What the campaigns add on the mean: each one's own count has chance in it, as the estimate.
    true = float(np.mean([one.true for one in tried]))
    off = np.array([one.sharpened.estimate - one.true for one in tried])
    error = float(off.std(ddof=1) / np.sqrt(len(off)))
    naive = float(np.mean([one.before_after for one in tried])) - true
    held = np.mean([one.sharpened.low <= true <= one.sharpened.high for one in tried])
    raw = np.mean([one.raw.low <= true <= one.raw.high for one in tried])
    width = np.mean([o.sharpened.high - o.sharpened.low for o in tried])
    width_raw = np.mean([one.raw.high - one.raw.low for one in tried])
    found = np.mean(
        [discoveries([one.sharpened.p for one in shop]).mean() for shop in null if shop]
    )
    plain = np.mean([one.sharpened.p < 0.05 for shop in null for one in shop])
    many = f"{of}, {len(tried)} campaigns"
    return [
        Row("Uplift: bias, in its standard errors", number(abs(off.mean()) / error),
            f"{abs(naive) / error:.0f} (before and after)", "below 2",
            bool(abs(off.mean()) < 2 * error), many, f"true effect {true:.3f} orders a person"),
        Row("Uplift: 95 % intervals hold", share(float(held)), f"{share(float(raw))} (raw)",
            "93 to 97 %", bool(0.93 <= held <= 0.97), many,
            f"width {width / width_raw:.2f} of the raw one"),
        Row("Uplift: campaigns without effect that are found", share(float(found)),
            f"{share(float(plain))} (each alone)", "5 % at most", bool(found <= 0.05),
            f"{of}, {sum(map(len, null))} campaigns"),
    ]  # fmt: skip
