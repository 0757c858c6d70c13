"""The bars of invented shops, counted by the kernels, against the judge that starts from scratch."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from judges import bars as judge
from judges.by_hand import default_policy
from judges.kernel import codes_of, events_table, referral_rows
from judges.policies import random_policy
from judges.shops import Told, random_shop
from thang.engines.steps import Run, census_step, quarters_of
from thang.policy.schema import Policy
from thang.river.bars import Quarter, publish, resolve_window
from thang.river.calendar import quarter_starts
from thang.river.tables import Bar

SHOPS = 60
PEOPLE = 18


def for_few(policy: Policy) -> Policy:
    """The same policy with bars for a handful of people.

    Their quantile is the median: the judge's quadrature is blind at the upper end of few.
    """
    premier = replace(policy.bars.premier, min_n_auto=3, full_n=8, quantile=Fraction(1, 2))
    window = replace(policy.window, min_repeaters=2)
    return replace(policy, bars=replace(policy.bars, premier=premier), window=window)


def shop(seed: int) -> tuple[Policy, Told]:
    dice = random.Random(seed)
    policy = for_few(random_policy(dice) if seed % 2 else default_policy())
    return policy, random_shop(dice, PEOPLE, policy)


def counted(policy: Policy, told: Told, run: Run) -> list[Quarter]:
    """The census of the shop, in two chunks of whole people, as an engine would take it."""
    table = events_table(told.rows, dict(run.kinds))
    referrals = referral_rows(table, told.rows, told.marks, run)
    people = np.unique(table["person"].to_numpy())
    middle = people[len(people) // 2]
    first = pa.compute.less(table["person"], int(middle))
    parts = [table.filter(first), table.filter(pa.compute.invert(first))]
    lines = [
        referrals[referrals["person"] < middle],
        referrals[referrals["person"] >= middle],
    ]
    steps = [census_step(t, run, r) for t, r in zip(parts, lines, strict=True) if t.num_rows]
    return quarters_of(pa.concat_tables(steps), run.quarters)


def run_of(policy: Policy, told: Told) -> Run:
    first = min(row.at for row in told.rows)
    end = max(told.as_of, first)
    whole = Run(policy, told.settings, codes_of(told.rows), first, end)
    return replace(whole, quarters=tuple(quarter_starts(whole.calendar, first, end)), _made={})


@pytest.mark.parametrize("seed", range(SHOPS))
def test_the_bars_are_those_of_the_judge(seed: int) -> None:
    policy, told = shop(seed)
    run = run_of(policy, told)
    if not run.quarters:
        return
    found = publish(counted(policy, told, run), policy, told.settings, (), run.calendar)
    by_quarter = {
        bar.quarter: bar
        for bar in judge.bars_until(told.rows, told.marks, policy, told.settings, run.as_of)
    }
    told_by_judge = standing([by_quarter[quarter] for quarter in run.quarters])
    assert [bar._replace(raw_premier=None) for bar in found] == told_by_judge


def standing(bars: list[Bar]) -> list[Bar]:
    """Published bars stand where the judge has too few buyers to tell one.

    The estimate is left out: the judge tells it to the last unit, what is stored is rounded.
    """
    premier, told = None, []
    for bar in bars:
        premier = premier if bar.premier_bar is None else bar.premier_bar
        told.append(bar._replace(raw_premier=None, premier_bar=premier))
    return told


@pytest.mark.parametrize("seed", range(SHOPS))
def test_the_window_is_the_one_the_judge_resolves(seed: int) -> None:
    policy, told = shop(seed)
    end = max(row.at for row in told.rows)
    bare = replace(told.settings, window_days=policy.window.default_days)
    bare = replace(bare, programme=False, consent_recorded=False)
    first = min(row.at for row in told.rows)
    run = Run(policy, bare, codes_of(told.rows), first, end + 1, quarters=(end + 1,))
    (found,) = counted(policy, told, run)
    resolved = judge.resolve(told.rows, told.marks, policy, end)
    assert resolve_window(found.gaps, found.repeaters, policy) == resolved.window_days


def test_the_shops_of_these_tests_have_bars_to_compare() -> None:
    premier, medians, gaps = 0, 0, set()
    for seed in range(SHOPS):
        policy, told = shop(seed)
        run = run_of(policy, told)
        bars = publish(counted(policy, told, run), policy, told.settings, (), run.calendar)
        premier += len({bar.premier_bar for bar in bars if bar.premier_bar})
        medians += sum(bar.median_member_spend is not None for bar in bars)
        gaps |= {bar.gap for bar in bars}
    assert premier > SHOPS
    assert medians > SHOPS
    assert len(gaps) > SHOPS
