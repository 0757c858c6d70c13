"""Files that somebody brought: under names of our own, for their owner's eyes, until imported.

Beside each file lies what was found in it, which may hold values of people's: so it is kept
here and nowhere else, and goes when the file goes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from thang.desk.secret import new_id
from thang.model import DAY, Unavailable, WrongInput
from thang.sources.readers import no_bomb
from thang.web.guard.limits import MB

MOST = 500 * MB
SETTING = "THANG_MOST_UPLOAD_MB"
PIECE = 1 << 20
KEPT = 7 * DAY  # files that nobody went on with
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl", ".json")
PACKED = {".xlsx": b"PK", ".parquet": b"PAR1"}


def most_upload() -> int:
    """The largest file that is taken, in bytes: a setting of the environment, in MB."""
    said = os.environ.get(SETTING, "")
    return int(said) * MB if said.isascii() and said.isdigit() and int(said) else MOST


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was brought; `name` is only ever shown."""

    id: str
    name: str
    size: int
    by: str
    at: int


class Incoming:
    """The folder of files that wait."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, source: BinaryIO, name: str, by: str, now: int) -> Upload:
        """Take a file in, piece by piece; `WrongInput` if it is too large or not what it says."""
        self._sweep(now)
        made = new_id()
        try:
            self.path(made).parent.mkdir(mode=0o700, parents=True)
            size = _copied(source, self.path(made))
            upload = Upload(made, shown(name), size, by, now)
            _fits_its_name(self.path(made), upload.name)
            self._write(made, "upload.json", asdict(upload))
        except BaseException as error:
            self.drop(made)
            if isinstance(error, OSError):
                raise Unavailable(
                    "The file could not be stored: free some space on the disk and try again."
                ) from None
            raise
        return upload

    def path(self, upload: str) -> Path:
        """Where a file lies."""
        return self._folder / upload / "file"

    def get(self, upload: str) -> Upload:
        """What is known of a file; `WrongInput` if it is gone."""
        found = self._read(upload, "upload.json")
        if found is None or not self.path(upload).is_file():
            raise WrongInput("The file is not here any more: choose it again.")
        return Upload(**found)

    def note(self, upload: str, found: Mapping[str, Any]) -> None:
        """Keep what was found in a file beside it."""
        self._write(upload, "found.json", found)

    def found(self, upload: str) -> dict[str, Any] | None:
        """What was found in a file, if it was looked at and is still here."""
        return self._read(upload, "found.json")

    def drop(self, upload: str) -> None:
        """Remove a file with all that lies beside it."""
        if re.fullmatch(r"[0-9a-zA-Z_-]{8,64}", upload):
            shutil.rmtree(self._folder / upload, ignore_errors=True)

    def _sweep(self, now: int) -> None:
        for folder in self._folder.glob("*/"):
            found = self._read(folder.name, "upload.json")
            if found is None or found["at"] < now - KEPT:
                old = folder.stat().st_mtime * 1_000_000 < now - KEPT
                if found is not None or old:
                    self.drop(folder.name)

    def _write(self, upload: str, name: str, what: Mapping[str, Any]) -> None:
        path = self._folder / upload / name
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(what, file, ensure_ascii=False)
        fresh.replace(path)

    def _read(self, upload: str, name: str) -> dict[str, Any] | None:
        if not re.fullmatch(r"[0-9a-zA-Z_-]{8,64}", upload):
            return None
        try:
            found = json.loads((self._folder / upload / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None


def shown(name: str) -> str:
    """A file's name as it may be shown: its last part, printable, of a bearable length."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if c.isprintable()).strip()
    return kept[-120:] or "file"


def _copied(source: BinaryIO, path: Path) -> int:
    most, size = most_upload(), 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > most:
                raise WrongInput(
                    f"The file is larger than {most // MB} MB: bring it in parts, or use "
                    "`thang import`."
                )
            file.write(piece)
    if not size:
        raise WrongInput("The file is empty: export it again.")
    return size


def _fits_its_name(path: Path, name: str) -> None:
    """An ending that promises something else than is in the file is said before it is read."""
    ending = Path(name).suffix.casefold()
    with path.open("rb") as file:
        head = file.read(4)
    if ending not in ENDINGS:
        raise WrongInput("Files of this kind are not read: save it as .xlsx or .csv.")
    told = PACKED.get(ending)
    if told is not None and not head.startswith(told):
        raise WrongInput(f"The file is called {ending} and is none: save it again as {ending}.")
    if told is None and any(head.startswith(sign) for sign in PACKED.values()):
        raise WrongInput("The file is a spreadsheet or Parquet by content: name it as it is.")
    if ending == ".xlsx":
        no_bomb(path)
