"""Refused rows read once more, after the policy or what columns mean was put right.

They are kept as they came, so nobody need bring them again: cells as the table that they were,
calls as the calls of the sender that sent them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from thang.model import Gathered, Refused, Tally, WrongInput
from thang.record import Record
from thang.record.tallying import sum_of
from thang.sources.files import ShopFacts, read
from thang.sources.segment import Calls
from thang.workspace.refusals import cells_of

NOTHING = "Nothing of this import was refused: there is nothing to read again."


def read_again(
    record: Record, batch: int, facts: ShopFacts, folder: Path, now: int, mapping: Path | None
) -> Tally:
    """Read an import's refused rows as if they came today; what is right now is stored.

    As ever rows == stored + duplicate + refused. `WrongInput` where nothing was refused.
    """
    rows = record.refused(batch)
    if not rows:
        raise WrongInput(NOTHING)
    done = Tally()
    cells, calls = parted(rows)
    if cells:
        with NamedTemporaryFile(suffix=".csv", dir=folder) as file:  # mode 0600, beside the vault
            file.write(table(cells))
            file.flush()
            opened = read(Path(file.name), shop=facts, mapping=mapping, now=now)
            done = record.append(f"import {batch} again", opened.source, opened)
    for source in sorted({row.source for row in calls}):
        told = told_by(source, [row for row in calls if row.source == source], facts, now)
        done = sum_of(done, record.append(f"import {batch} again", source, told))
    return done


def parted(rows: Sequence[Refused]) -> tuple[list[Refused], list[Refused]]:
    """The rows of tables, and the calls; a call of mere words looks like a row of cells."""
    calls = [row for row in rows if is_call(row)]
    return [row for row in rows if not is_call(row)], calls


def is_call(row: Refused) -> bool:
    """Whether it came as a call, live or in a file of calls."""
    live = row.where == "live" or row.where.startswith("call ")
    return live or row.source == "segment" or "" in cells_of(row)


def table(rows: Sequence[Refused]) -> bytes:
    """Rows of one file as the CSV that they came in; `WrongInput` where there are none."""
    if not rows:
        raise WrongInput(NOTHING)
    kept = [cells_of(row) for row in rows]
    names = list(dict.fromkeys(name for row in kept for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in kept)
    return out.getvalue().encode()


def told_by(source: str, rows: Sequence[Refused], facts: ShopFacts, now: int) -> Iterator[Gathered]:
    """One sender's calls."""
    calls = Calls(source, facts.currency, facts.currencies, facts.region, now)
    return calls.read(row.raw for row in rows)
