"""Explanations are true: what placed somebody did, what is missing lifts, what threatens comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from thang.model import Finality, Flag, WrongInput
from thang.river.calendar import end_of_day
from thang.workspace.shop import Workspace

from .shops import (
    LAST_DAY,
    TZ,
    act,
    at,
    copied,
    customer,
    invented,
    new_shop,
    order,
    places,
    said,
    tell,
)

SHAPE = {
    "person", "at", "level", "observed_level", "since", "facets", "activity", "why", "hold", "next",
    "demotion", "history",
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = new_shop(tmp_path_factory.mktemp("explaining") / "shop")
    tell(shop, invented())
    shop.classify(LAST_DAY)
    return shop


@pytest.fixture(scope="module")
def explained(told: Workspace) -> list[dict[str, Any]]:
    """Explanations of four people from each rung."""
    chosen: dict[str, list[str]] = {}
    for who, place in places(told).items():
        chosen.setdefault(place["level"], []).append(who)
    return [told.explain(who) for some in chosen.values() for who in some[:4]]


def test_the_shape_and_that_every_rung_is_among_them(explained: list[dict[str, Any]]) -> None:
    assert all(set(one) >= SHAPE for one in explained)
    assert len({one["level"] for one in explained}) >= 6
    for one in explained:
        assert one["person"].startswith("p_")
        for reason in one["why"]:
            assert set(reason) == {"quantity", "value", "needs", "ok", "events"}


def test_an_explanation_repeats_what_the_classification_says(
    told: Workspace, explained: list[dict[str, Any]]
) -> None:
    stored = places(told)
    moves = said(told)[0]
    for one in explained:
        place = stored[one["person"]]
        assert (one["level"], one["facets"]) == (place["level"], place["facets"])
        assert one["observed_level"] == place["observed_level"]
        mine = [move for move in moves if move["person"] == one["person"]]
        assert [(m["from"], m["to"], m["cause"]) for m in one["history"]] == [
            (m["from_level"], m["to_level"], m["cause"]) for m in mine
        ]


def test_whatever_placed_somebody_is_met(explained: list[dict[str, Any]]) -> None:
    for one in explained:
        assert all(reason["ok"] for reason in one["why"]), one["level"]
        assert one["why"] or one["level"] == "lead"


def test_what_is_missing_is_missing(explained: list[dict[str, Any]]) -> None:
    for one in explained:
        if one["next"] is not None:
            assert all(not reason["ok"] for reason in one["next"]["missing"])
    top = [one for one in explained if one["level"] == "raving_fan"]
    assert all(one["next"] is None for one in top)


def test_the_acts_shown_are_the_ones_counted(explained: list[dict[str, Any]]) -> None:
    seen = 0
    for one in explained:
        for reason in one["why"]:
            if reason["quantity"] in ("orders", "orders_ever", "strong_acts") and reason["value"]:
                seen += 1
                assert len(reason["events"]) == min(reason["value"], 20), one["level"]
                assert all(event["at"] <= one["since"] for event in reason["events"])
    assert seen > 5


def falls(explained: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in explained if one["demotion"] is not None]


def test_the_fall_that_is_announced_comes_on_its_day(
    told: Workspace, explained: list[dict[str, Any]], tmp_path: Path
) -> None:
    threatened = falls(explained)
    assert threatened
    shop = copied(told, tmp_path / "shop")
    for one in sorted(threatened, key=lambda one: str(one["demotion"]["at"]))[:6]:
        day = one["demotion"]["at"][:10]
        shop.classify(day)
        moves = [move for move in said(shop)[0] if move["person"] == one["person"]]
        later = [move for move in moves if move["at"].timestamp() * 1e6 > end_of_day(LAST_DAY, TZ)]
        assert later[-1]["to_level"] == one["demotion"]["to"]
        assert later[-1]["at"].timestamp() == pytest.approx(told_at(one["demotion"]["at"]), abs=1)


def told_at(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def test_a_fall_says_what_would_prevent_it(explained: list[dict[str, Any]]) -> None:
    for one in falls(explained):
        assert one["demotion"]["to"] != one["level"]
        if one["level"] != "shopper":
            assert one["demotion"]["unless"]
            assert all(not reason["ok"] for reason in one["demotion"]["unless"])


@pytest.fixture
def small(tmp_path: Path) -> Workspace:
    """Quế bought twice and joined nothing; a programme exists, since Sen joined it."""
    shop = new_shop(tmp_path / "small", "2026-06-30")
    tell(
        shop,
        [
            act("KH-Sen", "membership_joined", "2026-01-01"),
            order("KH-Quế", "2026-03-01", 300_000),
            order("KH-Quế", "2026-04-01", 400_000),
            *(order(f"KH-{n}", "2026-02-02") for n in range(9)),
        ],
    )
    shop.classify("2026-06-30")
    return shop


def test_doing_what_is_missing_lifts(small: Workspace) -> None:
    step = small.explain("KH-Quế")["next"]
    assert step["level"] == "member"
    assert [reason["quantity"] for reason in step["missing"]] == ["enrolled"]
    tell(small, [act("KH-Quế", "membership_joined", "2026-06-29")])
    small.classify("2026-06-30")
    one = small.explain("KH-Quế")
    assert one["level"] == "member"
    assert {reason["quantity"]: reason["value"] for reason in one["why"]} == {
        "enrolled": 1,
        "orders": 2,
    }


def test_the_next_order_is_missing_where_only_one_was_made(small: Workspace) -> None:
    tell(small, [act("KH-3", "membership_joined", "2026-06-01")])
    small.classify("2026-06-30")
    step = small.explain("KH-3")["next"]
    assert [(r["quantity"], r["value"], r["needs"]) for r in step["missing"]] == [
        ("orders", 1, {"op": ">=", "value": 2})
    ]
    tell(small, [order("KH-3", "2026-06-20")])
    small.classify("2026-06-30")
    assert small.explain("KH-3")["level"] == "member"


def test_a_member_who_buys_no_more_falls_at_the_check_after_their_hold(small: Workspace) -> None:
    tell(small, [act("KH-Quế", "membership_joined", "2026-04-15")])
    small.classify("2026-06-30")
    one = small.explain("KH-Quế")
    assert one["demotion"] == {
        "at": "2027-05-01T00:00:00+07:00",
        "to": "customer",
        "unless": [
            {"quantity": "orders", "value": 0, "needs": {"op": ">=", "value": 1}, "ok": False}
        ],
    }
    tell(small, [order("KH-Quế", "2026-06-15")])
    small.classify("2026-06-30")
    later = small.explain("KH-Quế")["demotion"]
    assert later["at"] == "2027-07-01T00:00:00+07:00"


def test_money_is_told_in_whole_units_and_orders_by_their_own_day(tmp_path: Path) -> None:
    shop = Workspace.init(tmp_path / "usd", "USD", now=lambda: end_of_day("2026-06-30", TZ))
    shop.folder.policy_file.write_text(
        "shop: {currency: USD}\nlevels: {premier: {enter: spend >= 1250}}\n"
        "bars: {premier: {mode: 12.5}}\n",
        "utf-8",
    )
    tell(shop, [order("KH-Sen", "2026-05-01", 1_250, currency="USD", finality=Finality.COMPLETED)])
    shop.classify("2026-06-30")
    one = shop.explain("KH-Sen")
    assert one["level"] == "premier"
    (reason,) = one["why"]
    assert (reason["quantity"], reason["value"]) == ("spend", 12.5)
    assert reason["needs"] == {"op": ">=", "value": 12.5}
    (shown,) = reason["events"]
    assert (shown["at"][:10], shown["placed"][:10]) == ("2026-05-08", "2026-05-01")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("KH-nobody", "Nobody is known"), ("p_aaaaaaaaaaaaaaaaaaaaaaaaaa", "Nobody is known"),
     ("", "Nobody is known"), ("x" * 10_000, "Nobody is known")],
)  # fmt: skip
def test_whom_nobody_knows(small: Workspace, text: str, sentence: str) -> None:
    with pytest.raises(WrongInput, match=sentence):
        small.explain(text)


def test_two_by_one_name_are_told_apart_by_their_references(small: Workspace) -> None:
    twin = customer("KH-Sen").__class__("loyalty", "KH-Sen")
    tell(small, [act((twin,), "page", "2026-05-05")])
    small.classify("2026-06-30")
    with pytest.raises(WrongInput, match=r"2 people .* reference"):
        small.explain("KH-Sen")


@pytest.mark.parametrize("day", ["2001-01-01", "2026-01-15"])
def test_a_day_before_somebody_was_known(small: Workspace, day: str) -> None:
    with pytest.raises(WrongInput, match="not known yet"):
        small.explain("KH-Quế", day)


def test_nothing_is_explained_before_anybody_is_placed(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(shop, [order("KH-Sen", "2026-05-01")])
    with pytest.raises(WrongInput, match="thang classify"):
        shop.explain("KH-Sen")


def test_open_trouble_stands_between_a_person_and_the_top(tmp_path: Path) -> None:
    """An unresolved incident is told as what is missing, and its good end lifts."""
    shop = new_shop(tmp_path / "fan", "2026-06-30")
    friends = [f"KH-bạn{n}" for n in range(3)]
    tell(
        shop,
        [
            order("KH-Sen", "2026-03-01", 900_000),
            order("KH-Sen", "2026-04-01", 900_000),
            order("KH-Sen", "2026-06-01", 900_000),
            *(act("KH-Sen", "referral_sent", f"2026-0{n}-02", ref="MÃ-S") for n in (4, 5, 6)),
            *(act("KH-Sen", "post_shared", f"2026-0{n}-03", flags=Flag.PUBLIC) for n in (4, 5, 6)),
            *(order(f, f"2026-0{n}-10") for n, f in zip((4, 5, 6), friends, strict=True)),
            *(
                act(
                    "KH-Sen",
                    "referral_converted",
                    f"2026-0{n}-05",
                    ref="MÃ-S",
                    other=(customer(f),),
                )
                for n, f in zip((4, 5, 6), friends, strict=True)
            ),
            act("KH-Sen", "ticket_opened", "2026-03-15", ref="VÉ-1", grade=3),
        ],
    )
    shop.classify("2026-06-30")
    one = shop.explain("KH-Sen")
    assert one["level"] == "advocate"
    assert [reason["quantity"] for reason in one["next"]["missing"]] == ["severe_tickets"]
    assert at("2026-06-20") < end_of_day("2026-06-30", TZ)
    tell(shop, [act("KH-Sen", "ticket_resolved", "2026-06-20", ref="VÉ-1", flags=Flag.OK)])
    shop.classify("2026-06-30")
    assert shop.explain("KH-Sen")["level"] == "raving_fan"
