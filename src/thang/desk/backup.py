"""A backup: the shop's folder as one .zip, whole and consistent while the shop is at work."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from thang.desk.desk import DESK_FILE
from thang.model import Unavailable
from thang.record.folder import RECORD_FILE, VAULT_FILE, server_of
from thang.record.key import KEY_FILE
from thang.record.moving import into_file

# The record first: whoever it names is in a vault that was copied later.
DATABASES = (RECORD_FILE, VAULT_FILE, DESK_FILE)
PAPERS = (KEY_FILE, "policy.yaml", ".thang-demo")
FORMATS = "formats/*.yaml"  # what the shop's own files' columns mean
PIECE = 1024 * 1024


def backup(folder: Path) -> Iterator[bytes]:
    """The .zip in pieces. What can be made again from the record (the projection) is left out.

    The databases are copied before the first piece comes, beside the shop's own files, where
    there is as much space and nobody else may read. With the key in it, the .zip opens the
    vault: it is as secret as the shop.
    """
    try:
        copies = TemporaryDirectory(prefix=".backup-", dir=folder)
    except OSError as error:
        raise _impossible(folder, error) from None
    try:
        for name in DATABASES:
            _copied(folder, name, Path(copies.name) / name)
    except (OSError, sqlite3.Error) as error:
        copies.cleanup()
        raise _impossible(folder, error) from None
    return _zipped(copies, folder)


def _impossible(folder: Path, error: Exception) -> Unavailable:
    return Unavailable(f"{folder} cannot be copied ({error}): free some space and try again.")


def _copied(folder: Path, name: str, target: Path) -> None:
    """A file as it is at one moment; what a server keeps becomes one, so that it opens anywhere."""
    if name != DESK_FILE and server_of(folder):
        into_file(folder, name, target)
    else:
        _copy(folder / name, target)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own copy of a file that others may be writing to."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    there = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    here = sqlite3.connect(target)
    try:
        there.backup(here)
    finally:
        there.close()
        here.close()


def _zipped(copies: TemporaryDirectory[str], folder: Path) -> Iterator[bytes]:
    pipe = _Pipe()
    with copies, ZipFile(cast("IO[bytes]", pipe), "w", ZIP_DEFLATED) as whole:
        files = [Path(copies.name) / name for name in DATABASES]
        formats = sorted(folder.glob(FORMATS))
        for path in (*files, *(folder / name for name in PAPERS), *formats):
            if path.exists():
                inside = path.relative_to(folder) if path in formats else Path(path.name)
                yield from _packed(whole, path, inside.as_posix(), pipe)
        whole.close()
        yield pipe.taken()


def _packed(whole: ZipFile, path: Path, name: str, pipe: _Pipe) -> Iterator[bytes]:
    entry = ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.external_attr = 0o100600 << 16
    entry.compress_type = ZIP_DEFLATED
    with path.open("rb") as source, whole.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield pipe.taken()


class _Pipe:
    """A file that is only written to, and handed on as it grows."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole
