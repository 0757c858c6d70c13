"""`kill -9` under load: what was answered with 200 is there, and once, whatever was sent again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from tests.web.intake.senders import track, write_key
from tests.web.visitors import Shop

import thang
from thang.record import Record

SENDERS = 4
EACH = 20  # calls of a request


class Nursery:
    """Servers, each in a process of its own."""

    def __init__(self) -> None:
        source, tests = Path(next(iter(thang.__path__))).parent, Path(__file__).parents[3]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.intake.nursery"], text=True, cwd=tests,
            env=os.environ | {"PYTHONPATH": f"{source}:{tests}"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    @contextmanager
    def served(self, folder: Path) -> Iterator[tuple[int, str]]:
        """A server over a shop: its process's number, and its address."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        try:
            yield told["process"], told["address"].split("/welcome")[0].rstrip("/")
        finally:
            with suppress(ProcessLookupError):
                os.kill(told["process"], signal.SIGKILL)


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    with made.process:
        made.process.kill()


class Load:
    """Senders who send on until the server is gone; what was not answered is sent again later."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.acknowledged: set[str] = set()
        self.pending: list[list[str]] = []
        self.number = 0
        self.answers = 0
        self._lock = threading.Lock()

    def next(self) -> list[str]:
        with self._lock:
            if self.pending:
                return self.pending.pop()
            self.number += EACH
            return [f"m{n}" for n in range(self.number - EACH, self.number)]

    def send(self, address: str, *, rest: bool = False) -> None:
        """Until the server dies; or, at the end, until nothing is left to send again."""
        with httpx.Client(base_url=address, auth=(self.key, ""), trust_env=False) as client:
            while self.pending or not rest:
                names = self.next()
                body = {"batch": [track(name) for name in names]}
                try:
                    answer = client.post("/v1/batch", json=body, timeout=30)
                except httpx.HTTPError:
                    with self._lock:
                        self.pending.append(names)
                    return
                assert answer.status_code == 200, answer.text
                with self._lock:
                    self.acknowledged.update(names)
                    self.answers += 1

    def until(self, process: int, address: str, answers: int) -> None:
        """Send from several threads; kill the server after so many answers."""
        wanted = self.answers + answers
        threads = [threading.Thread(target=self.send, args=(address,)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        while self.answers < wanted and any(thread.is_alive() for thread in threads):
            time.sleep(0.001)
        os.kill(process, signal.SIGKILL)
        for thread in threads:
            thread.join()


def survives(nursery: Nursery, folder: Path, kills: int, seed: int) -> None:
    shop, chance = Shop.at(folder), random.Random(seed)
    load = Load(write_key(shop))
    shop.office.close()
    for _ in range(kills):
        with nursery.served(folder) as (process, address):
            load.until(process, address, chance.randint(1, 25))
        assert load.acknowledged <= set(names(folder))
    with nursery.served(folder) as (_, address):
        load.send(address, rest=True)
    kept = Counter(names(folder))
    assert max(kept.values()) == 1, "stored twice"
    assert set(kept) == load.acknowledged == {f"m{n}" for n in range(load.number)}


def names(folder: Path) -> list[str]:
    """The order of each stored event, which is its message's name."""
    with Record.open(folder) as record:
        return [row["ref"] for row in record.events_after(0, 10**7).to_pylist()]


def test_two_kills(tmp_path: Path, nursery: Nursery) -> None:
    survives(nursery, tmp_path / "shop", kills=2, seed=random.randrange(10**6))


@pytest.mark.soak
def test_a_thousand_kills(tmp_path: Path, nursery: Nursery) -> None:
    survives(nursery, tmp_path / "shop", kills=1_000, seed=7)
