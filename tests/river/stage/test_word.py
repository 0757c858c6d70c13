"""Which stage is shown: what has settled, the launch, and the owner's word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.river.stage.made import RULES

from thang.river.stage.chain import Reading
from thang.river.stage.word import Word, settled, shown

MONTH = 30 * 86_400_000_000


def lead(*stages: int, launched: bool | None = None) -> list[Reading]:
    """Checks that each of these stages leads."""
    chances = [tuple(float(s == stage) for s in range(5)) for stage in stages]
    return [Reading(n * MONTH, one, 1.0, True, launched, ()) for n, one in enumerate(chances)]


@pytest.mark.parametrize(
    ("led", "stage"),
    [((0,), 0), ((1, 2), 1), ((1, 2, 2), 2), ((1, 2, 3, 2, 3), 1), ((1, 2, 1, 2, 2, 1), 2),
     ((1, 2, 2, 1), 2), ((1, 2, 2, 1, 1), 1)],
)  # fmt: skip
def test_another_stage_has_to_lead_twice_in_a_row(led: tuple[int, ...], stage: int) -> None:
    assert settled(lead(*led), RULES)[0] == stage


@pytest.mark.parametrize("times", [1, 3])
def test_the_policy_says_how_often(times: int) -> None:
    rules = replace(RULES, confirm_checks=times)
    assert settled(lead(1, *[2] * times), rules) == (2, times * MONTH)
    assert settled(lead(1, *[2] * (times - 1)), rules)[0] == 1


def test_the_launch_counts_at_once() -> None:
    assert settled(lead(0, 0, 1, launched=True), RULES) == (1, 2 * MONTH)
    assert settled(lead(0, 0, 3, launched=True), RULES)[0] == 1  # what comes later is waited for
    assert settled(lead(0, 0, 1), RULES)[0] == 0
    (now,) = lead(1, launched=True)
    assert shown(lead(0, 0), replace(now, at=5 * MONTH), [], RULES).stage == 1


def test_a_shop_without_a_month_stands_where_it_is_read() -> None:
    (now,) = lead(3)
    assert shown([], now, [], RULES).stage == 3


def test_one_look_between_the_months_changes_nothing() -> None:
    (now,) = lead(3)
    assert shown(lead(1, 1, 3), replace(now, at=3 * MONTH), [], RULES).stage == 1


def test_the_owners_word_holds_until_it_runs_out_and_hides_nothing() -> None:
    found, (now,) = lead(1, 1, 1), lead(1)
    word = Word(MONTH, 3, "we know", "owner", until=4 * MONTH)

    def at(when: int, *words: Word) -> tuple[int, int, Word | None]:
        stands = shown(found, replace(now, at=when), words, RULES)
        return stands.stage, stands.settled, stands.override

    assert at(2 * MONTH, word) == (3, 1, word)
    assert at(4 * MONTH, word) == (1, 1, None)
    assert at(MONTH - 1, word) == (1, 1, None)
    later = replace(word, at=2 * MONTH, stage=2)
    assert at(3 * MONTH, word, later) == (2, 1, later)
    agreed = Word(2 * MONTH, 1, "", "owner", until=0)
    assert at(3 * MONTH, word, agreed) == (1, 1, None)


def test_agreeing_holds_for_the_stage_that_was_agreed_with() -> None:
    agreed = Word(2 * MONTH, 1, "", "owner", until=0)
    (now,) = lead(1)
    assert shown(lead(1, 1, 1), replace(now, at=3 * MONTH), [agreed], RULES).agreed == agreed
    moved = lead(1, 1, 1, 2, 2)
    assert shown(moved, replace(now, at=5 * MONTH), [agreed], RULES).agreed is None
