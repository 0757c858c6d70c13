"""Two real shops through `thang value`: the published shares and models, and costs unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from thang.cli import app
from thang.workspace.shop import Workspace


def told(shop: Path) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["value", "--shop", str(shop), "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    words = CliRunner().invoke(app, ["value", "--shop", str(shop)])
    assert "Profit is unknown" in words.output
    return found


def nothing_is_known_of_costs(found: dict[str, Any]) -> None:
    summed = found["summed"]
    assert (summed["of_margin"], summed["margin"]) == (False, None)
    assert summed["profit_status"] == "margin_unknown"
    assert (summed["judged_profit"], summed["whale"], summed["profit_tau"]) == (0, None, None)
    assert {"goods", "acquisition", "support"} <= set(summed["missing"])
    assert all(one["profit"] is None for one in found["best"])
    assert found["worst"] == []


def test_the_value_of_cdnow(cdnow: Workspace) -> None:
    found = told(cdnow.folder.path)
    nothing_is_known_of_costs(found)
    summed = found["summed"]
    assert (summed["status"], summed["buyers"]) == ("model", 23_570)
    assert round(summed["revenue"]["top_10"], 4) == pytest.approx(0.5094, abs=2e-4)
    assert round(summed["revenue"]["top_20"], 4) == pytest.approx(0.6778, abs=2e-4)
    assert summed["totals"]["revenue"] == 250_031_563
    assert summed["model"]["repeaters"] == 23_570 - 12_054
    assert {test["model"] for test in summed["tests"]} == {"bg", "mbg", "pareto"}
    assert all(-0.25 < test["error"] < 0 for test in summed["tests"])
    assert summed["tests"][0]["naive_error"] > 0.3
    assert [one["month"] for one in summed["cohorts"]] == ["1997-01", "1997-02", "1997-03"]
    assert sum(one["people"] for one in summed["cohorts"]) == 23_570
    totals = summed["totals"]
    assert totals["low"] < totals["value"] < totals["high"]
    assert 0.05 < summed["valuable"] / summed["buyers"] < 0.2


def test_the_value_of_online_retail(retail: Workspace) -> None:
    found = told(retail.folder.path)
    nothing_is_known_of_costs(found)
    summed = found["summed"]
    assert summed["status"] == "model"
    assert 4_200 < summed["buyers"] <= 4_314
    assert summed["revenue"]["top_10"] > 0.5
    assert len(summed["tests"]) == 3
    assert summed["cohorts"][0]["month"] == "2009-12"
    assert all(sum(one["active"][1:]) <= one["people"] * 12 for one in summed["cohorts"])
    assert summed["totals"]["low"] < summed["totals"]["value"] < summed["totals"]["high"]
