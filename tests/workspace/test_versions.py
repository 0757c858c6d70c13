"""Policy versions: who, when and why; what a change takes effect on; the past stays as lived."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from thang.model import Unavailable, WrongInput, WrongPolicy
from thang.record import OutdatedError, Record
from thang.workspace.applying import Wish
from thang.workspace.held import HeldWorkspace
from thang.workspace.shop import Workspace
from thang.workspace.versions import difference, line_changes

from .shops import Rows, clock, copied, history, invented, new_shop, order, places, said, tell

HARDER = "levels: {advocate: {enter: orders >= 9000}, premier: {enter: orders >= 4}}\n"
EASIER = "levels: {premier: {enter: orders >= 2}}\n"
NO_PREMIER = "levels: {premier: null}\n"
APPLIED = "2027-01-15"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = new_shop(tmp_path_factory.mktemp("versions") / "shop", APPLIED)
    tell(shop, invented())
    shop.classify()
    return shop


@pytest.fixture
def shop(told: Workspace, tmp_path: Path) -> Workspace:
    return copied(told, tmp_path / "shop")


def later(shop: Workspace, day: str) -> Workspace:
    return Workspace(shop.folder.path, clock(day))


def applied(shop: Workspace, wanted: str, note: str = "", author: str = "") -> int:
    done = shop.apply_policy(Wish(wanted, note, author, shop.policy_standing().mark))
    shop.classify()
    return done.number


def by_person(moves: Iterable[dict[str, Any]]) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for move in moves:
        found.setdefault(move["person"], []).append(move)
    return found


def test_versions_say_who_when_and_why(shop: Workspace) -> None:
    assert applied(shop, EASIER, "  two orders\tare enough ", "somebody") == 2
    latest, first = shop.policy_versions()
    assert (latest.number, latest.author, latest.note) == (2, "somebody", "two orders are enough")
    assert (latest.text, latest.applied_at) == (EASIER, shop.folder.now())
    assert (first.number, first.author, first.note) == (1, "", "")
    assert shop.folder.policy_file.read_text("utf-8") == EASIER
    assert shop.ladder().policy == f"2:{latest.fingerprint}"


def test_returning_to_a_version_is_a_new_one(shop: Workspace) -> None:
    applied(shop, EASIER)
    first = shop.policy_version(1)
    assert applied(shop, first.text, "back") == 3
    latest = shop.policy_versions()[0]
    assert (latest.fingerprint, latest.text) == (first.fingerprint, first.text)
    with pytest.raises(WrongInput, match="no policy version 9"):
        shop.policy_version(9)


def test_a_version_differs_from_another_by_keys_and_lines(shop: Workspace) -> None:
    found = difference(shop.policy_version(1).text, EASIER)
    assert {change.key for change in found.changes} == {"levels.premier.enter"}
    assert ("+", EASIER.strip()) in found.lines
    both = [line for sign, line in line_changes("a\nb\nc", "a\nc\nd") if sign == " "]
    assert both == ["a", "c"]


def test_a_remark_becomes_the_file_and_no_version(shop: Workspace) -> None:
    remarked = shop.policy_standing().text + "# a remark\n"
    done = shop.apply_policy(Wish(remarked))
    assert (done.number, done.is_new) == (1, False)
    assert shop.folder.policy_file.read_text("utf-8") == remarked
    assert shop.classify().folded == 0


def test_whoever_looked_at_an_older_one_is_refused(shop: Workspace) -> None:
    mark = shop.policy_standing().mark
    shop.apply_policy(Wish(EASIER, mark=mark))
    with pytest.raises(OutdatedError):
        shop.apply_policy(Wish(HARDER, mark=mark))
    assert shop.policy_standing().text == EASIER
    assert len(shop.policy_versions()) == 2


def test_a_file_edited_by_hand_makes_an_open_page_old(shop: Workspace) -> None:
    mark = shop.policy_standing().mark
    shop.folder.policy_file.write_text("programme: yes\n", "utf-8")
    with pytest.raises(OutdatedError):
        shop.apply_policy(Wish(EASIER, mark=mark))


def test_of_many_at_once_exactly_one_is_applied(shop: Workspace) -> None:
    mark = shop.policy_standing().mark

    def apply(held: HeldWorkspace, hold: int) -> str:
        wanted = f"levels: {{premier: {{hold_months: {hold}}}}}\n"
        try:
            held.apply_policy(Wish(wanted, mark=mark))
        except (OutdatedError, Unavailable):
            return ""
        return wanted

    with HeldWorkspace(shop.folder.path, shop.folder.now) as held, ThreadPoolExecutor(8) as pool:
        won = [text for text in pool.map(lambda n: apply(held, n), range(1, 9)) if text]
    assert len(won) == 1
    assert shop.folder.policy_file.read_text("utf-8") == won[0]
    assert [version.number for version in shop.policy_versions()] == [2, 1]


@pytest.mark.parametrize("wrong", ["levels: {premier: {enter: spent > 1}}", "a: &a [*a]", "\t- x"])
def test_a_wrong_policy_changes_nothing(shop: Workspace, wrong: str) -> None:
    before = shop.policy_standing()
    with pytest.raises(WrongPolicy):
        shop.apply_policy(Wish(wrong))
    assert shop.policy_standing() == before
    assert list(shop.folder.path.glob(".policy-*")) == []


def test_a_note_that_is_no_plain_text_is_refused(shop: Workspace) -> None:
    for note in ("x" * 501, "a\x00b", "\x1b[31m"):
        with pytest.raises(WrongInput, match="note"):
            shop.apply_policy(Wish(EASIER, note))
    assert len(shop.policy_versions()) == 1


@pytest.mark.parametrize("wanted", [HARDER, EASIER, NO_PREMIER])
def test_the_past_stays_and_the_new_rules_are_one_move(shop: Workspace, wanted: str) -> None:
    before, stood = by_person(history(shop)), places(shop)
    applied(shop, wanted)
    after, stand = by_person(history(shop)), places(shop)
    moved = {who for who in stood if kept(stood[who]["level"], wanted) != stand[who]["level"]}
    assert moved or wanted == NO_PREMIER
    for who, moves in after.items():
        ours = [move for move in moves if move["cause"] == "policy"]
        assert len(ours) == (who in moved)
        if ours:
            assert ours == moves[-1:]
            assert (ours[0]["from_level"], ours[0]["to_level"]) == (
                kept(stood[who]["level"], wanted), stand[who]["level"],
            )  # fmt: skip
            assert stand[who]["since"] == ours[0]["at"]
        if wanted != NO_PREMIER:
            assert [move for move in moves if move["cause"] != "policy"] == before[who]


def kept(level: str, wanted: str) -> str:
    """A level of before on the new ladder: what is gone was always the one below."""
    return "member" if wanted == NO_PREMIER and level == "premier" else level


def test_levels_are_those_of_a_shop_that_always_had_the_policy(
    shop: Workspace, tmp_path: Path
) -> None:
    other = copied(shop, tmp_path / "other")
    other.folder.policy_file.write_text(HARDER, "utf-8")
    other.classify()
    applied(shop, HARDER)
    for who, place in places(shop).items():
        assert place["level"] == places(other)[who]["level"]


def test_what_comes_later_is_told_by_the_new_policy_and_a_rebuilding_says_the_same(
    shop: Workspace,
) -> None:
    applied(shop, EASIER)
    told = later(shop, "2027-06-20")
    tell(told, [order("somebody new", f"2027-0{month}-03") for month in (2, 3, 4)], "by hand")
    applied(told, HARDER)
    last = later(shop, "2027-09-01")
    tell(last, [order("somebody new", "2027-08-03")], "by hand")
    last.classify()
    in_steps = said(last)
    last.folder.projection_file.unlink()
    last.classify(everybody=True)
    assert said(last) == in_steps
    moves = next(
        rows for rows in by_person(history(last)).values() if str(rows[0]["at"]) > "2027-02"
    )
    assert [move["to_level"] for move in moves] != []


def test_an_explanation_tells_the_past_as_it_was_lived(shop: Workspace) -> None:
    before = {who: shop.explain(who) for who in list(places(shop))[:8]}
    applied(shop, HARDER)
    moved = {m["person"] for m in history(shop) if m["cause"] == "policy"}
    assert moved
    for who in {*before, *sorted(moved)[:12]}:
        found = shop.explain(who)
        assert found["level"] == places(shop)[who]["level"]
        assert (found["history"][-1]["cause"] == "policy") == (who in moved)
        assert found["since"] == found["history"][-1]["at"]
        if who in before:
            past = shop.explain(who, "2026-12-31")
            assert past["level"] == at_that_day(before[who], "2027-01-01")


def at_that_day(found: dict[str, Any], day: str) -> str:
    return str([move["to"] for move in found["history"] if move["at"] < day][-1])


def test_an_edited_file_without_a_word_is_a_replay(shop: Workspace) -> None:
    applied(shop, EASIER)
    shop.folder.policy_file.write_text(HARDER, "utf-8")
    shop.classify()
    assert not [move for move in history(shop) if move["cause"] == "policy"]


def test_a_policy_for_a_shop_without_events(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    assert shop.apply_policy(Wish(EASIER)).number == 1
    tell(shop, invented(20))
    assert shop.classify().people > 0
    assert shop.policy_versions()[0].fingerprint == shop.policy_versions()[-1].fingerprint


def test_notes_are_facts_and_an_older_record_gets_their_table(shop: Workspace) -> None:
    applied(shop, EASIER, "why")
    with create_engine(f"sqlite:///{shop.folder.path / 'record.db'}").connect() as connection:
        for change in ("update policy_notes set note = 'x'", "delete from policy_notes"):
            with pytest.raises(Exception, match="never changed"):
                connection.execute(text(change))
        connection.execute(text("drop table policy_notes"))
        connection.commit()
    with Record.open(shop.folder.path, shop.folder.now) as record:
        assert record.policy_notes() == {}
        assert len(record.policies()) == 2
