"""Asking the server that holds a shop, for verbs that find its derived tables taken.

The server leaves a note in the shop's folder, which only its owner can read: where it
listens, and a key that is good for reading until it stops.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from thang.model import Taken, WrongInput

NOTE = "serving.json"
PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Note:
    """Where a running server is, and the key to read with."""

    address: str
    key: str


def leave_note(folder: Path, note: Note) -> None:
    """Write the note for this machine's user alone."""
    path = folder / NOTE
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(note), file)


def take_note_away(folder: Path) -> None:
    """The server has stopped."""
    (folder / NOTE).unlink(missing_ok=True)


def ask(folder: Path, path: str, taken: Taken, **query: str | None) -> bytes:
    """The running server's answer; what it refuses is refused here, and `taken` if none answers."""
    note = _note(folder)
    if note is None:
        raise taken
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    headers = {"Authorization": f"Bearer {note.key}", "Accept-Language": "en"}
    request = Request(f"{note.address}{path}?{asked}", headers=headers)  # noqa: S310 - our own
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        raise WrongInput(_detail(error)) from None
    except (URLError, OSError):
        raise taken from None


def _note(folder: Path) -> Note | None:
    try:
        return Note(**json.loads((folder / NOTE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _detail(error: HTTPError) -> str:
    try:
        return str(json.loads(error.read())["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The running server answered {error.code}: see its log."
