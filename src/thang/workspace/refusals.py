"""Rows that were refused: by reason with examples, and as a file to put right and bring again."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from thang.model import Refused
from thang.record import Record
from thang.sources.formats import shipped
from thang.sources.guessing import kept
from thang.workspace.listing import guarded

EXAMPLES = 20  # rows shown of each reason
LONGEST = 80  # characters shown of a cell

# The roles of the columns that a reason may complain of.
AT_FAULT: Mapping[str, tuple[str, ...]] = {
    "date": ("at",), "future": ("at",), "currency": ("currency",), "quantity": ("quantity",),
    "amount": ("amount", "price", "tax", "shipping"), "negative_amount": ("amount",),
    "no_identifier": ("phone", "customer_id", "email"), "no_customer": ("customer_id",),
    "stock_correction": ("quantity",), "adjustment": ("order_id",),
    "refund_without_order": ("order_id",), "no_order": ("order_id",), "unpaid": ("status",),
    "description": ("order_id",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One refused row: where it stands (a line or row of the file), and the value at fault."""

    where: str
    column: str
    found: str

    @property
    def row(self) -> int | None:
        """Its number in the file."""
        number = re.search(r"\d+$", self.where)
        return int(number[0]) if number else None


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refused rows of one reason."""

    reason: str
    rows: int
    examples: tuple[Example, ...]


def refusals(record: Record, batch: int, formats: Path | None) -> tuple[Refusals, ...]:
    """The refused rows of an import; `formats` is the folder of the shop's own formats."""
    found = []
    for reason, rows in record.refused_reasons(batch).items():
        some = record.refused(batch, reason, EXAMPLES)
        columns = columns_of(some, formats)
        found.append(Refusals(reason, rows, tuple(example(row, columns) for row in some)))
    return tuple(found)


def columns_of(rows: Sequence[Refused], formats: Path | None) -> dict[str, str]:
    """Role → column of rows that came in one file."""
    header = list(dict.fromkeys(name for row in rows for name in cells_of(row)))
    form = kept(header, formats) or shipped("orders")
    return {role: header[place] for role, place in form.places(header).items()}


def example(row: Refused, columns: Mapping[str, str]) -> Example:
    """A refused row with the value at fault."""
    cells = cells_of(row)
    names = [columns[role] for role in AT_FAULT.get(row.reason, ()) if role in columns]
    filled = [name for name in names if cells.get(name, "").strip()]
    column = (filled or names or [""])[0]
    return Example(row.where, column, cells.get(column, "")[:LONGEST])


def cells_of(row: Refused) -> dict[str, str]:
    """A refused row's cells by column; what was no table's row stands alone."""
    try:
        cells = json.loads(row.raw)
    except ValueError:
        cells = None
    if not isinstance(cells, dict) or not all(isinstance(v, str) for v in cells.values()):
        return {"": row.raw}
    return cells


def refused_csv(record: Record, batch: int, title: str, why: Callable[[str], str]) -> Iterator[str]:
    """The refused rows of an import as CSV: their own columns, then `why` of each under a title.

    Cells that a spreadsheet would take for a formula begin with an apostrophe.
    """
    rows = record.refused(batch)
    columns: dict[str, None] = {}
    for row in rows:
        columns |= dict.fromkeys(cells_of(row))
    yield "\ufeff" + _line([*columns, title])
    for row in rows:
        cells = cells_of(row)
        yield _line([*(cells.get(name, "") for name in columns), why(row.reason)])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([guarded(cell) for cell in cells])
    return out.getvalue()
