"""A PostgreSQL of the tests' own, from the system's packages; skipped by name where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from thang.record import book, folder
from thang.record.moving import into_file

# No disk is waited for: what PostgreSQL keeps through a power cut is not for us to test.
SETTINGS = ("listen_addresses=", "fsync=off", "max_connections=200")


def programs() -> Path | None:
    """Where `initdb` and `pg_ctl` are; Debian keeps them off the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return kept[-1].parent if kept else None


@dataclass(frozen=True)
class Server:
    """A running server: the address of its only database, and its files."""

    url: str
    place: Path

    def kill(self) -> None:
        """As when the power goes: no process of it says goodbye."""
        _run(*self._control, "-m", "immediate", "stop")

    def start(self) -> None:
        """Have it run, again or for the first time."""
        options = " ".join(f"-c {one}" for one in SETTINGS)
        _run(*self._control, "-o", f"-k {self.place} {options}", "start")

    @property
    def _control(self) -> tuple[object, ...]:
        return (_bin() / "pg_ctl", "-D", self.place / "data", "-w", "-l", self.place / "log")


def _bin() -> Path:
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL here: install Debian's `postgresql` to run its tests")
    return found


@contextmanager
def running() -> Iterator[Server]:
    """A server with files of its own, until the block ends."""
    initdb, place = _bin() / "initdb", Path(tempfile.mkdtemp(prefix="thang-pg-"))
    if os.geteuid() == 0:  # PostgreSQL never runs as root
        shutil.chown(place, "postgres")
    _run(initdb, "-D", place / "data", "-A", "trust", "-U", "thang", "-E", "UTF8",
         "--locale", "C.UTF-8", "--no-sync")  # fmt: skip
    found = Server(f"postgresql://thang@/postgres?host={place}", place)
    found.start()
    try:
        yield found
    finally:
        found.kill()
        shutil.rmtree(place)


@contextmanager
def kept_on(url: str) -> Iterator[None]:
    """Every shop that is begun meanwhile keeps its record on a server."""
    with pytest.MonkeyPatch.context() as patch:

        def on_server(path: Path, server: str = "") -> None:
            folder.lay_folder(path, server or url)

        patch.setattr(book, "lay_folder", on_server)
        yield


def copied(shop: Path, to: Path) -> None:
    """A shop as it is now in another folder, on files of its own wherever it was kept."""
    shutil.copytree(shop, to)
    if folder.server_of(shop):
        for name in (folder.RECORD_FILE, folder.VAULT_FILE):
            into_file(shop, name, to / name)
        (to / folder.SERVER_FILE).unlink()


def _run(*words: object) -> None:
    as_user = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    done = subprocess.run(
        [*as_user, *map(str, words)], check=False, capture_output=True, text=True, cwd="/"
    )
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    sys.exit(0 if programs() else 1)
