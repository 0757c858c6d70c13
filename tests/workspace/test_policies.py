"""A changed policy: what it would do, what it does, and that the past of the record stays."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from thang.model import WrongPolicy
from thang.record import Record
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, copied, invented, new_shop, places, said, tell

CHANGES = {
    "strong acts fade sooner": "quantities: {strong_acts: {within: 30}}\n",
    "no hold and no grace": "levels: {advocate: {hold_months: 0, grace: 0}}\n",
    "a window of one's own": "window: {mode: 90}\n",
    "no Premier": "levels: {premier: null}\n",
    "a bar of one's own": "bars: {premier: {mode: 1000000}}\n",
    "a rule over any kind": (
        "quantities: {talks: {count: [live_chat_message_sent], within: 365}}\n"
        "levels: {shopper: {enter: strong_acts >= 1 or talks >= 1}}\n"
    ),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = new_shop(tmp_path_factory.mktemp("policies") / "shop")
    tell(shop, invented())
    shop.classify(LAST_DAY)
    return shop


@pytest.fixture
def shop(told: Workspace, tmp_path: Path) -> Workspace:
    return copied(told, tmp_path / "shop")


def levels(shop: Workspace) -> dict[str, str]:
    return {who: place["level"] for who, place in places(shop).items()}


def versions(shop: Workspace) -> int:
    with Record.open(shop.folder.path, shop.folder.now) as record:
        last = record.policy()
        return last.version if last else 0


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES)
def test_a_preview_says_what_then_happens(shop: Workspace, tmp_path: Path, text: str) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(text, "utf-8")
    before = levels(shop)
    preview = shop.preview(changed)
    assert levels(shop) == before
    assert versions(shop) == 1
    shop.folder.policy_file.write_text(text, "utf-8")
    shop.classify(LAST_DAY)
    after = levels(shop)
    moved = Counter((before[who], after[who]) for who in before if before[who] != after[who])
    assert {(m["from"], m["to"]): m["people"] for m in preview.moves} == moved
    assert preview.up + preview.down == moved.total()
    assert all(before[e["person"]] == e["from"] for e in preview.examples)
    assert all(after[e["person"]] == e["to"] for e in preview.examples)
    assert preview.changes


def test_the_same_policy_moves_nobody(shop: Workspace) -> None:
    preview = shop.preview()
    assert (preview.changes, preview.moves, preview.up, preview.down) == ((), (), 0, 0)


def test_up_and_down_are_told_apart(shop: Workspace, tmp_path: Path) -> None:
    harder = tmp_path / "harder.yaml"
    harder.write_text("levels: {advocate: {enter: orders >= 9000}}\n", "utf-8")
    preview = shop.preview(harder)
    assert preview.up == 0
    assert preview.down > 0


def test_an_edited_policy_is_a_new_version_and_the_old_one_is_kept(shop: Workspace) -> None:
    before = said(shop)
    original = shop.folder.policy_file.read_text("utf-8")
    shop.folder.policy_file.write_text(CHANGES["no Premier"], "utf-8")
    done = shop.classify(LAST_DAY)
    assert (done.version.version, done.folded) == (2, done.people)
    assert "premier" not in set(levels(shop).values())
    assert shop.ladder().policy == f"2:{done.version.fingerprint}"
    with Record.open(shop.folder.path, shop.folder.now) as record:
        first = record.policy(1)
        assert first is not None
        assert first.text == original
    shop.folder.policy_file.write_text(original, "utf-8")
    assert shop.classify(LAST_DAY).version.version == 3
    assert said(shop) == before


def test_a_remark_in_the_policy_is_no_new_version(shop: Workspace) -> None:
    with shop.folder.policy_file.open("a", encoding="utf-8") as file:
        file.write("# nothing else\n")
    assert shop.classify(LAST_DAY).folded == 0
    assert versions(shop) == 1


def test_a_wrong_policy_is_refused_and_what_is_shown_stays(shop: Workspace) -> None:
    before, ladder = said(shop), shop.ladder()
    shop.folder.policy_file.write_text("levels: {premier: {enter: spent >= 3}}\n", "utf-8")
    with pytest.raises(WrongPolicy, match="spend"):
        shop.classify(LAST_DAY)
    assert said(shop) == before
    assert shop.ladder() == ladder
