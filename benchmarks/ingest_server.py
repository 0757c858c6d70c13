"""A server for `benchmarks.ingest`: as it is, with a worker that rests, or without a store."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from thang.desk.desk import Desk
from thang.web.serving import Place, serve_shop
from thang.web.worker.loop import Worker
from thang.workspace import arriving
from thang.workspace.arriving import KEPT, Arrivals, Fate, Sending
from thang.workspace.shop import Workspace


def forgetful(_: Arrivals, sendings: Sequence[Sending]) -> list[list[Fate]]:
    """Everything is said to be stored, and nothing is."""
    return [[KEPT] * len(sending.bundle.items) for sending in sendings]


def main(folder: Path, kind: str) -> None:
    """Serve a new shop, and say where it is and with which key it takes events."""
    Workspace.init(folder)
    desk = Desk.open(folder)
    _, key = desk.keys.create("benchmark", ("events", "read"), "benchmark", 0)
    desk.close()
    if kind != "with":
        Worker.start = lambda _: None  # type: ignore[method-assign]
    if kind == "without":
        arriving.Arrivals.store = forgetful  # type: ignore[method-assign]

    def say(address: str) -> None:
        sys.stdout.write(json.dumps({"address": address, "key": key}) + "\n")
        sys.stdout.flush()

    serve_shop(folder, Place(port=0), say)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
