"""What a shop is told and how: files recognised, checked, imported and taken back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from thang.model import Tally
from thang.record import Record
from thang.sources.files import ShopFacts
from thang.workspace import bringing, ingest, rereading, undoing
from thang.workspace.bringing import Checked
from thang.workspace.folder import Folder, wall_clock
from thang.workspace.recognising import Recognised, recognise, remember
from thang.workspace.refusals import Refusals, refusals, refused_csv
from thang.workspace.undoing import PastImport

Progress = Callable[[Tally], None]


def quiet(_: Tally) -> None:
    """Nobody waits for progress."""


class Importing(ABC):
    """The importing verbs of a workspace."""

    folder: Folder

    def import_file(
        self,
        path: Path,
        mapping: Path | None = None,
        progress: Progress = quiet,
        name: str = "",
    ) -> ingest.Imported:
        """Import a file of events; `mapping` says what columns mean that are not known.

        `name` is what the history calls the file, where it lies under another.
        """
        with self._record() as record:
            return ingest.import_file(
                record, self._facts(), path, mapping, self.folder.now(), progress, name
            )

    def recognise(self, path: Path) -> Recognised:
        """What a file is, or what its columns seem to mean."""
        return recognise(path, self._facts())

    def remember(
        self, found: Recognised, columns: Mapping[str, str], day_first: bool | None = None
    ) -> Path:
        """Keep which column means what, for every file with the same columns."""
        return remember(self.folder.formats, found, columns, day_first)

    def check(self, path: Path, mapping: Path | None = None, progress: Progress = quiet) -> Checked:
        """What an import of a file would do; nothing is written."""
        with self._record() as record:
            return bringing.check(path, self._facts(), record, self.folder.now(), mapping, progress)

    def imports(self) -> tuple[PastImport, ...]:
        """All imports, the latest first."""
        with self._record() as record:
            return undoing.imports(record)

    def one_import(self, batch: int) -> PastImport:
        """One import by its number."""
        with self._record() as record:
            return undoing.one_import(record, batch)

    def refusals(self, batch: int) -> tuple[Refusals, ...]:
        """The rows that an import refused, by reason, with examples."""
        with self._record() as record:
            return refusals(record, batch, self.folder.formats)

    def refused_reasons(self, batch: int) -> dict[str, int]:
        """How many different rows an import refused, by reason."""
        with self._record() as record:
            return record.refused_reasons(batch)

    def refused_csv(self, batch: int, title: str, why: Callable[[str], str]) -> Iterator[str]:
        """The rows that an import refused as CSV, each with `why` of its reason at the end."""
        with self._record() as record:
            yield from refused_csv(record, batch, title, why)

    def read_again(self, batch: int, mapping: Path | None = None) -> Tally:
        """Read an import's refused rows once more; what is right by now is stored."""
        with self._record() as record:
            return rereading.read_again(
                record, batch, self._facts(), self.folder.path, self.folder.now(), mapping
            )

    def refused_table(self, batch: int) -> bytes:
        """An import's refused rows of cells as the CSV that they came in."""
        with self._record() as record:
            cells, _ = rereading.parted(record.refused(batch))
        return rereading.table(cells)

    def undo(self, batch: int, *, back: bool = False) -> PastImport:
        """Take an import back, or bring it back; the next classification leaves it out."""
        with self._record() as record:
            return undoing.undo(record, batch, back=back)

    def _facts(self) -> ShopFacts:
        return ingest.facts(self.folder.policy(), self.folder.formats)

    @abstractmethod
    def _record(self) -> AbstractContextManager[Record]: ...


class Importer(Importing):
    """A shop's folder for a process that imports and does nothing else: half as long to start."""

    def __init__(self, path: Path, now: Callable[[], int] = wall_clock) -> None:
        self.folder = Folder(path, now)

    def _record(self) -> AbstractContextManager[Record]:
        self.folder.must_exist()
        return Record.open(self.folder.path, self.folder.now)
