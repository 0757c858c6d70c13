"""One writer at a time: a lock on a file, which the system lets go of when the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thang.model import Unavailable

LOCK_FILE = "writer.lock"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the shop's writer lock; `Unavailable` at once if another process holds it."""
    try:
        handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable(
            f"The shop's folder {folder} cannot be written to ({error.strerror}): "
            f"check its permissions and that the disk has space."
        ) from None
    try:
        _take(handle, folder)
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Unavailable(
            f"Another thang is writing to the shop in {folder}: wait until it ends, or stop it."
        ) from None
