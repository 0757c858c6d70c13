"""Both engines against the slow judge, and against each other to the last row."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from judges import bars as bars_judge
from judges.by_hand import default_policy
from judges.ladder import Verdict, judge
from judges.policies import random_policy
from judges.shops import Told, random_shop
from thang.policy.schema import Policy
from thang.river.tables import CAUSES

from .placing import Engine, OnDuckDB, OnSpark, Said, run_of, without_bars

PEOPLE = 60
SEEDS = range(3)
Stands = dict[int, tuple[int, int, int, tuple[tuple[int, int, int, str], ...]]]

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning:pyspark")


def shop(seed: int) -> tuple[Policy, Told]:
    """Every other shop under a bent policy; bars for as few people as there are."""
    dice = random.Random(9_000 + seed)
    policy = random_policy(dice) if seed % 2 else default_policy()
    premier = replace(policy.bars.premier, min_n_auto=5, full_n=20, quantile=Fraction(1, 2))
    window = replace(policy.window, min_repeaters=5)
    policy = replace(policy, bars=replace(policy.bars, premier=premier), window=window)
    return policy, random_shop(dice, PEOPLE, policy)


def stands(verdicts: dict[int, Verdict]) -> Stands:
    return {who: (v.level, v.observed_level, v.since, v.transitions) for who, v in verdicts.items()}


def told_by(found: Said) -> Stands:
    """The same of an engine's rows."""
    moves: dict[int, list[tuple[int, int, int, str]]] = {}
    for person, at, before, after, cause in found.transitions:
        moves.setdefault(person, []).append((at, before, after, CAUSES[cause]))
    return {row[0]: (row[1], row[2], row[3], tuple(moves[row[0]])) for row in found.placements}


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_stands_where_the_judge_says(engine: Engine, seed: int) -> None:
    policy, told = shop(seed)
    verdicts = judge(told.rows, told.marks, policy, told.settings, told.bars, as_of=told.as_of)
    found = told_by(engine.placed(told, run_of(told, policy)))
    assert len(verdicts) > PEOPLE // 2
    assert found == stands(verdicts)


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_order_and_repetition_of_rows_change_nothing(engine: Engine, seed: int) -> None:
    policy, told = shop(seed)
    run = run_of(told, policy)
    dice = random.Random(seed)
    rows = [*told.rows, *dice.sample(told.rows, len(told.rows) // 3)]
    dice.shuffle(rows)
    assert engine.placed(told._replace(rows=rows), run) == engine.placed(told, run)


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_bars_are_those_of_the_judge(engine: Engine, seed: int) -> None:
    policy, told = shop(seed)
    busy = sorted(row.at for row in told.rows)[len(told.rows) // 2]  # buyers enough until then
    run = without_bars(replace(run_of(told, policy), as_of=busy))
    found = engine.bars(told, run)
    expected = {
        bar.quarter: bar
        for bar in bars_judge.bars_until(told.rows, told.marks, policy, told.settings, run.as_of)
    }
    # The judge keeps the estimate to the last unit; what is stored of it is rounded.
    assert [bar._replace(raw_premier=None) for bar in found] == [
        expected[bar.quarter]._replace(raw_premier=None) for bar in found
    ]
    assert any(bar.premier_bar for bar in found)


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_settings_are_those_of_the_judge(engine: Engine, seed: int) -> None:
    policy, told = shop(seed)
    last = max(row.at for row in told.rows)
    expected = bars_judge.resolve(told.rows, told.marks, policy, last)
    assert engine.settings(told, run_of(told, policy)) == expected


@pytest.mark.spark
@pytest.mark.parametrize("seed", SEEDS)
def test_spark_and_duckdb_say_the_same_rows_with_the_same_evidence(
    on_spark: OnSpark, seed: int
) -> None:
    policy, told = shop(seed)
    bare = without_bars(run_of(told, policy))
    bars = OnDuckDB().bars(told, bare)
    assert on_spark.bars(told, bare) == bars
    run = replace(bare, bars=bars)
    embedded, scaled = OnDuckDB().placed(told, run), on_spark.placed(told, run)
    assert scaled.transitions == embedded.transitions
    assert scaled.placements == embedded.placements
    assert embedded.transitions


@pytest.mark.spark
def test_nobody_in_the_bars_of_no_quarter(on_spark: OnSpark) -> None:
    policy, told = shop(0)
    run = run_of(told, policy)
    early = without_bars(replace(run, as_of=run.first))
    assert on_spark.bars(told, early) == OnDuckDB().bars(told, early) == ()
