"""What is measured, each thing in a process of its own: `python -m benchmarks.tasks NAME …`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from thang.engines.chunks import CHUNK_ROWS, whole_people
from thang.engines.columns import EVENTS, PAIR_KINDS, PLACEMENTS
from thang.engines.duckdb import Projection
from thang.engines.steps import Run, fold_step
from thang.model import DAY, Flag
from thang.policy.load import load_policy
from thang.policy.schema import Settings
from thang.river.bars import publish, resolve_window
from thang.river.calendar import calendar, quarter_starts
from thang.river.events import CODES
from thang.river.tables import Bar


def cpu() -> float:
    """Seconds of CPU that this process has used, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def span(path: Path) -> tuple[int, int]:
    row = duckdb.execute(f'select min("at"), max("at") from \'{path}\'').fetchone()  # noqa: S608
    assert row
    return int(row[0]), int(row[1])


def warm(run: Run) -> None:
    """Load the compiled kernels before the clock starts: they are compiled once per machine."""
    rows = pa.table({n: pa.array([1], EVENTS.field(n).type) for n in EVENTS.names})
    fold_step(rows, run)


def plain_run(first: int, as_of: int) -> Run:
    policy, settings = load_policy(None), Settings(180, True, True)
    cal = calendar(policy.shop.tz, first, as_of)
    bars = tuple(Bar(q, 5_000_000, 1_000_000, 30 * DAY, 10_000)
                 for q in quarter_starts(cal, first, as_of))  # fmt: skip
    return Run(policy, settings, CODES, first, as_of, bars)


def group_by(path: Path) -> dict[str, float]:
    """The bare query: one sum a customer, from Parquet."""
    duckdb.execute("set threads = 2")
    before, wall = cpu(), time.perf_counter()
    rows = duckdb.execute(
        f"select count(*), sum(s) from (select person, sum(amount) s from '{path}' group by person)"  # noqa: S608
    ).fetchone()
    assert rows
    return {"cpu": cpu() - before, "wall": time.perf_counter() - wall, "people": rows[0]}


def fold(path: Path) -> dict[str, float]:
    """The whole fold from the same Parquet: orders, history, evidence; nothing stored."""
    run = plain_run(*span(path))
    warm(run)
    before, wall = cpu(), time.perf_counter()
    file = pq.ParquetFile(path)
    people = moves = 0
    with ThreadPoolExecutor(2) as pool:
        batches = file.iter_batches(CHUNK_ROWS, columns=EVENTS.names)
        waiting = []
        for table in whole_people(batches, CHUNK_ROWS):
            waiting.append(pool.submit(fold_step, table, run, None, PLACEMENTS))
            while len(waiting) > 2:
                moved, placed = waiting.pop(0).result()
                people, moves = people + placed.num_rows, moves + moved.num_rows
        for future in waiting:
            moved, placed = future.result()
            people, moves = people + placed.num_rows, moves + moved.num_rows
    return {
        "cpu": cpu() - before, "wall": time.perf_counter() - wall, "people": people, "moves": moves,
    }  # fmt: skip


def load(path: Path, shop: Path) -> dict[str, float]:
    """Events into a projection, as an import leaves them."""
    wall = time.perf_counter()
    with Projection.open(shop) as projection:
        names = ", ".join(f'"{n}"' for n in [*EVENTS.names, "seq"])
        projection.sql.execute(f"insert into events ({names}) select {names} from '{path}'")  # noqa: S608
        projection.sql.execute(
            'insert into pairs select kind, person, other, ref, "at", seq from events '  # noqa: S608
            f"where kind in {PAIR_KINDS}"
        )
        projection.note(clustered=1, seq=1)
    return {"cpu": cpu(), "wall": time.perf_counter() - wall}


def classify(shop: Path) -> dict[str, float]:
    """End to end over a projection: settings, referrals, bars, fold, everything stored."""
    from thang.engines.running import census, fold_all, refer  # noqa: PLC0415

    with Projection.open(shop) as projection:
        ((first, as_of),) = projection.sql.execute(
            'select min("at"), max("at") from events'
        ).fetchall()
        warm(plain_run(first, as_of))
        before, wall = cpu(), time.perf_counter()
        policy = load_policy(None)
        settings = Settings(365, True, True)
        probe = Run(policy, settings, CODES, first, as_of + 1, quarters=(as_of + 1,))
        (found,) = census(projection, probe)
        settings = Settings(resolve_window(found.gaps, found.repeaters, policy), True, True)
        projection.sql.begin()
        run = Run(policy, settings, CODES, first, as_of)
        refer(projection, run)
        cal = calendar(policy.shop.tz, first, as_of)
        quarters = tuple(quarter_starts(cal, first, as_of))
        counted = census(projection, Run(policy, settings, CODES, first, as_of, (), quarters))
        bars = tuple(publish(counted, policy, settings, (), cal))
        fold_all(projection, Run(policy, settings, CODES, first, as_of, bars))
        projection.note(as_of=as_of, window=settings.window_days)
        projection.sql.commit()
        cost = {"cpu": cpu() - before, "wall": time.perf_counter() - wall}
        (shop.parent / f"{shop.stem}.bars").write_text(json.dumps([list(b) for b in bars]))
        return cost


def change(shop: Path, count: str) -> dict[str, float]:
    """New events into a full projection: appended, and their people placed anew."""
    from thang.engines.running import fold_some, refer  # noqa: PLC0415

    with Projection.open(shop) as projection:
        ((first, last, top),) = projection.sql.execute(
            'select min("at"), max("at"), max(person) from events'
        ).fetchall()
        bars = tuple(Bar(*b) for b in json.loads((shop.parent / f"{shop.stem}.bars").read_text()))
        settings = Settings(projection.meta("window") or 180, True, True)
        run = Run(load_policy(None), settings, CODES, first, last, bars)
        warm(run)
        rng = np.random.default_rng(7)
        people = rng.choice(top, int(count), replace=False) + 1
        rows = pa.table(
            {
                "person": people, "at": last - rng.integers(0, 30 * DAY, len(people)),
                "kind": np.full(len(people), CODES["order_completed"], np.int16),
                "ref": rng.integers(1, 1 << 60, len(people)),
                "amount": rng.integers(100_000, 2_000_000, len(people)),
                "grade": np.zeros(len(people), np.int16),
                "flags": np.full(len(people), int(Flag.AMOUNT | Flag.FINAL), np.int16),
                "other": np.zeros(len(people), np.int64), "seq": (1 << 50) + np.arange(len(people)),
            }
        )  # fmt: skip
        before, wall = cpu(), time.perf_counter()
        projection.sql.begin()
        projection.keep(rows)
        touched = pa.table({"person": np.unique(people)})
        moved = refer(projection, run, touched)
        touched = pa.table({"person": np.union1d(touched["person"], moved["person"])})
        fold_some(projection, run, touched)
        projection.sql.commit()
        wall = time.perf_counter() - wall
        return {"cpu": cpu() - before, "wall": wall, "folded": touched.num_rows}


def verify(shop: Path) -> dict[str, float]:
    """A full fold of the changed projection: how many stored rows differ from it."""
    from thang.engines.running import fold_all  # noqa: PLC0415

    with Projection.open(shop) as projection:
        sql = projection.sql
        sql.execute("create or replace table was_p as select * from placements")
        sql.execute("create or replace table was_t as select * from transitions")
        ((first,),) = sql.execute('select min("at") from events').fetchall()
        bars = tuple(Bar(*b) for b in json.loads((shop.parent / f"{shop.stem}.bars").read_text()))
        settings = Settings(projection.meta("window") or 180, True, True)
        as_of = projection.meta("as_of") or 0
        projection.cluster()
        fold_all(projection, Run(load_policy(None), settings, CODES, first, as_of, bars))
        differing = 0
        for now, was in (("placements", "was_p"), ("transitions", "was_t")):
            for one, other in ((now, was), (was, now)):
                ((rows,),) = sql.execute(
                    f"select count(*) from (from {one} except all from {other})"  # noqa: S608
                ).fetchall()
                differing += rows
        return {"cpu": cpu(), "differing": differing}


def pandas_way(path: Path) -> dict[str, float]:
    """The levels of today alone with pandas; how many differ from what the fold says of today."""
    from benchmarks.pandas_way import levels_today  # noqa: PLC0415

    before, wall = cpu(), time.perf_counter()
    people, levels = levels_today(path)
    cost = {"cpu": cpu() - before, "wall": time.perf_counter() - wall, "people": len(people)}
    run, differing = plain_run(*span(path)), 0
    for table in whole_people(pq.ParquetFile(path).iter_batches(CHUNK_ROWS), CHUNK_ROWS):
        _, placed = fold_step(table, run, None, PLACEMENTS)
        here = np.searchsorted(people, placed["person"].to_numpy())
        differing += int((levels[here] != placed["observed"].to_numpy()).sum())
    return cost | {"differing": differing}


def judge(shop: Path) -> dict[str, float]:
    """Value, stage and groups of everybody, after `classify`."""
    from thang.record import Record  # noqa: PLC0415
    from thang.workspace.grouping import group_everybody  # noqa: PLC0415
    from thang.workspace.staging import stage_now  # noqa: PLC0415
    from thang.workspace.valuing import value_everybody  # noqa: PLC0415

    policy, settings = load_policy(None), Settings(365, True, True)
    with (
        TemporaryDirectory() as folder,
        Record.create(Path(folder) / "shop") as record,
        Projection.open(shop) as projection,
    ):
        version = record.apply_policy(policy.fingerprint, policy.text, settings)
        before, wall, told = cpu(), time.perf_counter(), {}
        for name, step in (
            ("value", lambda: value_everybody(record, projection, version)),
            ("stage", lambda: stage_now(record, projection, version)),
            ("groups", lambda: group_everybody(record, projection, version, 2)),
        ):
            since = time.perf_counter()
            step()
            told[name] = time.perf_counter() - since
        ((people,),) = projection.sql.execute("select count(*) from scores").fetchall()
        cost = {"cpu": cpu() - before, "wall": time.perf_counter() - wall}
        return cost | told | {"people": people}


TASKS: dict[str, Callable[..., dict[str, float]]] = {
    "group_by": group_by, "fold": fold, "load": load, "classify": classify, "change": change,
    "verify": verify, "pandas_way": pandas_way, "judge": judge,
}  # fmt: skip


def main() -> None:
    task, *words = sys.argv[1:]
    given: list[Any] = [Path(words[0]), *(Path(w) if "/" in w else w for w in words[1:])]
    print(json.dumps(TASKS[task](*given)))


if __name__ == "__main__":
    main()
