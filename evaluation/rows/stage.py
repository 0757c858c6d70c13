"""The stage and the gate against the month by month truth of the shop's own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from evaluation.report import Row, number, share
from evaluation.shops import Told
from thang.policy.aims import Aims
from thang.river.calendar import calendar
from thang.river.stage.chain import Reading
from thang.river.stage.checks import checks
from thang.river.stage.word import settled
from thang.simulate.path import Course
from thang.workspace.gate_counts import gate_signals
from thang.workspace.stage_buying import Buying
from thang.workspace.stage_counts import Asked, Margins, days_after, signals
from thang.workspace.stage_months import MONTHLY

FITTED = 2  # the place of the stage that fits its market
TOLD = ("love", "quality", "recovery", "taste")  # the checks that events can tell of
ELLIS = 0.4
SOFT = (
    "Fit is asked of a few dozen answers in four months and of a curve of returning customers that "
    "lies near its border in these shops; growth to three times the size at fit is not reached by "
    "a market of 2,000 people, so that later stages are read as fit."
)
CAREFUL = "All four checks ask for certainty, which so few answers and reviews give late."


@dataclass(frozen=True)
class Months:
    """One shop month by month: places of stages, and what of the gate passed."""

    true: tuple[int, ...]
    said: tuple[int, ...]
    by_age: tuple[int, ...]
    passed: tuple[bool, ...]
    by_ellis: tuple[bool, ...]
    fit_month: int | None


def months_of(told: Told) -> Months:
    """What was said at the beginning of each month, and what was so."""
    said = _shown(told)
    true = {month.at: month.stage - 1 for month in told.truth.months}
    at = sorted(set(said) & set(true))
    passed, ellis = _gate(told, at)
    month = {one.at: one.month for one in told.truth.months}
    return Months(
        tuple(true[one] for one in at), tuple(said[one] for one in at),
        tuple(_by_age(month[one]) for one in at), passed, ellis,
        None if told.truth.fit_month is None else _place(at, month, told.truth.fit_month),
    )  # fmt: skip


def _shown(told: Told) -> dict[int, int]:
    """The stage that was shown at each monthly check: another has to lead twice in a row."""
    with told.open() as (record, _):
        found = [msgspec.convert(one.body["reading"], Reading) for one in record.findings(MONTHLY)]
    rules = Aims().stage
    return {one.at: settled(found[: i + 1], rules)[0] for i, one in enumerate(found)}


def _place(at: Sequence[int], month: dict[int, int], fit: int) -> int | None:
    """Which of the months is the one of fit."""
    return next((i for i, one in enumerate(at) if month[one] >= fit), None)


def _by_age(month: int) -> int:
    """The stage of a shop so old, by the usual lengths: the rule of thumb."""
    ends = np.cumsum(Course().dwell_months)
    return int(np.searchsorted(ends, month, side="right"))


def _gate(told: Told, at: Sequence[int]) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Whether all that events tell of the gate passed, and whether the plain share of love did."""
    aims, tz = Aims(), told.scenario.tz
    with told.open() as (record, projection):
        version = record.policy()
        assert version is not None
        day = days_after(calendar(tz, told.scenario.start, told.at), list(at))
        bought = Buying.read(projection, int(day[-1]), 30)
        asked = Asked(np.array(at, np.int64), day, 30, (None,) * len(at))
        counts = signals(projection, bought, asked, aims.stage, Margins(None, None))
        passed, ellis = [], []
        for of, one in zip(counts, day.tolist(), strict=True):
            found = checks(gate_signals(projection, of, aims, one, ()), aims.gate, aims.stage)
            good = {check.key for check in found if check.passed}
            passed.append(good >= set(TOLD))
            ellis.append(bool(of.love.n) and of.love.k / of.love.n >= ELLIS)
    return tuple(passed), tuple(ellis)


def rows(shops: Sequence[Months], of: str) -> list[Row]:
    """Stage: early calls, distance, lag. Gate: open too early."""
    true, said, age = (
        np.concatenate([getattr(shop, name) for shop in shops])
        for name in ("true", "said", "by_age")
    )
    early, near = _early(true, said), float((np.abs(true - said) <= 1).mean())
    lags = [lag for shop in shops if (lag := _lag(shop)) is not None]
    lag = float(np.median(lags)) if lags else float("nan")
    exact = f"exact in {(true == said).mean():.0%} of months; age rule {(true == age).mean():.0%}"
    passed, ellis = (
        np.concatenate([getattr(shop, name) for shop in shops]) for name in ("passed", "by_ellis")
    )
    young = true < FITTED
    n = f"{of}, {len(true):,} months"
    opened, theirs = float(passed[young].mean()), float(ellis[young].mean())
    late = [_lag_of(shop.passed, shop.fit_month) for shop in shops]
    shut = [one for one in late if one is not None]
    closed = float(np.median(shut)) if shut else float("nan")
    return [
        Row("Stage: called fit too early", share(early), f"{share(_early(true, age))} (age rule)",
            "1 % at most", early <= 0.01, n, exact),
        Row("Stage: within one stage", share(near),
            f"{share(float((np.abs(true - age) <= 1).mean()))} (age rule)", "93 %", near >= 0.93,
            n, reason=SOFT),
        Row("Stage: months until fit is seen, median", number(lag), "", "3 at most", lag <= 3,
            f"{n}; seen in {len(lags)} of {sum(s.fit_month is not None for s in shops)} shops",
            reason=SOFT),
        Row("Gate: what events tell passes before the product fits", share(opened),
            f"{share(theirs)} (40 % very disappointed)", "2 % at most", opened <= 0.02, n,
            "The gate itself stays closed in all of them: capacity, plumbing and a pilot are the "
            "owner's to say."),
        Row("Gate: months until what events tell passes, median", number(closed), "", "2 at most",
            closed <= 2, f"{n}; passed in {len(shut)} shops", reason=CAREFUL),
    ]  # fmt: skip


def _early(true: np.ndarray, said: np.ndarray) -> float:
    """Months called fitting or later, of those before it was so."""
    young = true < FITTED
    return float((said[young] >= FITTED).mean())


def _lag(shop: Months) -> int | None:
    return _lag_of(tuple(stage >= FITTED for stage in shop.said), shop.fit_month)


def _lag_of(seen: Sequence[bool], fit: int | None) -> int | None:
    """Months from the fit to when it is first seen."""
    if fit is None:
        return None
    return next((i for i, one in enumerate(seen[fit:]) if one), None)
