"""The process that reads one file: `python -m thang.web.worker.child check|import SHOP UPLOAD`.

It writes to the record alone, and tells how far it is, line by line of JSON; its last line
says what became of the file. Should it be killed, the import is simply run again.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from thang.model import Tally, ThangError, WrongInput
from thang.web.incoming import Incoming
from thang.workspace.bringing import rows_in
from thang.workspace.importing import Importer

BEAT = 0.25  # seconds between two lines


class Teller:
    """Says how far it is, a few times a second at most."""

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._last = 0.0

    def __call__(self, tally: Tally) -> None:
        now = time.monotonic()
        if now - self._last >= BEAT:
            self._last = now
            tell(progress={**counts(tally), "total": self._total})


def counts(tally: Tally) -> dict[str, Any]:
    """A tally's numbers."""
    return {name: value for name, value in asdict(tally).items() if name != "reasons"}


def tell(**what: Any) -> None:
    """One line for whoever started us."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def check(shop: Importer, incoming: Incoming, upload: str) -> dict[str, Any]:
    """Recognise a file, and say what importing it would do where nobody need look first."""
    path = incoming.path(upload)
    found = shop.recognise(path)
    told: dict[str, Any] = {"recognised": asdict(found), "checked": None, "trouble": ""}
    if found.sure:
        try:
            told["checked"] = asdict(shop.check(path, progress=Teller(rows_in(path))))
        except WrongInput as error:
            if found.fixed:
                raise
            told["trouble"] = _named(error, incoming, upload)
    incoming.note(upload, told)
    return {"sure": found.sure, "trouble": bool(told["trouble"])}


def bring(shop: Importer, incoming: Incoming, upload: str) -> dict[str, Any]:
    """Import a file; it goes when it is in."""
    path, told = incoming.path(upload), incoming.get(upload)
    checked = (incoming.found(upload) or {}).get("checked")
    total = checked["tally"]["rows"] if checked else rows_in(path)
    done = shop.import_file(path, progress=Teller(total), name=told.name)
    return {"batch": done.batch, "format": done.format, **counts(done.tally)}


VERBS = {"check": check, "import": bring}


def _named(error: ThangError, incoming: Incoming, upload: str) -> str:
    """The sentence with the name that the file's owner knows."""
    path = incoming.path(upload)
    said = str(error).replace(str(path), path.name)
    return (
        said.replace(path.name, incoming.get(upload).name, 1) if said.startswith("file") else said
    )


def main(verb: str, folder: str, upload: str) -> int:
    """Run one verb; 0 where the last line tells a result, 1 where it tells a refusal."""
    shop = Importer(Path(folder))
    incoming = Incoming(shop.folder.incoming)
    try:
        incoming.get(upload)
        done = VERBS[verb](shop, incoming, upload)
    except ThangError as error:
        tell(refused=_named(error, incoming, upload))
        return 1
    tell(done=done)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
