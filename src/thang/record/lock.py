"""One writer at a time: a lock on a file, which the system lets go of when the process ends.

Writers queue: whoever waits holds the turn, so that one who writes again and again, as events
arrive live, lets the others in between. What keeps the lock for long, an import, is not waited for.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thang.model import Unavailable

LOCK_FILE = "writer.lock"
TURN_FILE = "writer.turn"
PATIENCE = 1.0  # seconds: many times what events that arrive live need for one commit
LOOK_EVERY = 0.002


@contextmanager
def only_writer(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the shop's writer lock; `Unavailable` if another still holds it after `patience` s."""
    ends = time.monotonic() + patience
    with _opened(folder, LOCK_FILE) as lock:
        with _opened(folder, TURN_FILE) as turn:
            _take(turn, folder, ends)
            _take(lock, folder, ends)
        yield


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[int]:
    try:
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable(
            f"The shop's folder {folder} cannot be written to ({error.strerror}): "
            f"check its permissions and that the disk has space."
        ) from None
    try:
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, folder: Path, ends: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < ends:
                time.sleep(LOOK_EVERY)
                continue
            raise Unavailable(
                f"Another thang is writing to the shop in {folder}: wait until it ends, or stop it."
            ) from None
        return
