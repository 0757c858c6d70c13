"""Any past date, and a later one without anything new: silence is an event."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from thang.model import WrongInput
from thang.river.calendar import end_of_day, moment
from thang.workspace.shop import Workspace

from .shops import (
    LAST_DAY,
    TZ,
    copied,
    history,
    invented,
    new_shop,
    order,
    places,
    said,
    said_anew,
    tell,
)

PAST = ("2024-02-10", "2024-12-31", "2025-07-01", "2026-06-30")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A shop of three years, classified at its end."""
    shop = new_shop(tmp_path_factory.mktemp("dates") / "shop")
    tell(shop, invented())
    shop.classify(LAST_DAY)
    return shop


@pytest.fixture
def shop(told: Workspace, tmp_path: Path) -> Workspace:
    return copied(told, tmp_path / "shop")


@pytest.mark.parametrize("day", PAST)
def test_what_is_said_of_a_past_day_is_the_beginning_of_what_is_said_later(
    shop: Workspace, day: str
) -> None:
    end = moment(end_of_day(day, TZ))
    lived = [move for move in history(shop) if move["at"] <= end]
    shop.classify(day)
    assert history(shop) == lived
    last = {move["person"]: move["to_level"] for move in lived}
    assert {who: place["level"] for who, place in places(shop).items()} == last


def test_from_the_past_on_day_by_day_one_comes_to_the_same_present(shop: Workspace) -> None:
    present = said(shop)
    few = 0
    for day in ("2026-05-03", "2026-05-04", "2026-05-05", "2026-06-01", "2026-10-01", LAST_DAY):
        done = shop.classify(day)
        few += 0 < done.folded < done.people
    assert few >= 1
    assert said(shop) == present


@pytest.mark.parametrize("day", ["2027-01-01", "2027-02-14", "2027-06-30", "2028-09-01"])
def test_time_that_passes_in_silence_moves_whom_it_moves(shop: Workspace, day: str) -> None:
    before = history(shop)
    shop.classify(day)
    after = said(shop)
    assert len(after[0]) > len(before)
    assert after == said_anew(shop, day)


def test_whoever_is_not_woken_would_have_stayed(shop: Workspace) -> None:
    waking = {
        who: place["next_change_at"] for who, place in places(shop).items()
        if place["next_change_at"] is not None
    }  # fmt: skip
    before = places(shop)
    shop.classify("2027-09-30")
    end = moment(end_of_day("2027-09-30", TZ))
    moved = {
        move["person"] for move in history(shop) if move["at"] > moment(end_of_day(LAST_DAY, TZ))
    }
    assert moved
    assert all(waking[who] <= end for who in moved)
    asleep = [who for who in before if who not in waking or waking[who] > end]
    assert asleep
    after = places(shop)
    assert [after[who] for who in asleep] == [before[who] for who in asleep]


def test_an_order_that_lies_ahead_waits_for_its_day(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(shop, [*(order(f"KH-{n}", "2026-01-02") for n in range(9)), order("KH-Sen", "2026-03-03")])
    assert shop.classify("2026-02-01").people == 9
    assert shop.classify("2026-03-02").people == 9
    assert shop.classify("2026-03-03").people == 10
    assert shop.explain("KH-Sen")["level"] == "customer"


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-02-30", "31/12/2026", "", "9999-12-31", "9997-05-05"]
)
def test_what_is_no_usable_day_is_refused_in_a_sentence(shop: Workspace, text: str) -> None:
    before = said(shop)
    with pytest.raises(WrongInput, match=r"YYYY-MM-DD|earlier"):
        shop.classify(text)
    assert said(shop) == before


def test_a_day_before_the_first_event_is_refused_and_changes_nothing(shop: Workspace) -> None:
    before = said(shop)
    with pytest.raises(WrongInput, match="before the first event"):
        shop.classify("2001-01-01")
    assert said(shop) == before


def test_an_explanation_of_a_past_day_says_what_a_classification_then_would_say(
    shop: Workspace,
) -> None:
    for who, place in list(places(shop).items())[:12]:
        early = [move for move in history(shop) if move["person"] == who]
        middle = early[len(early) // 2]["at"].astimezone(ZoneInfo(TZ)).date().isoformat()
        told = shop.explain(who, middle)
        lived = [move for move in early if move["at"] <= moment(end_of_day(middle, TZ))]
        assert told["level"] == lived[-1]["to_level"]
        assert [move["to"] for move in told["history"]] == [move["to_level"] for move in lived]
        assert shop.explain(who)["level"] == place["level"]
