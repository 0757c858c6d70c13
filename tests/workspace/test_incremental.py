"""Classifying what is new gives what classifying everything gives, however it was told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from thang.model import Event, Identifier
from thang.workspace.shop import Workspace

from .shops import (
    LAST_DAY,
    Said,
    act,
    copied,
    customer,
    history,
    invented,
    lived,
    new_shop,
    order,
    places,
    said,
    said_anew,
    tell,
)

DAYS = ("2026-12-20", "2026-12-22", "2026-12-25", "2026-12-28", LAST_DAY)


def portions(events: tuple[Event, ...], seed: int) -> list[list[Event]]:
    """A large portion and small ones, with rows told late, twice, and in any order."""
    dice, cuts = random.Random(seed), (0.985, 0.988, 0.991, 0.994, 1.0)
    told: list[list[Event]] = [[] for _ in cuts]
    for place, event in enumerate(events):
        first = next(i for i, cut in enumerate(cuts) if place < cut * len(events))
        late = dice.random() < 0.01
        told[min(first + late, len(cuts) - 1)].append(event)
        if dice.random() < 0.004:
            told[dice.randrange(first, len(cuts))].append(event)
    for portion in told:
        dice.shuffle(portion)
    return told


@pytest.fixture(scope="module", params=[1, 2])
def step_by_step(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Said, Said]:
    """What is said after portions, and after a full run over the same record."""
    shop = new_shop(tmp_path_factory.mktemp("portions") / "shop")
    few = 0
    for day, portion in zip(DAYS, portions(invented(220), request.param), strict=True):
        tell(shop, portion)
        done = shop.classify(day)
        few += 0 < done.folded < done.people
    assert few >= 2
    return said(shop), said_anew(shop, LAST_DAY)


def test_portion_by_portion_says_what_a_full_run_says(step_by_step: tuple[Said, Said]) -> None:
    portioned, anew = step_by_step
    assert lived(portioned) == lived(anew)


def test_what_today_alone_would_give_is_up_to_date_too(step_by_step: tuple[Said, Said]) -> None:
    portioned, anew = step_by_step
    assert portioned == anew


def test_telling_it_all_again_touches_nobody(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(shop, invented())
    shop.classify(LAST_DAY)
    before = said(shop)
    tell(shop, invented())
    assert shop.classify(LAST_DAY).folded == 0
    assert said(shop) == before


def by_phone(name: str) -> tuple[Identifier, Identifier]:
    """The two names under which one invented person is known."""
    return customer(name), Identifier("phone", "+84900999001")


def two_of_one() -> tuple[list[Event], list[Event]]:
    """Orders under two names, and the later act that gives both."""
    first, second = by_phone("KH-Mận")
    apart = [
        order("KH-Mận", "2026-01-05"),
        order("KH-Mận", "2026-03-05"),
        order((second,), "2026-04-05"),
        order("KH-Sen", "2026-02-01"),
        *(order(f"KH-{n}", "2026-02-02") for n in range(12)),
    ]
    return apart, [act((first, second), "signed_up", "2026-05-01")]


@pytest.fixture
def joined(tmp_path: Path) -> tuple[Workspace, Workspace]:
    """A shop in which two turned out to be one, and the same shop told at once."""
    shop = new_shop(tmp_path / "shop")
    whole = copied(shop, tmp_path / "whole")
    apart, later = two_of_one()
    tell(shop, apart)
    shop.classify("2026-04-30")
    assert len(places(shop)) == 15
    tell(shop, later)
    shop.classify("2026-05-02")
    tell(whole, [*apart, *later])
    whole.classify("2026-05-02")
    return shop, whole


def test_two_who_turn_out_to_be_one_are_folded_as_one(joined: tuple[Workspace, Workspace]) -> None:
    shop, whole = joined
    assert len(places(shop)) == 14
    assert said(shop) == said(whole)
    one = shop.explain("+84900999001")
    assert one["person"] == shop.explain("KH-Mận")["person"]
    assert one["level"] == "member"
    assert [(move["to"], move["at"][:10]) for move in one["history"]] == [
        ("customer", "2026-01-05"),
        ("member", "2026-04-05"),
    ]


def test_nobody_is_left_of_the_number_that_was_given_up(
    joined: tuple[Workspace, Workspace],
) -> None:
    shop, _ = joined
    assert {row["person"] for row in history(shop)} == set(places(shop))
    assert said(shop) == said_anew(shop, "2026-05-02")


def referral(code: str, friend: str, day: str) -> Event:
    return act("KH-Sen", "referral_converted", day, ref=code, other=(customer(friend),))


def test_a_friends_late_order_lifts_the_one_who_brought_them(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(
        shop,
        [
            *(order(f"KH-{n}", "2026-01-02") for n in range(20)),
            order("KH-Sen", "2026-01-05"),
            order("KH-Sen", "2026-02-05"),
            act("KH-Sen", "referral_sent", "2026-02-10", ref="MÃ-1"),
            act("KH-Quế", "page", "2026-02-11"),
            referral("MÃ-1", "KH-Quế", "2026-02-12"),
        ],
    )
    shop.classify("2026-03-31")
    assert shop.explain("KH-Sen")["level"] == "customer"
    tell(shop, [order("KH-Quế", "2026-02-20")])
    assert shop.classify("2026-03-31").folded == 2
    assert shop.explain("KH-Sen")["level"] == "advocate"
    assert said(shop) == said_anew(shop, "2026-03-31")


def test_a_cancelled_order_takes_it_back(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(shop, [order(f"KH-{n}", "2026-01-02") for n in range(20)])
    shop.classify("2026-01-31")
    assert shop.explain("KH-7")["level"] == "customer"
    gone = act("KH-7", "order_cancelled", "2026-01-20", ref="KH-7-2026-01-02")
    tell(shop, [gone])
    assert shop.classify("2026-01-31").folded == 1
    told = shop.explain("KH-7")
    assert (told["level"], told["since"][:10]) == ("shopper", "2026-01-20")
    assert said(shop) == said_anew(shop, "2026-01-31")
