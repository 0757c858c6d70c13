"""Outcomes over the API and in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.web.nonsense import nonsense
from tests.web.peopled import peopled
from tests.web.visitors import signed_in
from typer.testing import CliRunner

from thang.cli import app


def test_the_api_and_the_verb_say_the_same(tmp_path: Path) -> None:
    shop = peopled(tmp_path / "shop", 60)
    told = signed_in(shop.app, "viewer").get("/api/outcomes").json()
    folder = shop.office.shop.folder.path
    shop.office.close()
    said = CliRunner().invoke(app, ["outcomes", "--shop", str(folder), "--json"])
    assert json.loads(said.output) == told
    words = CliRunner().invoke(app, ["outcomes", "--shop", str(folder)]).output
    assert "No strategy has met anybody yet." in words
    assert nonsense(words) == []
