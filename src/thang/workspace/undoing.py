"""The imports of a shop, taking one back, and what was refused of each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from thang.model import WrongInput
from thang.record import Batch, Record


@dataclass(frozen=True, slots=True)
class PastImport:
    """One import as its history shows it; instants in microseconds since 1970."""

    id: int
    file: str
    source: str
    started_at: int
    finished_at: int | None  # None: it was cut off, and can be repeated
    rows: int
    stored: int
    duplicate: int
    refused: int
    events: int
    undone: bool

    def as_json(self) -> dict[str, Any]:
        """Its shape on the command line and over HTTP."""
        return asdict(self)


def imports(record: Record) -> tuple[PastImport, ...]:
    """All imports, the latest first."""
    return tuple(_past(batch) for batch in reversed(record.batches()))


def one_import(record: Record, batch: int) -> PastImport:
    """One import by its number; `WrongInput` if there is none."""
    for past in imports(record):
        if past.id == batch:
            return past
    raise WrongInput(f"There is no import {batch}: see `thang imports`.")


def undo(record: Record, batch: int, *, back: bool = False) -> PastImport:
    """Take an import back, or bring it back; the next classification places everybody anew."""
    record.withdraw(batch, back=back)
    return one_import(record, batch)


def _past(batch: Batch) -> PastImport:
    tally = batch.tally
    return PastImport(
        id=batch.id, file=batch.name, source=batch.source,
        started_at=batch.started_at, finished_at=batch.finished_at,
        rows=tally.rows, stored=tally.stored, duplicate=tally.duplicate,
        refused=tally.refused, events=tally.events, undone=batch.withdrawn,
    )  # fmt: skip
