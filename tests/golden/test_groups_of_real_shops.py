"""Two real shops through `thang groups` and `thang stage`: orders alone tell of one group."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from thang.cli import app
from thang.policy.aims import GROUPS
from thang.workspace.shop import Workspace

# What files of orders alone say nothing of: tries, failures, friends, costs.
SILENT = {"willing": "few_data", "forgiving": "few_data", "viral": "few_data",
          "profitable": "unknown"}  # fmt: skip


def said(shop: Path, verb: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, [verb, "--shop", str(shop), "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    assert CliRunner().invoke(app, [verb, "--shop", str(shop)]).exit_code == 0
    return found


def only_value_is_told(shop: Workspace) -> dict[str, Any]:
    told = said(shop.folder.path, "groups")["told"]
    assert [group["key"] for group in told["groups"]] == list(GROUPS)
    for group in told["groups"]:
        if group["key"] in SILENT:
            assert group["status"] == SILENT[group["key"]]
            assert (group["members"], group["mains"], group["enough"]) == (0, 0, 0)
            assert all(
                prior["origin"] == "assumed"
                for prior in group["priors"]
                if prior["name"] != "bring"
            )
    scores = shop.export("scores").to_pylist()
    valuable = 1 << GROUPS.index("valuable")
    assert {row["members"] for row in scores} <= {0, valuable}
    assert {row["enough"] for row in scores} <= {0, valuable}
    assert told["none"] == sum(row["members"] == 0 for row in scores)
    found: dict[str, Any] = told
    return found


def test_the_groups_of_cdnow(cdnow: Workspace) -> None:
    told = only_value_is_told(cdnow)
    assert told["people"] == 23_570
    assert 0.05 < told["groups"][3]["members"] / told["people"] < 0.2


def test_the_groups_of_online_retail(retail: Workspace) -> None:
    told = only_value_is_told(retail)
    assert 0.05 < told["groups"][3]["members"] / told["people"] < 0.2


@pytest.mark.parametrize("name", ["cdnow", "retail"])
def test_the_stage_of_a_shop_without_answers(name: str, request: pytest.FixtureRequest) -> None:
    shop: Workspace = request.getfixturevalue(name)
    told = said(shop.folder.path, "stage")["told"]
    parts = {part["key"]: part["chance"] for q in told["now"]["questions"] for part in q["parts"]}
    assert parts["love"] is None
    assert parts["quiet"] is None
    assert parts["contribution"] is None
    assert sum(told["now"]["chances"]) == pytest.approx(1)
    assert told["gate"]["opened"] is False
    passed = {check["key"] for check in told["gate"]["checks"] if check["passed"]}
    assert passed <= {"love"}  # by customers who come back; the rest nobody recorded
