"""A process that imports into a shop and meets its fate: `python -m faults.mortal FATE SHOP …`."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from record.told import bad, customer, one, order, phone, ticking
from thang.model import Gathered, Unavailable
from thang.record import Record, appending
from thang.record.database import Database
from thang.record.lock import only_writer

PORTION = 100


def history() -> list[Gathered]:
    """Six portions of people who come back, change their names, and come in twins."""
    rows = []
    for n in range(550):
        who = (customer(n % 90), phone(n % 70)) if n % 3 else (customer(n % 90),)
        named = {"name": f"Người Thử {n % 90} {n // 200}"}
        rows.append(one(order(n % 530, *who, personal=named, properties={"note": "x" * 900})))
        if n % 11 == 0:
            rows.append(bad(f"hàng {n % 5}"))
    return rows


def import_all(folder: Path, *, loud: bool = False) -> None:
    appending.PORTION = PORTION
    with Record.open(folder, ticking()) as record:
        record.append(
            "orders.csv", "till", history(), progress=lambda t: loud and print(t, flush=True)
        )


def die_at(write: int, moment: str) -> None:
    """Kill this process at its n-th writing transaction: before it is committed, or just after."""
    real, left = Database.writing, write

    @contextmanager
    def mortal(self: Database) -> Iterator[Connection]:
        nonlocal left
        left -= 1
        with real(self) as connection:
            yield connection
            if left == 0 and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    Database.writing = mortal  # type: ignore[method-assign]


def main(fate: str, shop: str, *rest: str) -> None:
    folder = Path(shop)
    if fate == "die":
        die_at(int(rest[0]), rest[1])
        import_all(folder)
    elif fate == "loud":
        import_all(folder, loud=True)
    elif fate == "small files":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(rest[0]), resource.RLIM_INFINITY))
        try:
            import_all(folder)
        except Unavailable as error:
            sys.exit(str(error))
    elif fate == "hold":
        with only_writer(folder):
            print("held", flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
