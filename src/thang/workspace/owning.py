"""What a person may ask of a shop: all that it holds of them in one file, or to be forgotten."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

from thang.engines.opening import drop
from thang.model import WrongInput
from thang.record import Record
from thang.record.erasing import DONE, Erasure
from thang.record.moving import MOVED
from thang.workspace.bundle import written
from thang.workspace.folder import Folder
from thang.workspace.whose import whose

if TYPE_CHECKING:
    from thang.workspace.pages import Look

ERASED_FILE = "erased.list"  # keyed hashes, to be put beside a backup that is older than they are


class Owning(ABC):
    """The verbs of rights."""

    folder: Folder

    def bundle(self, person: str, file: Path) -> dict[str, int]:
        """Write everything held of one person into a .zip; how many rows of each kind."""
        told = self.explain(person)
        points = self.points_of(person)
        with self._look() as look:
            number = self._number_of(look, person)
            mine = whose(look.projection, look.policy, [number])[number].identifiers
            held = _held(look.record, mine)
        held |= {"level": [told], "points": [{"points": points}]}
        if file.exists():
            raise WrongInput(f"{file} is there already: choose another name.")
        with ZipFile(file, "x", ZIP_DEFLATED) as whole:
            for name, content in written(held):
                whole.writestr(name, content)
        file.chmod(0o600)
        return {name: len(rows) for name, rows in held.items()}

    def erase(self, person: str) -> Erasure:
        """Forget one person everywhere in the shop's folder; everybody else is placed anew."""
        with self._look() as look:
            number = self._number_of(look, person)
            mine = whose(look.projection, look.policy, [number])[number].identifiers
        with self._record() as record:
            made = record.begin_erasure(mine)
        self.settle_erasures()
        with suppress(WrongInput):  # there may be nobody left to place
            self.classify()
        return next(one for one in self.erasures() if one.id == made)

    def settle_erasures(self) -> int:
        """Complete erasures that were cut off, and repeat those that a backup brought back."""
        with self._record() as record:
            back = record.still_here(_read(self.folder.path / ERASED_FILE))
            if back:
                record.begin_erasure(back)
            if all(one.state == DONE for one in record.erasures()):
                return 0
            # First, so that no stop between the two leaves what was derived of the erased.
            self._forget_derived()
            settled = record.complete_erasures()
            self._write_erased(record)
        return settled

    def erasures(self) -> list[Erasure]:
        """The receipts, oldest first."""
        with self._record() as record:
            return record.erasures()

    def _write_erased(self, record: Record) -> None:
        path = self.folder.path / ERASED_FILE
        # A restored record knows of fewer erasures than the list that was put beside it.
        known = dict(_read(path)) | dict(record.erased_hashes())
        lines = [f"{digest.hex()} {at}\n" for digest, at in known.items()]
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text("".join(lines), "ascii")
        fresh.replace(path)

    def _forget_derived(self) -> None:
        """The projection is made anew from a record that knows nothing of the erased; files of a
        record that moved to a server, and those that wait to be imported, may know them, and go.
        """
        drop(self.folder.projection_file)
        rmtree(self.folder.incoming, ignore_errors=True)
        for path in self.folder.path.glob(f"*{MOVED}"):
            path.unlink()

    @abstractmethod
    def classify(self) -> Any:
        """Place everybody."""

    @abstractmethod
    def explain(self, person: str) -> dict[str, Any]:
        """Why one person stands where they stand."""

    @abstractmethod
    def points_of(self, person: str) -> int:
        """The points somebody has."""

    @abstractmethod
    def _record(self) -> AbstractContextManager[Record]:
        """The shop's record."""

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""


def _held(record: Record, mine: tuple[int, ...]) -> dict[str, list[dict[str, Any]]]:
    rows = record.held_rows(mine)
    seqs = [row["seq"] for row in rows.pop("events")]
    told = [
        {name: getattr(event, name) for name in event.__slots__ if name != "subject"}
        | {"properties": json.dumps(dict(event.properties), ensure_ascii=False)}
        for event in record.told(seqs)
    ]
    opened = record.personal(mine)
    kinds = {known.number: known.namespace for known in record.known_as(mine)}
    named = [{"kind": kinds[n], **fields} for n, fields in sorted(opened.items())]
    return {"identifiers": named, "events": told} | rows


def _read(path: Path) -> list[tuple[bytes, int]]:
    if not path.exists():
        return []
    rows = (line.split() for line in path.read_text("ascii").splitlines())
    return [(bytes.fromhex(digest), int(at)) for digest, at in rows]
