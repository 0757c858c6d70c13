"""The fold is one definition: compiled or not, earlier or later, in any order, woken in time."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import thang
from judges.by_hand import default_policy
from judges.kernel import Answer, folded
from judges.ladder import judge
from judges.policies import random_policy
from judges.rows import Row
from judges.shops import Told, random_shop
from judges.story import PLAIN, on, row
from thang.model import DAY
from thang.policy.schema import Policy
from thang.river.compiled import Mode

TESTS = Path(__file__).parents[1]
PEOPLE = 10
SEEDS = range(6)
FIRST_PLACE = 1  # moves of a person who has but a first place


def shop(seed: int) -> tuple[Policy, Told]:
    """An invented shop, every other one under a bent policy."""
    dice = random.Random(70_000 + seed)
    policy = random_policy(dice) if seed % 2 else default_policy()
    return policy, random_shop(dice, PEOPLE, policy)


def told_at(seed: int, as_of: int) -> dict[int, Answer]:
    policy, told = shop(seed)
    return folded(told.rows, told.marks, policy, told.settings, told.bars, as_of).answers


def everything() -> str:
    """The answers and wakings of all shops of this file, as JSON."""
    found = []
    for seed in SEEDS:
        policy, told = shop(seed)
        end = max(told.as_of, max(row.at for row in told.rows))
        said = folded(told.rows, told.marks, policy, told.settings, told.bars, end)
        found.append(
            {who: [*a[:4], sorted(a.facets), a.activity, said.next_change[who]]
             for who, a in said.answers.items()}
        )  # fmt: skip
    return json.dumps(found, sort_keys=True)


def test_compiled_kernels_say_what_plain_python_says() -> None:
    assert not Mode.python
    source = Path(next(iter(thang.__path__))).parent
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(source), str(TESTS), os.environ.get("PYTHONPATH", "")]),
        "THANG_KERNELS": "python",
    }
    asked = (
        "import sys; from river.test_fold_modes import everything; from thang.river.compiled import"
        " Mode; assert Mode.python; assert 'numba' not in sys.modules; print(everything())"
    )
    plain = subprocess.run(
        [sys.executable, "-c", asked], env=environment, check=True, capture_output=True, text=True
    )
    compiled = everything()
    assert json.loads(plain.stdout) == json.loads(compiled)
    assert sum(len(people) for people in json.loads(compiled)) >= 50


@cache
def whole(seed: int) -> dict[int, Answer]:
    _, told = shop(seed)
    return told_at(seed, end_of(told))


def end_of(told: Told) -> int:
    return max(row.at for row in told.rows) + 400 * DAY


@pytest.mark.parametrize("seed", SEEDS)
def test_an_earlier_history_is_the_beginning_of_a_later_one(seed: int) -> None:
    _, told = shop(seed)
    dice = random.Random(seed)
    instants = {row.at for row in told.rows} | {
        move[0] for answer in whole(seed).values() for move in answer.transitions
    }
    for as_of in dice.sample(sorted(instants | {at - 1 for at in instants}), 12):
        early = told_at(seed, as_of)
        for who, later in whole(seed).items():
            lived = tuple(move for move in later.transitions if move[0] <= as_of)
            assert (early[who].transitions if who in early else ()) == lived


@pytest.mark.parametrize("seed", SEEDS)
def test_nobodys_place_changes_before_the_instant_at_which_they_are_to_be_woken(
    seed: int,
) -> None:
    policy, told = shop(seed)
    said = folded(told.rows, told.marks, policy, told.settings, told.bars, told.as_of)
    last = max(row.at for row in told.rows)
    quiet = {
        who: wake
        for who, wake in said.next_change.items()
        if last_of(told.rows, who) <= told.as_of < wake
    }
    for who, wake in quiet.items():
        alone = [row for row in told.rows if row.person == who or row.other == who]
        until = min(wake - 1, last + 800 * DAY)
        for at in {until, (told.as_of + until) // 2}:
            later = told_at(seed, at)[who]
            assert later.transitions == said.answers[who].transitions, alone
            assert (later.level, later.facets) == (
                said.answers[who].level,
                said.answers[who].facets,
            )


def last_of(rows: list[Row], who: int) -> int:
    return max(row.at for row in rows if row.person == who)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_move_without_an_event_was_announced(seed: int) -> None:
    """Woken at each announced instant and at own events only, one sees every move on its day."""
    policy, told = shop(seed)
    end = end_of(told)
    own = {who: {row.at for row in told.rows if row.person == who} for who in whole(seed)}
    for who, answer in whole(seed).items():
        if len(answer.transitions) == FIRST_PLACE:
            continue
        last = max(own[who])
        silent = [move for move in answer.transitions if move[0] > last]
        said = folded(told.rows, told.marks, policy, told.settings, told.bars, last)
        for at, *_ in silent:
            assert said.next_change[who] <= at <= end
            said = folded(told.rows, told.marks, policy, told.settings, told.bars, at)


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_and_doubled_rows_change_nothing(seed: int) -> None:
    policy, told = shop(seed)
    dice = random.Random(seed)
    rows = [*told.rows, *dice.choices(told.rows, k=len(told.rows) // 3)]
    dice.shuffle(rows)
    marks = [*told.marks, *told.marks]
    dice.shuffle(marks)
    said = folded(rows, marks, policy, told.settings, told.bars, end_of(told))
    assert said.answers == whole(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_person_alone_is_placed_as_among_the_others(seed: int) -> None:
    """Nobody's line depends on another's, but for who referred whom."""
    policy, told = shop(seed)
    kinds = ("referral_sent", "referral_converted", "referral_disqualified")
    rows = [row for row in told.rows if row.kind not in kinds]
    end = end_of(told)
    together = folded(rows, told.marks, policy, told.settings, told.bars, end)
    for who in together.answers:
        mine = [row for row in rows if row.person == who]
        alone = folded(mine, told.marks, policy, told.settings, told.bars, end)
        assert alone.answers[who] == together.answers[who]
        assert alone.next_change[who] == together.next_change[who]


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_after_the_date_change_nothing_before_it(seed: int) -> None:
    policy, told = shop(seed)
    rows = [row for row in told.rows if row.at <= told.as_of]
    if not rows:
        return
    cut = folded(rows, told.marks, policy, told.settings, told.bars, told.as_of)
    assert cut.answers == told_at(seed, told.as_of)


def test_an_act_at_the_very_instant_at_which_silence_takes_a_rung_gives_it_back() -> None:
    policy = default_policy()
    silence = next(level.silence for level in policy.levels if level.silence)
    first = on("2024-01-10 10:00")
    again = first + silence.days * DAY
    rows = [row(first, "product_added"), row(again, "product_added")]
    said = folded(rows, [], policy, PLAIN, [], again + DAY)
    assert said.answers[1].transitions == (
        (first, -1, 1, "event"),
        (again, 1, 0, "due"),
        (again, 0, 1, "event"),
    )
    verdict = judge(rows, [], policy, PLAIN, [], as_of=again + DAY)[1]
    assert said.answers[1].transitions == verdict.transitions


def test_the_policy_of_these_tests_is_bent_in_every_other_shop() -> None:
    assert {shop(seed)[0] == replace(default_policy()) for seed in SEEDS} == {True, False}
