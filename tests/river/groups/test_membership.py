"""Membership against a small machine written by hand, under random scores; replays; the main group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thang.policy.aims import GROUPS, Groups, StageWeight
from thang.record.findings import Turn
from thang.river.groups.membership import (
    ENTERED,
    FAILED,
    LEFT,
    Moves,
    bits,
    judged,
    primary,
    standing,
)

NO_MOVES = Moves(*(np.zeros(0, np.int64),) * 4)
SCORES = [0.0, 0.2, 0.39, 0.4, 0.5, 0.59, 0.6, 0.61, 0.9, float("nan")]


class OneByHand:
    """One person in one group, as a shopkeeper would keep a list on paper."""

    def __init__(self, leave_checks: int) -> None:
        self.allowed, self.is_in, self.missed = leave_checks, False, 0

    def look(self, score: float, enough: bool, check: bool) -> bool:
        good = enough and score >= 0.6
        bad = not enough or not score >= 0.4
        if not self.is_in:
            self.is_in, self.missed = good, 0
        elif check:
            self.missed = self.missed + 1 if bad else 0
            if self.missed >= self.allowed:
                self.is_in, self.missed = False, 0
        return self.is_in


class Shop:
    """Some people judged again and again; only facts are carried on."""

    def __init__(self, people: int, rules: Groups) -> None:
        self.person = np.arange(10, 10 + people)
        self.rules, self.moves, self.checks = rules, NO_MOVES, list[int]()

    def judge(self, at: int, score: np.ndarray, enough: np.ndarray, *, check: bool) -> np.ndarray:
        stood = standing(self.moves, self.checks, at)
        turns = judged(stood, self.person, score, enough, self.rules, check=check)
        new = (np.full(len(turns.person), at), turns.person, turns.group, turns.what)
        old = (self.moves.at, self.moves.person, self.moves.group, self.moves.what)
        self.moves = Moves(*(np.append(o, n) for o, n in zip(old, new, strict=True)))
        self.checks += [at] if check else []
        return turns.inside


LOOK = st.tuples(
    st.lists(st.tuples(st.sampled_from(SCORES), st.booleans()), min_size=15, max_size=15),
    st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LOOK, max_size=14), st.integers(1, 4))
def test_members_are_those_of_the_paper_list(looks: list, leave_checks: int) -> None:
    shop = Shop(3, Groups(leave_checks=leave_checks))
    paper = [[OneByHand(leave_checks) for _ in GROUPS] for _ in range(3)]
    for at, (cells, check) in enumerate(looks):
        score = np.array([cell[0] for cell in cells]).reshape(3, 5)
        enough = np.array([cell[1] for cell in cells]).reshape(3, 5)
        found = shop.judge(at, score, enough, check=check)
        expected = [
            [paper[i][j].look(score[i, j], bool(enough[i, j]), check) for j in range(5)]
            for i in range(3)
        ]
        assert found.tolist() == expected
        again = standing(shop.moves, shop.checks, at).of(shop.person)[0]
        assert again.tolist() == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(LOOK, min_size=2, max_size=10), st.data())
def test_the_past_stays_as_it_was_told(looks: list, data: st.DataObject) -> None:
    shop, told = Shop(3, Groups()), []
    for at, (cells, check) in enumerate(looks):
        score = np.array([cell[0] for cell in cells]).reshape(3, 5)
        told.append(shop.judge(at, score, score >= 0, check=check).tolist())
    then = data.draw(st.integers(0, len(looks) - 1))
    assert standing(shop.moves, shop.checks, then).of(shop.person)[0].tolist() == told[then]


def test_judging_again_at_the_same_instant_moves_nobody() -> None:
    shop = Shop(2, Groups())
    score = np.full((2, 5), 0.9)
    for check in (True, False):
        inside = shop.judge(5, score, score > 0, check=check)
    assert inside.all()
    assert len(shop.moves.at) == 10


def test_only_changes_are_facts() -> None:
    shop = Shop(1, Groups())
    path = [0.7, 0.5, 0.3, 0.5, 0.3, 0.3, 0.3, 0.7]
    for at, score in enumerate(path):
        one = np.full((1, 5), np.nan)
        one[0, 2] = score
        shop.judge(at, one, ~np.isnan(one), check=True)
    assert shop.moves.what.tolist() == [ENTERED, FAILED, FAILED, LEFT, ENTERED]
    assert shop.moves.at.tolist() == [0, 2, 4, 5, 7]


def test_the_facts_speak_the_record_s_language() -> None:
    assert (LEFT, ENTERED, FAILED) == (Turn.LEFT, Turn.ENTERED, Turn.FAILED)


@pytest.mark.parametrize(
    ("members", "focus", "main"),
    [
        ({}, 2, -1),
        ({0: 0.9}, 4, 0),
        ({2: 0.65, 3: 0.9}, 2, 2),  # 0.65 against 0.63
        ({2: 0.6, 3: 0.9}, 2, 3),  # 0.60 against 0.63
        ({1: 0.9, 3: 0.8}, 2, 3),  # 0.54 against 0.56
        ({0: 0.8, 4: 0.8}, 2, 0),  # alike: the first
        ({0: 0.7, 4: 0.8}, None, 4),
    ],
)
def test_the_main_group_weighs_the_stage(members: dict, focus: int | None, main: int) -> None:
    score, inside = np.full((1, 5), 0.99), np.zeros((1, 5), np.bool_)
    for group, chance in members.items():
        score[0, group], inside[0, group] = chance, True
    assert primary(inside, score, focus, StageWeight()).tolist() == [main]


def test_bits_have_a_place_for_each_group() -> None:
    marks = np.array([[True, False, False, False, True], [False] * 5, [True] * 5])
    assert bits(marks).tolist() == [17, 0, 31]
