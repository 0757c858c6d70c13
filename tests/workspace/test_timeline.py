"""One person's story against what was told of them: newest first, page by page, as of any day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from thang.model import DAY, Event, Finality, Identifier, WrongInput
from thang.workspace.held import HeldWorkspace
from thang.workspace.timeline import Act, Milestone, Timeline

from .shops import act, at, clock, customer, new_shop, order, tell
from .test_customers import spoken

PHONE = Identifier("phone", "+84900999001")
MAIL = Identifier("email", "sen@example.com")


def told_of_sen() -> list[Event]:
    """A year of one person under three names, from a till and a website."""
    web: dict[str, Any] = {"channel": "site", "product_id": "SP-1", "secret": "xin đừng kể"}
    both = (customer("KH-Sen"), PHONE)
    return [
        act("KH-Sen", "page", "2026-01-02", properties=web),
        *(order("KH-Sen", f"2026-{month:02d}-05", 100_000 * month) for month in range(2, 9)),
        order("KH-Sen", "2026-09-05", properties={"lines": 3, "pieces": 7, "shipping": 15_000}),
        act(both, "membership_joined", "2026-03-01"),
        act((PHONE, MAIL), "identified", "2026-04-01"),
        act((MAIL,), "product_reviewed", "2026-05-05", grade=5, properties={"review": "ngon"}),
        act((PHONE,), "live_chat_message_sent", "2026-05-05"),
    ]


def elsewhere(event: Event) -> Event:
    """The same from another source."""
    return Event(
        "web", event.kind, event.at + DAY, event.identifiers, ref="W-1", amount=90_000,
        currency="USD", finality=Finality.FINAL,
    )  # fmt: skip


def others() -> list[Event]:
    return [order(f"KH-{n}", "2026-01-05") for n in range(12)]


@dataclass(frozen=True)
class Told:
    shop: HeldWorkspace
    story: list[Event]


POLICY = "shop: {currency: VND, tz: Asia/Ho_Chi_Minh, rates: {USD: 25000}}\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    made = new_shop(tmp_path_factory.mktemp("timeline") / "shop")
    (made.folder.path / "policy.yaml").write_text(POLICY, "utf-8")
    story = told_of_sen()
    story.append(elsewhere(story[3]))
    tell(made, [*others(), *story])
    made.classify("2026-10-01")
    with HeldWorkspace(made.folder.path, clock()) as shop:
        yield Told(shop, story)


def every_entry(shop: HeldWorkspace, limit: int, **more: Any) -> list[Act | Milestone]:
    page = shop.timeline("KH-Sen", limit=limit, **more)
    found = list(page.entries)
    while page.before:
        page = shop.timeline("KH-Sen", page.before, limit, **more)
        assert page.entries
        found += page.entries
    return found


def acts(entries: list[Act | Milestone]) -> list[Act]:
    return [entry for entry in entries if isinstance(entry, Act)]


@pytest.mark.parametrize("limit", [1, 2, 3, 50, 200])
def test_everything_is_told_once_newest_first_whatever_a_page_holds(told: Told, limit: int) -> None:
    found = every_entry(told.shop, limit)
    said = [(a.at, a.kind, a.ref, a.amount, a.currency, a.source) for a in acts(found)]
    wanted = [(e.at, e.kind, e.ref, e.amount, e.currency, e.source) for e in told.story]
    assert sorted(said, key=str) == sorted(wanted, key=str)
    assert [entry.at for entry in found] == sorted((e.at for e in found), reverse=True)
    page = told.shop.timeline("KH-Sen", limit=limit)
    assert page.events == len(told.story)
    assert page.moves == len(found) - len(wanted)


def test_moves_are_those_of_the_explanation_each_above_what_caused_it(told: Told) -> None:
    keys = ["lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan"]
    found = every_entry(told.shop, 4)
    moves = [entry for entry in reversed(found) if isinstance(entry, Milestone)]
    history = told.shop.explain("KH-Sen")["history"]
    assert [
        (None if m.from_level is None else keys[m.from_level], keys[m.to_level], m.cause)
        for m in moves
    ] == [(h["from"], h["to"], h["cause"]) for h in history]
    assert len(moves) >= 3
    for newer, older in pairwise(found):
        if newer.at == older.at:
            assert not (isinstance(newer, Act) and isinstance(older, Milestone))


def test_one_source_alone_keeps_the_milestones(told: Told) -> None:
    found = every_entry(told.shop, 3, source="web")
    assert [a.ref for a in acts(found)] == ["W-1"]
    assert len(found) - 1 == told.shop.timeline("KH-Sen").moves
    assert told.shop.timeline("KH-Sen").sources == ("by hand", "web")


def test_what_came_after_a_day_is_not_yet_told(told: Told) -> None:
    day = "2026-05-05"
    found = every_entry(told.shop, 2, at=day)
    assert max(entry.at for entry in found) <= at(day) + DAY // 2
    wanted = [event for event in told.story if event.at <= at(day)]
    assert len(acts(found)) == len(wanted) == told.shop.timeline("KH-Sen", at=day).events
    assert told.shop.timeline("KH-Sen", at="2025-01-01").entries == ()


def test_only_what_is_safe_is_shown_of_an_event(told: Told) -> None:
    found = acts(every_entry(told.shop, 200))
    shown = [pair for one in found for pair in one.properties]
    assert ("product_id", "SP-1") in shown
    assert ("shipping", 15_000) in shown
    assert "xin đừng kể" not in json.dumps(shown, ensure_ascii=False)
    assert "ngon" not in json.dumps(shown, ensure_ascii=False)
    assert [one.items for one in found if one.items] == [7]
    assert [one.grade for one in found if one.grade] == [5]


def test_names_say_what_joins_them(told: Told) -> None:
    page = told.shop.timeline("KH-Sen")
    kinds = {name.number: name.namespace for name in page.names}
    assert sorted(kinds.values()) == ["customer", "email", "phone"]
    joins = {
        (kinds[name.number], kinds[join.other]): (join.source, join.at)
        for name in page.names
        for join in name.joined
    }
    first = ("by hand", at("2026-03-01"))
    second = ("by hand", at("2026-04-01"))
    assert joins == {
        ("customer", "phone"): first, ("phone", "customer"): first,
        ("phone", "email"): second, ("email", "phone"): second,
    }  # fmt: skip


def test_every_name_of_a_person_tells_the_same_story(told: Told) -> None:
    pages: list[Timeline] = [
        told.shop.timeline(name) for name in ("KH-Sen", "0900 999 001", "SEN@example.com")
    ]
    assert pages[0] == pages[1] == pages[2]
    assert told.shop.timeline(pages[0].ref) == pages[0]


@pytest.mark.parametrize(
    "before",
    ["", "?", spoken(["timeline", True, 1, 2]), spoken(["since", True, 1, 2, 3]),
     spoken(["timeline", True, "1", 0, 0]), spoken(["timeline", True, 2**70, 0, 0])],
)  # fmt: skip
def test_a_damaged_page_address_is_refused_or_is_the_first_page(told: Told, before: str) -> None:
    if not before:
        assert told.shop.timeline("KH-Sen", before) == told.shop.timeline("KH-Sen")
        return
    with pytest.raises(WrongInput):
        told.shop.timeline("KH-Sen", before)


@pytest.mark.parametrize("limit", [0, -1, 10**9])
def test_a_page_is_never_empty_nor_endless(told: Told, limit: int) -> None:
    assert 1 <= len(told.shop.timeline("KH-Sen", limit=limit).entries) <= 200


@pytest.mark.parametrize(
    "who", ["KH-vắng", "p_aaaaaaaaaaaaaaaaaaaaaaaaaa", "", "\0", "+84900999777"]
)
def test_whom_nobody_knows_has_no_story(told: Told, who: str) -> None:
    with pytest.raises(WrongInput):
        told.shop.timeline(who)
    with pytest.raises(WrongInput):
        told.shop.timeline("KH-Sen", source="nobody")


def test_a_shop_with_nobody_placed_says_so(tmp_path: Path) -> None:
    empty = new_shop(tmp_path / "shop")
    for ask in (empty.movement, lambda: empty.timeline("KH-Sen"), lambda: empty.cards([1])):
        with pytest.raises(WrongInput):
            ask()
