"""A real `thang serve` in a process of its own: one address, one holder, and a clean end."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

import thang
from thang.model import Taken, WrongInput
from thang.running import NOTE, Note, ask, leave_note
from thang.web.serving import Place, bound, check
from thang.workspace.inventing import demo_shop

SOURCE = Path(next(iter(thang.__path__))).parent


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "thang", *map(str, words)]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(SOURCE), "BROWSER": "none"}


@contextmanager
def served(shop: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server over a shop and the address that it printed."""
    process = subprocess.Popen(
        command("serve", "--shop", shop, "--json"), env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())["address"]
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def got(address: str, path: str) -> bytes:
    base = address.split("/welcome", maxsplit=1)[0].rstrip("/")
    with build_opener(ProxyHandler({})).open(base + path, timeout=60) as answer:
        return bytes(answer.read())


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words), env=environment(), capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serving") / "shop"
    demo_shop(folder)
    return folder


def test_one_address_a_clean_end_and_a_new_start(shop: Path) -> None:
    with served(shop) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert "token=" in address, "nobody has an account yet"
        assert json.loads(got(address, "/healthz"))["status"] == "ok"
        assert b"thang_events_waiting" in got(address, "/metrics")
        assert stat.S_IMODE((shop / NOTE).stat().st_mode) == 0o600
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) in (0, -signal.SIGTERM)
        assert not (shop / NOTE).exists()
    with served(shop) as (_, again):
        assert json.loads(got(again, "/healthz"))["status"] == "ok"


def test_verbs_ask_the_server_that_holds_the_shop(shop: Path, tmp_path: Path) -> None:
    alone = json.loads(run("ladder", "--shop", shop, "--json").stdout)
    with served(shop) as _:
        asked = json.loads(run("ladder", "--shop", shop, "--json").stdout)
        exported = run("export", "placements", tmp_path / "p.csv", "--shop", shop, "--json")
        person = (tmp_path / "p.csv").read_text("utf-8").splitlines()[1].split(",")[0].strip('"')
        told = run("explain", person, "--shop", shop, "--json")
        nobody = run("explain", "p_nobody", "--shop", shop)
    assert [level["key"] for level in asked["levels"]] == [x["key"] for x in alone["levels"]]
    assert sum(level["people"] for level in asked["levels"]) == json.loads(exported.stdout)["rows"]
    assert json.loads(told.stdout)["person"] == person
    assert nobody.returncode == 1
    assert "Nobody is known by that" in nobody.stderr


def test_a_server_that_was_killed_leaves_a_shop_that_opens(shop: Path) -> None:
    with served(shop) as (process, address):
        got(address, "/healthz")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (shop / NOTE).exists(), "it had no time to take its note away"
    assert run("ladder", "--shop", shop, "--json").returncode == 0
    with served(shop) as (_, address):
        assert json.loads(got(address, "/healthz"))["status"] == "ok"


def test_a_note_of_a_server_that_is_gone_leads_nowhere(tmp_path: Path) -> None:
    taken = Taken("projection.duckdb is taken by another thang process: wait for it or stop it.")
    with pytest.raises(Taken):
        ask(tmp_path, "/api/ladder", taken)
    listener = bound(Place())
    port = listener.getsockname()[1]
    listener.close()
    leave_note(tmp_path, Note(f"http://127.0.0.1:{port}", "key"))
    with pytest.raises(Taken):
        ask(tmp_path, "/api/ladder", taken)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "shop.example"])  # noqa: S104
def test_a_network_is_not_served_by_an_oversight(host: str) -> None:
    with pytest.raises(WrongInput, match="--cert"):
        check(Place(host))
    check(Place(host, exposed=True))
    check(Place(host, certificate=Path("chain.pem")))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_this_machine_may_be_served(host: str) -> None:
    check(Place(host))


def test_a_running_demo_says_what_it_would_send_and_sends_to_nobody(shop: Path) -> None:
    with served(shop):
        words = command("send", "--shop", shop, "--json", "--dry-run")
        asked = subprocess.run(words, capture_output=True, env=environment(), check=True)
        told = json.loads(asked.stdout)
        assert (told["dry"], told["fake"]) == (True, True)
        refused = subprocess.run(words[:-1], capture_output=True, env=environment(), check=False)
        assert refused.returncode == 1
        assert len(refused.stderr.decode().strip().splitlines()) == 1
