"""A process that sends and is killed: `python -m sending.mortal SHOP PEOPLE AT SEED POINT KEYED`.

What its provider took is a file beside the shop, so that the truth outlives every death.
POINT says at which commit or call it dies; 0: never.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from sending.world import Clock, peopled
from thang.channels.sender import Absent, Outgoing, Sent, Unknown
from thang.record import Record
from thang.record.database import Database

RULES = {"tries": 10, "stale_hours": 336}


class Fate:
    """Counts the points at which a process can die, and dies at one of them."""

    def __init__(self, point: int) -> None:
        self._left = point

    def point(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def truth(shop: Path) -> list[str]:
    """The keys a provider took, once for each time."""
    file = shop.parent / "taken"
    return file.read_text().split() if file.exists() else []


class FileProvider:
    """Takes messages into a file; dies before, between and after, as fate has it."""

    key = "sms"

    def __init__(self, shop: Path, fate: Fate, dice: Random, keyed: bool) -> None:
        self._file, self._fate, self._dice = shop.parent / "taken", fate, dice
        self.keyed = self.can_look_up = keyed
        self._taken = set(truth(shop))

    def send(self, message: Outgoing, idempotency_key: str) -> Sent | Unknown:
        self._fate.point()
        assert message.to
        if not (self.keyed and idempotency_key in self._taken):
            with self._file.open("a") as file:
                file.write(f"{idempotency_key}\n")
            self._taken.add(idempotency_key)
        self._fate.point()
        if self._dice.random() < 0.1:
            raise TimeoutError
        return Sent(f"p-{idempotency_key}")

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        self._fate.point()
        if not self.can_look_up:
            return Unknown("not offered")
        taken = idempotency_key in self._taken
        return Sent(f"p-{idempotency_key}") if taken else Absent()


def fateful_commits(fate: Fate) -> None:
    real = Database.writing

    @contextmanager
    def mortal(self: Database) -> Iterator[Connection]:
        with real(self) as connection:
            yield connection
            fate.point()
        fate.point()

    Database.writing = mortal  # type: ignore[method-assign]


def main(shop: str, people: str, at: str, seed: str, point: str, keyed: str) -> None:
    folder, fate = Path(shop), Fate(int(point))
    clock = Clock(int(at))
    with Record.open(folder, clock) as record:
        sent_from = peopled(record, clock, int(people), int(seed), **RULES)
        fateful_commits(fate)
        provider = FileProvider(folder, fate, Random(int(seed)), keyed == "1")
        sent_from.post(provider).send_due()


if __name__ == "__main__":
    main(*sys.argv[1:])
