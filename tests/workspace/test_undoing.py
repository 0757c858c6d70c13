"""An import taken back leaves the shop as if it had never been told, and can be brought back."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from thang.cli import app
from thang.model import Event, Gathered, Identifier, WrongInput
from thang.record import Record
from thang.record.spans import merged, runs, without
from thang.workspace.freshness import State
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, Said, act, copied, customer, invented, new_shop, order, said, tell


def told(shop: Workspace, file: str, *events: Event, source: str = "till") -> int:
    """Import events under a file's name; the number of the import."""
    with Record.open(shop.folder.path, shop.folder.now) as record:
        record.append(file, source, (Gathered(1, (event,)) for event in events))
    return shop.imports()[0].id


def crowd() -> list[Event]:
    return [order(f"KH-{n}", "2026-01-02") for n in range(20)]


@pytest.mark.parametrize("seed", range(200))
def test_spans_are_sets(seed: int) -> None:
    dice = random.Random(seed)
    spans = merged([(a, a + dice.randrange(4)) for a in dice.sample(range(60), 5)])
    others = [(a, a + dice.randrange(9)) for a in dice.sample(range(60), 6)]
    inside = {n for a, b in spans for n in range(a, b + 1)}
    outside = {n for a, b in others for n in range(a, b + 1)}
    rest = without(spans, others)
    assert {n for a, b in rest for n in range(a, b + 1)} == inside - outside
    assert rest == sorted(rest)
    assert runs(inside) == spans


def test_what_is_undone_is_as_if_it_had_never_been(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    never = copied(shop, tmp_path / "never")
    events = list(invented())
    good, wrong = events[: len(events) // 2], events[len(events) // 2 :]
    told(shop, "good", *good, source="simulator")
    told(never, "good", *good, source="simulator")
    batch = told(shop, "wrong", *wrong, source="simulator")
    shop.classify(LAST_DAY)
    before = said(shop)
    assert shop.undo(batch).undone
    assert shop.freshness().waiting
    shop.classify(LAST_DAY)
    never.classify(LAST_DAY)
    assert said(shop) == said(never) != before
    assert shop.freshness().waiting == 0
    assert not shop.undo(batch, back=True).undone
    shop.classify(LAST_DAY)
    assert said(shop) == before


def test_an_event_that_another_import_told_as_well_stays(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    january, march = order("KH-Mận", "2026-01-05"), order("KH-Mận", "2026-03-05")
    first = told(shop, "quarter one", *crowd(), january, march)
    told(shop, "march and april", march, order("KH-Mận", "2026-04-05"))
    shop.undo(first)
    shop.classify("2026-05-31")
    assert shop.explain("KH-Mận")["history"][0]["at"][:10] == "2026-03-05"
    with pytest.raises(WrongInput):
        shop.explain("KH-3")


def test_the_same_file_again_brings_it_back(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    told(shop, "others", *crowd())
    events = [order("KH-Sen", "2026-01-05"), order("KH-Sen", "2026-02-05")]
    first = told(shop, "file", *events)
    shop.classify("2026-03-31")
    before = said(shop)
    shop.undo(first)
    shop.classify("2026-03-31")
    assert said(shop) != before
    again = told(shop, "file", *events)
    assert shop.freshness().waiting
    shop.classify("2026-03-31")
    assert said(shop) == before
    shop.undo(again)
    shop.classify("2026-03-31")
    assert said(shop) != before


def test_who_was_joined_only_by_a_wrong_file_is_two_again(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    phone = Identifier("phone", "+84900999001")
    told(shop, "orders", *crowd(), order("KH-Mận", "2026-01-05"), order((phone,), "2026-02-05"))
    shop.classify("2026-04-30")
    apart = said(shop)
    wrong = told(shop, "wrong", act((customer("KH-Mận"), phone), "signed_up", "2026-03-01"))
    shop.classify("2026-04-30")
    assert shop.explain("KH-Mận")["person"] == shop.explain("+84900999001")["person"]
    shop.undo(wrong)
    shop.classify("2026-04-30")
    assert said(shop) == apart


def test_a_join_that_another_import_told_too_stays(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    both = (customer("KH-Mận"), Identifier("phone", "+84900999001"))
    first = told(shop, "one", *crowd(), order(both, "2026-01-05"))
    told(shop, "two", *crowd(), order(both, "2026-02-05"), order(both[1:], "2026-02-06"))
    shop.undo(first)
    shop.classify("2026-04-30")
    assert shop.explain("KH-Mận")["person"] == shop.explain("+84900999001")["person"]
    with Record.open(shop.folder.path) as record:
        numbers = [record.find(one.namespace, one.value) or 0 for one in both]
        assert [(join.a, join.b) for join in record.joins_of(numbers)] == [tuple(numbers)]


def test_a_wrong_name_is_put_right_by_the_next_file(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    wrong = order("KH-Sen", "2026-01-05", personal={"name": "Ngõ 12"})
    right = order("KH-Sen", "2026-01-05", personal={"name": "Người Thử Sen"})
    shop.undo(told(shop, "names wrong", wrong))
    told(shop, "names right", right)
    with Record.open(shop.folder.path) as record:
        number = record.find("customer", "KH-Sen") or 0
        assert record.personal([number])[number]["name"] == "Người Thử Sen"


def test_a_shop_without_its_only_import_is_empty(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    batch = told(shop, "all", *crowd())
    shop.classify("2026-03-31")
    shop.undo(batch)
    assert shop.freshness().state is State.EMPTY
    with pytest.raises(WrongInput, match="no events"):
        shop.classify("2026-03-31")
    with pytest.raises(WrongInput, match="Nobody is placed"):
        shop.ladder()
    told(shop, "another", *(order(f"KM-{n}", "2026-01-02") for n in range(20)))
    assert shop.classify("2026-03-31").people == 20


def test_undoing_twice_is_undoing_once(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    batch = told(shop, "all", *crowd())
    assert shop.undo(batch) == shop.undo(batch)
    with Record.open(shop.folder.path) as record:
        assert record.last_word() == 1
    with pytest.raises(WrongInput, match="no import 7"):
        shop.undo(7)


def both_ways(shop: Workspace, day: str) -> tuple[Said, Said]:
    """What is said step by step, and from a projection made anew."""
    stepped = said(shop)
    shop.folder.projection_file.unlink()
    shop.classify(day, everybody=True)
    return stepped, said(shop)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_any_order_of_imports_and_words_on_them(tmp_path: Path, seed: int) -> None:
    """Only those events count that a standing import told; compared with a shop told just these."""
    dice = random.Random(seed)
    shop = new_shop(tmp_path / "shop")
    events = crowd() + [order(f"KH-{n % 5}", f"2026-02-{n + 1:02d}") for n in range(20)]
    tell(shop, [order(f"KB-{n}", "2026-01-02") for n in range(20)], "till")
    files: dict[int, list[Event]] = {}
    for n in range(5):
        some = dice.sample(events, 18)
        files[told(shop, f"file {n}", *some)] = some
        batch = dice.choice(sorted(files))
        shop.undo(batch, back=dice.random() < 0.3)
    shop.classify("2026-03-31")
    standing = {past.id for past in shop.imports() if not past.undone}
    lived = [e for e in events if any(e in files[b] for b in standing & set(files))]
    only = new_shop(tmp_path / "only")
    tell(only, [order(f"KB-{n}", "2026-01-02") for n in range(20)], "till")
    tell(only, lived, "till")
    only.classify("2026-03-31")
    levels = {
        name: (shop.explain(name)["level"], shop.explain(name)["history"])
        for name in {e.identifiers[0].value for e in lived}
    }
    assert levels == {name: (only.explain(name)["level"], only.explain(name)["history"])
                      for name in levels}  # fmt: skip
    assert shop.ladder().levels == only.ladder().levels
    stepped, anew = both_ways(shop, "2026-03-31")
    assert stepped == anew


def test_the_verbs_list_and_undo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = new_shop(tmp_path / "shop")
    batch = told(shop, "all.csv", *crowd())
    main_of(["undo", str(batch), "--shop", str(shop.folder.path), "--json"])
    assert json.loads(capsys.readouterr().out)["undone"] is True
    main_of(["imports", "--shop", str(shop.folder.path), "--json"])
    (past,) = json.loads(capsys.readouterr().out)["imports"]
    assert (past["id"], past["file"], past["rows"], past["undone"]) == (batch, "all.csv", 20, True)
    main_of(["undo", str(batch), "--back", "--shop", str(shop.folder.path)])
    assert "counted" in capsys.readouterr().out
    main_of(["imports", "--shop", str(shop.folder.path)])
    assert "all.csv" in capsys.readouterr().out


def main_of(words: list[str]) -> None:
    app(words, standalone_mode=False)
