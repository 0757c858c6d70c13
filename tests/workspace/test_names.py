"""Finding people by what they are called: every spelling, no strangers, no name lying open."""

from __future__ import annotations

import itertools
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.model import Event, Gathered, Identifier
from thang.record import Record
from thang.record.words import folded
from thang.workspace.held import HeldWorkspace

from .shops import act, clock, new_shop, order, tell

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
PLAIN = {"ă": "a", "â": "a", "đ": "d", "ê": "e", "ô": "o", "ơ": "o", "ư": "u"}


def named(customer: str, name: str, *more: Identifier) -> Event:
    who = (Identifier("customer", customer), *more)
    return act(who, "signed_up", "2026-03-01", personal={"name": name})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeldWorkspace]:
    made = new_shop(tmp_path_factory.mktemp("names") / "shop")
    tell(
        made,
        [
            named("KH-1", "Nguyễn Thị Hoa Sữa", Identifier("phone", "+84900999001")),
            named("KH-2", "NGUYỄN THỊ HOÀI ĐĂNG"),
            named("KH-3", "Trần Đình Đào-Tiên", Identifier("email", "dao.tien@example.com")),
            named("KH-4", "Nguyen Van Thinh"),
            order("KH-5", "2026-03-02"),
        ],
    )
    made.classify("2026-04-01")
    with HeldWorkspace(made.folder.path, clock()) as held:
        yield held


def titles(shop: HeldWorkspace, text: str) -> list[str]:
    found = shop.find_people(text, 50)
    assert not found.more
    cards = shop.cards(found.persons)
    return [cards[person].title for person in found.persons]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("nguyen thi", ["Nguyễn Thị Hoa Sữa", "NGUYỄN THỊ HOÀI ĐĂNG", "Nguyen Van Thinh"]),
        ("nguyen thi hoa", ["Nguyễn Thị Hoa Sữa", "NGUYỄN THỊ HOÀI ĐĂNG"]),
        ("Hoa Nguyễn", ["Nguyễn Thị Hoa Sữa"]),
        ("thi nguyen", ["Nguyễn Thị Hoa Sữa", "NGUYỄN THỊ HOÀI ĐĂNG"]),
        ("đào tiên", ["Trần Đình Đào-Tiên"]),
        ("DAO-TI", ["Trần Đình Đào-Tiên"]),
        ("  dinh ", ["Trần Đình Đào-Tiên"]),
        ("oa", []),
        ("nguyen hoa thi xuan", []),
        ("𝔫𝔤𝔲𝔶𝔢𝔫 𝔥𝔬𝔞𝔦", ["NGUYỄN THỊ HOÀI ĐĂNG"]),
    ],
)
def test_all_words_must_be_there_and_the_last_may_be_unfinished(
    shop: HeldWorkspace, text: str, known: list[str]
) -> None:
    assert titles(shop, text) == known


@pytest.mark.parametrize(
    "text", ["+84900999001", "0900 999 001", "0900.999.001", "84900999001", "KH-1"]
)
def test_a_phone_or_an_id_in_any_spelling_finds_its_person(shop: HeldWorkspace, text: str) -> None:
    assert titles(shop, text) == ["Nguyễn Thị Hoa Sữa"]


def test_a_reference_and_an_address_find_their_person(shop: HeldWorkspace) -> None:
    (person,) = shop.find_people("Dao.Tien@Example.com", 5).persons
    card = shop.cards([person])[person]
    assert (card.name, card.email, card.phone) == ("Trần Đình Đào-Tiên", "dao.tien@example.com", "")
    assert shop.find_people(card.ref, 5).persons == (person,)


def test_whoever_has_no_name_is_called_by_their_reference(shop: HeldWorkspace) -> None:
    (person,) = shop.find_people("KH-5", 5).persons
    card = shop.cards([person])[person]
    assert card.title == card.ref
    assert card.title.startswith("p_")


def test_a_limit_is_kept_and_said(shop: HeldWorkspace) -> None:
    found = shop.find_people("nguyen", 2)
    assert (len(found.persons), found.more) == (2, True)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "'; drop table words; --", "%", "_", "\0", "\ud800", "ng" * 5000, "…!?", "n*",
     "p_aaaaaaaaaaaaaaaaaaaaaaaaaa", "zzz " * 4000, "\u202eneyugn", "( select 1 )"],
)  # fmt: skip
def test_hostile_texts_find_nobody_and_break_nothing(shop: HeldWorkspace, text: str) -> None:
    assert shop.find_people(text, 5).persons == ()
    assert titles(shop, "KH-1") == ["Nguyễn Thị Hoa Sữa"]


def test_every_letter_of_vietnamese_folds_to_its_plain_letter_however_it_is_coded() -> None:
    for letter, tone in itertools.product(LETTERS, TONES):
        for text in (letter + tone, (letter + tone).upper()):
            both = {unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}
            assert all(folded(coded) == [PLAIN.get(letter, letter)] for coded in both)


@given(st.text(max_size=40))
def test_folding_again_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(" ".join(once)) == once
    assert all(word.isalnum() and not any(map(unicodedata.combining, word)) for word in once)


def test_a_changed_name_is_found_and_the_old_one_is_not(tmp_path: Path) -> None:
    made = new_shop(tmp_path / "shop")
    tell(made, [named("KH-1", "Lê Thị Mận")])
    later = act("KH-1", "identified", "2026-05-01", personal={"name": "Lê Thị Quế"})
    tell(made, [later])
    with Record.open(made.folder.path, made.folder.now) as record:
        assert record.called("le thi man", 5).identifiers == []
        assert record.called("le thi que", 5).identifiers == [1]
        earlier = act("KH-1", "identified", "2026-04-01", personal={"name": "Lê Thị Sim"})
        record.append("told", "by hand", [Gathered(1, (earlier,))])
        assert record.called("le sim", 5).identifiers == []


@pytest.mark.once
def test_a_vault_without_words_gets_them_when_it_is_opened(tmp_path: Path) -> None:
    made = new_shop(tmp_path / "shop")
    tell(made, [named("KH-1", "Lê Thị Mận")])
    with sqlite3.connect(made.folder.path / "vault.db") as file:
        file.execute("drop table words")
    with Record.open(made.folder.path, made.folder.now) as record:
        assert record.called("ma le", 5).identifiers == []
        assert record.called("man le", 5).identifiers == [1]


def test_no_word_of_a_name_lies_open(tmp_path: Path) -> None:
    made = new_shop(tmp_path / "shop")
    tell(made, [named("KH-1", "Xanhlơ Tímngắt")])
    for file in made.folder.path.iterdir():
        content = file.read_bytes().lower()
        assert not any(word in content for word in (b"xanhlo", b"timngat", "xanhlơ".encode()))
