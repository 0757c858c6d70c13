"""thang stage: what it prints of a shop, and that its JSON is the API's."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import replace

import pytest
from rich.console import Console, Group
from tests.workspace.shops import LAST_DAY, invented, new_shop, tell

from thang.cli import main
from thang.river.stage.checks import NEXT, Check
from thang.river.stage.questions import Part
from thang.stage_text import PARTS, UNKNOWN, WHY, stage_text
from thang.workspace.shop import Workspace
from thang.workspace.staged import StageAnswer, Staged


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = new_shop(tmp_path_factory.mktemp("stage") / "shop")
    tell(found, invented(60))
    found.classify(LAST_DAY)
    return found


def printed(text: Group) -> str:
    console = Console(width=160, highlight=False)
    with console.capture() as heard:
        console.print(text)
    return heard.get()


def run(shop: Workspace, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    argv, sys.argv = sys.argv, ["thang", "stage", "--shop", str(shop.folder.path), *options]
    try:
        with suppress(SystemExit):
            main()
    finally:
        sys.argv = argv
    return capsys.readouterr().out


def told(shop: Workspace) -> Staged:
    found = shop.stage(anew=True).told
    assert found is not None
    return found


def test_the_verb_prints_five_chances_four_questions_and_the_gate(
    shop: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    text = run(shop, capsys)
    assert [f"S{n} " in text for n in range(1, 6)] == [True] * 5
    assert "The gate for the viral ones is closed" in text
    assert [f"R{n} " in text for n in range(1, 8)] == [True] * 7
    assert "Budget: willing" in text
    assert "no product lines" in text


def test_its_json_is_the_answer(shop: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(shop, capsys, "--json"))["told"]
    assert sum(found["now"]["chances"]) == pytest.approx(1)
    assert [one["key"] for one in found["now"]["questions"]] == [
        "launched", "fitted", "scaled", "mature",
    ]  # fmt: skip
    assert len(found["gate"]["checks"]) == 7


def test_before_anything_is_judged_it_says_so() -> None:
    assert "not computed yet" in printed(stage_text(StageAnswer(None), "UTC"))


def test_a_word_and_an_override_are_said_with_their_ends(shop: Workspace) -> None:
    shop.say_stage(4, "we sell the rest", "somebody", 1)
    shop.override_gate(True, "a fair in May", "somebody", 1)
    text = printed(stage_text(shop.stage(), "UTC"))
    assert "S5, earning: the owner's word until" in text
    assert "gate for the viral ones is open" in text
    assert "a fair in May" in text
    shop.agree_with_stage("somebody")
    shop.end_gate_override("somebody")
    assert "the owner agrees" in printed(stage_text(shop.stage(), "UTC"))


def test_every_part_and_every_reason_has_its_words(shop: Workspace) -> None:
    found = told(shop)
    asked = {part.key for one in found.now.questions for part in one.parts}
    assert asked <= set(PARTS) | {"said"}
    assert set(WHY) == set(NEXT)
    names = ("k", "n", "of", "needed", "high", "most", "open", "days", "carries", "wanted",
             "people", "asked", "low", "least")  # fmt: skip
    numbers = dict.fromkeys(names, 7.0)
    checks = tuple(Check("love", False, 0.5, why, NEXT[why], numbers) for why in WHY)
    parts = tuple(Part(key, chance, 1.0, 1.0, 2.0) for key in PARTS for chance in (0.5, None)
                  if chance or key in UNKNOWN)  # fmt: skip
    question = replace(found.now.questions[0], parts=parts)
    now = replace(found.now, questions=(question,))
    whole = replace(found, now=now, gate=replace(found.gate, checks=checks))
    text = printed(stage_text(StageAnswer(whole), "UTC"))
    assert text.count("unknown, left out") == len(UNKNOWN)
    assert "{" not in text
