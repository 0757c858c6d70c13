"""A whole list of customers as CSV, line by line, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from io import StringIO

from thang.engines.duckdb import Projection
from thang.policy.schema import Policy
from thang.record import Record
from thang.workspace.choosing import Asked
from thang.workspace.customers import Row, everybody
from thang.workspace.exporting import RUN
from thang.workspace.ladder import shown
from thang.workspace.names import Card, cards

PORTION = 2_000
MARK = "\ufeff"  # tells spreadsheets that the text is UTF-8
HEAD = (
    "person", "name", "phone", "email", "level", "since", "activity", "orders", "last_order",
    "lacks", "has", "needs",
)  # fmt: skip
_RUN = re.compile(RUN)

Shown = Callable[[Card], Card]


def listing_csv(
    record: Record,
    projection: Projection,
    policy: Policy,
    asked: Asked,
    masked: Shown = lambda card: card,
) -> Iterator[str]:
    """Everybody who is asked for, a line each, by person; `masked` is put over every card.

    The list is read in portions while it is sent, so memory stays the same at any length.
    Errors: `WrongInput` for a filter that there is not, at the first line.
    """
    yield MARK + _line(HEAD)
    for rows in everybody(record, projection, policy, asked, PORTION):
        theirs = cards(record, projection, [row.person for row in rows])
        for row in rows:
            yield _line(_cells(policy, row, masked(theirs[row.person])))


def guarded(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is marked as text."""
    return f"'{cell}" if _RUN.match(cell) else cell


def _cells(policy: Policy, row: Row, card: Card) -> tuple[str, ...]:
    tz, lacking = policy.shop.tz, row.lacking
    return (
        card.ref, card.name, card.phone, card.email, policy.levels[row.level].key,
        shown(row.since, tz), row.activity, str(row.orders),
        shown(row.last_order, tz) if row.last_order is not None else "",
        *((lacking.quantity, f"{lacking.value:g}", f"{lacking.needs:g}") if lacking else ("",) * 3),
    )  # fmt: skip


def _line(cells: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out).writerow([guarded(cell) for cell in cells])
    return out.getvalue()
