"""From a file to rows of text: encodings, delimiters and sheets, whatever the ending says."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from thang.model import WrongInput

LONGEST_CELL = 32_000
MOST_UNPACKED, MOST_RATIO = 200 << 20, 100
BROKEN = "\ufffd"
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True)
class Sheet:
    """A file's columns and rows; a row is where it stands, its cells, and what is wrong with it."""

    header: tuple[str, ...]
    rows: Iterator[tuple[str, list[str], str]]
    notes: tuple[str, ...] = field(default=())


def open_sheet(path: Path) -> Sheet:
    """Open a file by its content; `WrongInput` for one that holds no table."""
    if not path.is_file():
        raise WrongInput(f"{path} is no file: check the name.")
    if path.stat().st_size == 0:
        raise WrongInput(f"{path.name} is empty: export it again.")
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PAR1":
        return _parquet(path)
    if head[:2] == b"PK":
        return _spreadsheet(path)
    return _text(path)


def encoding_of(path: Path) -> tuple[str, bool]:
    """The encoding of a text file, and whether that is a guess by what does not fit UTF-8."""
    with path.open("rb") as file:
        start = file.read(1 << 20)
    for bom, name in BOMS:
        if start.startswith(bom):
            return name, False
    if b"\0" in start:
        raise WrongInput(f"{path.name} is no text, spreadsheet or Parquet file: export it as CSV.")
    lines = start.splitlines()
    accented = [
        line for line in (lines[:-1] if len(start) == 1 << 20 else lines) if not line.isascii()
    ]
    bad = sum(not _fits_utf8(line) for line in accented)
    # Where most lines with an accent do not fit UTF-8, the whole file is in the older encoding.
    return ("cp1258", True) if bad > len(accented) / 2 else ("utf-8", False)


def _fits_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a text file; bytes that do not fit its encoding become U+FFFD."""
    name, _ = encoding_of(path)
    with path.open(encoding=name, errors="replace", newline="") as file:
        yield from file


def _text(path: Path) -> Sheet:
    lines = lines_of(path)
    first = next(lines, "").strip("\r\n")
    while not first.strip():
        following = next(lines, None)
        if following is None:
            raise WrongInput(f"{path.name} holds only blank lines: export it again.")
        first = following.strip("\r\n")
    delimiter = _delimiter(first)
    if delimiter is None:
        return _fixed(path, first)
    return _delimited(path, delimiter)


def _delimiter(header: str) -> str | None:
    counts = {sign: header.count(sign) for sign in ",;\t|"}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else None


def _fixed(path: Path, header: str) -> Sheet:
    names = header.split()
    if len(names) < 2:
        raise WrongInput(
            f"{path.name} has a single column, {header[:40]!r}: export it with commas, tabs "
            "or semicolons between columns."
        )
    return Sheet(tuple(names), _fixed_rows(path, len(names)))


def _fixed_rows(path: Path, width: int) -> Iterator[tuple[str, list[str], str]]:
    started = False
    for number, line in enumerate(lines_of(path), 1):
        cells = line.split()
        if not cells:
            continue
        if not started:
            started = True
            continue
        yield f"line {number}", cells, wrong_with(cells, width)


def _delimited(path: Path, delimiter: str) -> Sheet:
    csv.field_size_limit(1 << 24)
    reader = csv.reader(lines_of(path), delimiter=delimiter, strict=False)
    header: list[str] = []
    while not any(cell.strip() for cell in header):
        header = next(reader, ["?"])
    names = _names(header)
    return Sheet(names, _csv_rows(reader, len(names)))


def _names(header: list[str]) -> tuple[str, ...]:
    names = [cell.strip().lstrip("\ufeff") for cell in header]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _csv_rows(reader: Any, width: int) -> Iterator[tuple[str, list[str], str]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield f"line {reader.line_num}", [], "cells"
            continue
        if any(cell.strip() for cell in cells):
            yield f"line {reader.line_num}", cells, wrong_with(cells, width)


def wrong_with(cells: list[str], width: int) -> str:
    """The reason for which a row as such cannot be read, or nothing."""
    if any(BROKEN in cell for cell in cells):
        return "encoding"
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return "cell_too_long"
    if [cell for cell in cells[width:] if cell.strip()] or len(cells) < min(width, 2):
        return "columns"
    return ""


def _spreadsheet(path: Path) -> Sheet:
    no_bomb(path)
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_path(str(path))
        table = book.get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, IndexError, ValueError):
        raise WrongInput(
            f"{path.name} does not open as a spreadsheet: save it again as .xlsx."
        ) from None
    filled = [(i + 1, [_cell(c) for c in row]) for i, row in enumerate(table)]
    filled = [(i, row) for i, row in filled if any(cell.strip() for cell in row)]
    if not filled:
        raise WrongInput(f"{path.name} holds no rows on its first sheet: export it again.")
    names = _names(filled[0][1])
    width = len(names)
    return Sheet(names, iter([(f"row {i}", row, wrong_with(row, width)) for i, row in filled[1:]]))


def no_bomb(path: Path) -> None:
    """Look at the directory of the archive before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise WrongInput(f"{path.name} is a broken archive: save it again as .xlsx.") from None
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if unpacked > MOST_UNPACKED or (unpacked / packed > MOST_RATIO and unpacked > 1 << 24):
        raise WrongInput(
            f"{path.name} would unpack to {unpacked >> 20:,} MB: save it as CSV instead."
        )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _parquet(path: Path) -> Sheet:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError):
        raise WrongInput(f"{path.name} does not open as Parquet: export it again.") from None
    names = tuple(file.schema_arrow.names)
    return Sheet(names, _parquet_rows(file, len(names)))


def _parquet_rows(file: Any, width: int) -> Iterator[tuple[str, list[str], str]]:
    number = 0
    for batch in file.iter_batches(50_000):
        columns = [column.to_pylist() for column in batch.columns]
        for cells in zip(*columns, strict=True):
            number += 1
            row = [_cell(value) for value in cells]
            yield f"row {number}", row, wrong_with(row, width)


def looks_like_json(path: Path) -> bool:
    """Whether a file's first line with anything on it begins a JSON object."""
    if not path.is_file() or path.suffix.lower() in (".xlsx", ".parquet"):
        return False
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \r\n\t")
    return bool(re.match(rb"\{", start))
