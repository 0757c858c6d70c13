"""`thang strategies`: the shop's playbook as JSON and as text, and what it says of a wrong file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from typer.testing import CliRunner

from thang.cli import app
from thang.model import Unavailable, WrongInput, WrongPolicy
from thang.policy.playbook.load import read_playbook
from thang.workspace.folder import Folder
from thang.workspace.playbook import shop_playbook
from thang.workspace.shop import Workspace


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    Workspace.init(tmp_path / "shop", "VND", "Asia/Ho_Chi_Minh")
    return tmp_path / "shop"


def said(*words: str) -> str:
    told = CliRunner().invoke(
        app, ["strategies", *words], catch_exceptions=False, env={"COLUMNS": "200"}
    )
    assert told.exit_code == 0
    return told.output


def told(shop: Path, *words: str) -> Any:
    return json.loads(said(*words, "--shop", str(shop), "--json"))


def test_a_new_shop_has_the_default_playbook(shop: Path) -> None:
    found = told(shop)
    assert found["fingerprint"] == read_playbook("").fingerprint
    rows = {one["id"]: one for one in found["strategies"]}
    assert len(rows) == 74
    series = rows["A2"]
    assert series["article"] == "A"
    assert series["quote"] == "thông qua email marketing"
    assert series["trigger"] == "days_known <= 7 and consent_email"
    assert series["success"] == {"when": "strong_acts >= 1", "within": 30}
    assert [step["wait"] for step in series["steps"]] == [0, 3, 4, 7]
    assert series["steps"][0]["only_if"] is None
    assert "{{ shop.name }}" in series["steps"][0]["body"]["vi"]
    assert rows["B34"]["enabled"] is False


def test_the_shops_own_file_changes_it(shop: Path) -> None:
    (shop / "playbook.yaml").write_text(
        "strategies: {thank_gift: {enabled: false, cost: 5}}", "utf-8"
    )
    found = told(shop)
    (gift,) = (one for one in found["strategies"] if one["key"] == "thank_gift")
    assert (gift["enabled"], gift["cost"]) == (False, 5)
    assert found["fingerprint"] != read_playbook("").fingerprint
    text = said("--shop", str(shop))
    assert "74 strategies, 71 on" in text
    assert found["fingerprint"] in text


def test_one_of_them_is_shown_whole_by_key_or_row(shop: Path) -> None:
    assert told(shop, "A31") == told(shop, "thank_letter")
    (letter,) = told(shop, "A31")["strategies"]
    text = said("thank_letter", "--shop", str(shop))
    assert letter["quote"] in text
    assert letter["steps"][0]["subject"]["vi"] in text
    with pytest.raises(WrongInput, match=r"did you mean thank_letter\?"):
        said("thank_leter", "--shop", str(shop))


def test_the_shops_ladder_decides_which_levels_there_are(shop: Path) -> None:
    with (shop / "policy.yaml").open("a", encoding="utf-8") as policy:
        policy.write("levels: {raving_fan: null}\n")
    found = {one.id: one for one in shop_playbook(Folder(shop)).strategies}
    assert not found["A37"].on
    assert "raving_fan" not in found["A21"].levels
    (shop / "playbook.yaml").write_text(
        "strategies:\n  thank_gift: {levels: [raving_fan]}", "utf-8"
    )
    with pytest.raises(WrongPolicy, match=r"^playbook\.yaml:2: .*there is no level raving_fan"):
        shop_playbook(Folder(shop))


def test_a_text_that_cannot_be_filled_is_refused_before_anybody_gets_it(shop: Path) -> None:
    (shop / "playbook.yaml").write_text(
        "strategies: {thank_letter: {steps: {letter: {body: {vi: '{% if person.name %}Chào'}}}}}",
        "utf-8",
    )
    with pytest.raises(
        WrongPolicy, match=r"^playbook\.yaml:1: strategies\.thank_letter\.steps\.letter\.body\.vi: "
    ):
        said("--shop", str(shop))


def test_without_a_shop_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"There is no shop"):
        said("--shop", str(tmp_path))


def test_the_schema_for_editors_needs_no_shop(tmp_path: Path) -> None:
    schema = json.loads(said("--schema", "--shop", str(tmp_path)))
    Draft202012Validator.check_schema(schema)
    assert not Draft202012Validator(schema).is_valid(
        {"strategies": {"thank_gift": {"cost": "much"}}}
    )
