"""The fold against the slow judge: 20,000 invented customers in `make test`, more in `make soak`."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings

from .by_hand import default_policy
from .kernel import Answer, folded
from .ladder import Verdict, judge
from .policies import random_policy
from .shops import random_shop
from .strategies import Case, cases

PEOPLE = 12  # of a shop, at most
SHOPS = 240  # of one lot: some 2,600 people
LOTS = 8


def differences(verdicts: Mapping[int, Verdict], answers: Mapping[int, Answer]) -> list[str]:
    """What the two say differently, person by person."""
    found = []
    for who in sorted({*verdicts, *answers}):
        said, folded_to = verdicts.get(who), answers.get(who)
        judged = said and Answer(
            said.transitions,
            said.level,
            said.observed_level,
            said.since,
            said.facets,
            said.activity,
        )
        if judged != folded_to:
            found.append(f"person {who}: judge {judged}, fold {folded_to}")
    return found


def lot(first: int, shops: int) -> tuple[int, list[str]]:
    """So many random shops from a seed on, every other one under a bent policy."""
    people, found = 0, []
    for seed in range(first, first + shops):
        dice = random.Random(seed)
        policy = random_policy(dice) if seed % 2 else default_policy()
        told = random_shop(dice, PEOPLE, policy)
        said = judge(told.rows, told.marks, policy, told.settings, told.bars, as_of=told.as_of)
        answers = folded(
            told.rows, told.marks, policy, told.settings, told.bars, told.as_of
        ).answers
        found += [f"seed {seed}, {line}" for line in differences(said, answers)]
        people += len(said)
    return people, found


@pytest.mark.parametrize("number", range(LOTS))
def test_the_fold_says_what_the_judge_says(number: int) -> None:
    people, found = lot(number * SHOPS, SHOPS)
    assert found == []
    assert people * LOTS >= 20_000


@pytest.mark.soak
@pytest.mark.parametrize("number", range(40))
def test_the_fold_says_what_the_judge_says_of_many_more(number: int) -> None:
    _, found = lot(1_000_000 + number * 1_000, 1_000)
    assert found == []


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_the_fold_says_what_the_judge_says_of_the_most_awkward(case: Case) -> None:
    told = case.told
    answers = folded(
        told.rows, told.marks, case.policy, told.settings, told.bars, told.as_of
    ).answers
    assert differences(case.judged(), answers) == []
