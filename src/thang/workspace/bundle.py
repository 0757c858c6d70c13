"""The files of a bundle: one JSON of everything, a CSV of each table, and a letter to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

Rows = Sequence[Mapping[str, Any]]

VI = {
    "identifiers": "Bạn được biết đến qua", "events": "Việc đã ghi lại",
    "consents": "Điều bạn đã đồng ý hoặc từ chối", "messages": "Tin nhắn gửi cho bạn",
    "level": "Bậc của bạn và lý do", "points": "Điểm",
}  # fmt: skip
EN = {
    "identifiers": "What you are known by", "events": "What was noted",
    "consents": "What you agreed to or refused", "messages": "Messages to you",
    "level": "Your level and the reasons", "points": "Points",
}  # fmt: skip


def written(held: Mapping[str, Rows]) -> Iterator[tuple[str, bytes]]:
    """Every file of the bundle by its name; instants are microseconds since 1970, in UTC."""
    yield "everything.json", msgspec.json.format(msgspec.json.encode(held), indent=2)
    for name, rows in held.items():
        if name != "level":
            yield f"{name}.csv", _csv(rows)
    yield "thu.md", _letter("Mọi điều cửa hàng lưu về bạn", VI, held, "mục")
    yield "letter.md", _letter("Everything the shop holds of you", EN, held, "entries")


def _csv(rows: Rows) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    table = csv.DictWriter(file, names)
    table.writeheader()
    table.writerows({name: _guarded(value) for name, value in row.items()} for row in rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def _guarded(value: object) -> object:
    """A cell that a spreadsheet would run as a formula is marked as text."""
    runs = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    return f"'{value}" if runs else value


def _letter(title: str, names: Mapping[str, str], held: Mapping[str, Rows], many: str) -> bytes:
    lines = [f"# {title}", ""]
    lines += [f"- {names[name]}: {len(rows)} {many}" for name, rows in held.items()]
    for row in held["identifiers"]:
        lines += ["", *(f"- {name}: {value}" for name, value in row.items())]
    return "\n".join([*lines, ""]).encode("utf-8", "replace")
