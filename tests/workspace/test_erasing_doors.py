"""The verbs of rights: hostile names, a kill in the middle, and a server's own hold on the shop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from thang.cli import app
from thang.model import Event, Gathered, Identifier, ThangError
from thang.record import Record
from thang.workspace.consents import Word
from thang.workspace.held import HeldWorkspace
from thang.workspace.shop import Workspace
from workspace.shops import clock, new_shop

HOSTILE = ("' or 1=1 --", "*", "%", "", "../shop.key", "p_" + "a" * 26, "\x00", "0" * 5_000, "İ̇")
KILLED = """
import os, signal, sys
from pathlib import Path
from thang.record import erasing
from thang.workspace.shop import Workspace
erasing.empty_vault = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Workspace(Path(sys.argv[1])).erase("KH-LAN-THU")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    made = new_shop(tmp_path / "shop")
    at = clock("2026-02-01")()
    rows = [
        Gathered(1, (Event("till", "order_completed", at, (Identifier("customer", who),),
                           ref=f"DH-{who}", amount=90_000, currency="VND"),))
        for who in ("KH-LAN-THU", "KH-HAI")
    ]  # fmt: skip
    with Record.open(made.folder.path, made.folder.now) as record:
        record.append("told", "till", rows)
    made.classify()
    return made


def test_hostile_names_erase_nobody(shop: Workspace) -> None:
    for name in HOSTILE:
        with pytest.raises(ThangError, match="known by that"):
            shop.erase(name)
    assert shop.erasures() == []
    assert shop.explain("KH-LAN-THU")["level"]


def test_it_asks_first_and_says_nobodys_name(shop: Workspace) -> None:
    where = ["--shop", str(shop.folder.path)]
    refused = CliRunner().invoke(app, ["person", "erase", "KH-LAN-THU", *where], input="n\n")
    assert (refused.exit_code, shop.erasures()) == (1, [])
    done = CliRunner().invoke(app, ["person", "erase", "KH-LAN-THU", "--yes", "--json", *where])
    assert done.exit_code == 0, (done.output, repr(done.exception))
    receipt = json.loads(done.stdout)
    assert (receipt["state"], receipt["counts"]["events"]) == ("done", 1)
    told = CliRunner().invoke(app, ["person", "receipts", "--json", *where])
    assert json.loads(told.stdout) == {"receipts": [receipt]}
    assert "LAN" not in done.stdout + told.stdout


def test_a_kill_in_the_middle_is_made_good_by_the_next_start(shop: Workspace) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, shop.folder.path], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert [one.state for one in shop.erasures()] == ["emptied"]
    with HeldWorkspace(shop.folder.path, shop.folder.now) as held:
        assert [one.state for one in held.erasures()] == ["done"]
        held.classify()
        assert sum(level.people for level in held.ladder().levels) == 1


def test_a_server_erases_beside_its_readers(shop: Workspace) -> None:
    with HeldWorkspace(shop.folder.path, shop.folder.now) as held:
        assert held.erase("KH-LAN-THU").state == "done"
        assert held.explain("KH-HAI")["level"]
        with pytest.raises(ThangError, match="Nobody is known"):
            held.erase("KH-LAN-THU")
    leftover = [path.name for path in shop.folder.path.iterdir()
                if path.is_file() and b"LAN-THU" in path.read_bytes()]  # fmt: skip
    assert leftover == []


def test_the_last_of_all_is_erased_as_well(shop: Workspace) -> None:
    assert [shop.erase(who).state for who in ("KH-LAN-THU", "KH-HAI")] == ["done", "done"]
    with pytest.raises(ThangError):
        shop.explain("KH-HAI")


def test_who_objects_may_be_sent_no_advertising(shop: Workspace) -> None:
    now = Workspace(shop.folder.path)  # by the clock that the verb goes by
    now.say_consent("KH-HAI", Word("email", "marketing", "granted", "yes to news", "form"), "Thu")
    none = "no consent for channel and purpose"
    assert none not in why(now, "KH-HAI")
    where = ["--shop", str(shop.folder.path)]
    done = CliRunner().invoke(app, ["person", "object", "KH-HAI", "--proof", "a letter", *where])
    assert done.exit_code == 0, done.output
    assert none in why(now, "KH-HAI")
    assert [word.granted for word in now.rights("KH-HAI").words] == [False, True]
    assert now.rights("KH-LAN-THU").words == ()


def why(shop: Workspace, person: str) -> list[str]:
    """Why no advertising goes to somebody by e-mail."""
    said = shop.rights(person).rights
    return [one.why for one in said if (one.channel, one.purpose) == ("email", "marketing")]
