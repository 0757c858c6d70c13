"""«If applied»: in full it is what another shop under that policy says; a sample says it is one."""

from __future__ import annotations

import operator
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from thang.model import WrongInput, WrongPolicy
from thang.workspace import preview as previewing
from thang.workspace.applying import Wish
from thang.workspace.preview import Preview
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, copied, invented, new_shop, places, said, tell

OPS = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le,
    "<": operator.lt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
CHANGES = {
    "an entry": "levels: {advocate: {enter: orders >= 1 and advocacy_points >= 1}}\n",
    "a keep rule": "levels: {premier: {keep: spend >= 3 * own_bar, grace: 0, hold_months: 0}}\n",
    "a silence": "levels: {shopper: {silence: {days: 30}}}\n",
    "orders counted later": "shop: {return_window_days: 60}\n",
    "referrals soon": "referral: {sent_within_days: 1}\n",
    "a window": "window: {mode: 90}\n",
    "a level less": "levels: {premier: null, raving_fan: null}\n",
    "a short ladder": (
        "levels:\n- {key: known, name: {en: Known}}\n"
        "- {key: customer, name: {en: Bought}, fact: orders_ever >= 1}\n"
        "- {key: top, name: {en: Top}, enter: orders >= 2, keep: orders >= 1}\n"
        "bars: {member_level: top}\n"
    ),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = new_shop(tmp_path_factory.mktemp("previews") / "shop")
    tell(made, invented(150))
    made.classify(LAST_DAY)
    return made


def levels(shop: Workspace) -> dict[str, str]:
    return {who: place["level"] for who, place in places(shop).items()}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("whole", [False, True])
def test_it_is_what_another_shop_under_that_policy_says(
    shop: Workspace, tmp_path: Path, text: str, whole: bool
) -> None:
    before, stored = levels(shop), said(shop)
    found = shop.preview_policy(text, whole=whole)
    other = copied(shop, tmp_path / "other")
    other.folder.policy_file.write_text(text, "utf-8")
    other.classify(LAST_DAY)
    after = levels(other)
    assert moves(found) == Counter((before[w], after[w]) for w in before if before[w] != after[w])
    for row in found.counts:
        assert (row.now or 0) == sum(level == row.level for level in before.values())
        assert (row.then or 0) == sum(level == row.level for level in after.values())
    for told in found.examples:
        assert (before[told["person"]], after[told["person"]]) == (told["from"], told["to"])
    assert len(found.examples) == min(20, found.up + found.down)
    assert (found.people, found.asked, found.is_sample) == (len(before), len(before), False)
    assert said(shop) == stored


def moves(found: Preview) -> Counter[tuple[str, str]]:
    return Counter({(move["from"], move["to"]): move["people"] for move in found.moves})


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES)
def test_the_rule_that_moves_somebody_is_met_or_lacking_as_it_says(
    shop: Workspace, text: str
) -> None:
    for told in shop.preview_policy(text).examples:
        rule = told["rule"]
        if rule is None or rule["value"] is None or rule["needs"]["value"] is None:
            continue
        assert OPS[rule["needs"]["op"]](rule["value"], rule["needs"]["value"]) == rule["ok"]


def test_who_rises_is_told_the_rule_that_was_changed(shop: Workspace) -> None:
    found = shop.preview_policy("levels: {premier: {enter: orders >= 2}}\n")
    assert found.up
    told = [e["rule"] for e in found.examples if e["to"] == "premier"]
    assert {(rule["quantity"], rule["needs"]["value"]) for rule in told} == {("orders", 2)}


def test_who_falls_is_told_what_is_lacking(shop: Workspace) -> None:
    found = shop.preview_policy("levels: {advocate: {enter: orders >= 9000}}\n")
    fallen = [e["rule"] for e in found.examples if e["from"] == "advocate"]
    assert fallen
    assert all(rule["needs"]["value"] == 9000 and not rule["ok"] for rule in fallen)


def test_a_sample_is_always_of_the_same_people_and_says_so(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thang.workspace.shop.SAMPLE", 40)
    text = CHANGES["an entry"]
    one, other = shop.preview_policy(text), shop.preview_policy(text)
    assert one == other
    assert one.is_sample
    assert one.asked == 40
    assert one.people == len(places(shop))
    whole = shop.preview_policy(text, whole=True)
    assert [row.now for row in one.counts] == [row.now for row in whole.counts]
    everybody = moves(whole)
    assert all(move in everybody for move in moves(one))


def test_a_sample_comes_near_the_whole(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thang.workspace.shop.SAMPLE", 100)
    for text in (CHANGES["an entry"], CHANGES["a silence"], CHANGES["a window"]):
        sample, whole = (shop.preview_policy(text, whole=w) for w in (False, True))
        # A hundred drawn of n: five standard deviations of a share are far from it.
        far = 5 * (whole.people / 10) * 0.5
        assert abs((sample.up + sample.down) - (whole.up + whole.down)) <= far


def test_nobody_placed_yet_is_said(tmp_path: Path) -> None:
    empty = new_shop(tmp_path / "shop")
    with pytest.raises(WrongInput, match="placed"):
        empty.preview_policy(CHANGES["a window"])


HOSTILE = {
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
    ),
    "a megabyte": "# " + "x" * 1_000_000,
    "tabs": "levels:\n\tpremier: {grace: 1}\n",
    "a ring": "a: &a [*a]\n",
    "a tag": "levels: !!python/object/apply:os.system ['true']\n",
    "two documents": "programme: yes\n---\nprogramme: no\n",
    "an unknown key": "levels: {premier: {<script>alert(1)</script>: 1}}\n",
    "a control character": "programme: \x07yes\n",
    "no mapping": "- a\n- b\n",
    "deep": "levels: " + "{premier: " * 400 + "1" + "}" * 400,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_ends_in_one_sentence(shop: Workspace, text: str) -> None:
    before = shop.policy_standing()
    for refused in (shop.preview_policy, lambda t: shop.apply_policy(Wish(t))):
        with pytest.raises(WrongPolicy) as error:
            refused(text)
        assert len(str(error.value)) < 400
        assert "\n" not in str(error.value)
    assert shop.policy_standing() == before


def test_the_sample_is_drawn_evenly_of_all_numbers() -> None:

    rows = duckdb.execute(
        f"select person from range(1, 100001) r(person) order by {previewing.DRAWN} limit 10000"  # noqa: S608
    ).fetchall()
    tenths: Counter[Any] = Counter(number // 10_001 for (number,) in rows)
    # 1,000 each of ten parts of which a tenth is drawn: sd 30.
    assert all(abs(n - 1000) < 150 for n in tenths.values())
    assert len(tenths) == 10
