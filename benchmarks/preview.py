"""How long a seller waits for «if applied»: `python -m benchmarks.preview --people 1000000`.

A shop of so many people with their whole event lines, and changes of the policy of
several kinds: those that leave the bars as they are and those that need a new census.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from shutil import rmtree

from benchmarks.measure import machine
from benchmarks.run import FOLDER
from benchmarks.tasks import load, plain_run, span, warm
from thang.engines.duckdb import Projection
from thang.engines.running import census, fold_all, refer
from thang.engines.steps import Run
from thang.policy.load import read_policy
from thang.policy.schema import Settings
from thang.record import PolicyVersion, Record
from thang.river.events import CODES
from thang.simulate.bulk import bulk_events
from thang.workspace.preview import SAMPLE, preview
from thang.workspace.resolving import with_bars
from thang.workspace.shop import Workspace

EVENTS_A_PERSON = 20
CHANGES = {
    "a stricter keep rule": "levels: {premier: {keep: spend >= 0.9 * own_bar, grace: 0}}",
    "an easier entry": "levels: {advocate: {enter: orders >= 2 and advocacy_points >= 1}}",
    "a shorter silence": "levels: {shopper: {silence: {days: 60}}}",
    "Member's entry (new census)": "levels: {member: {enter: orders >= 2}}",
    "a longer window (new census)": "window: {mode: 365}",
    "returns taken back longer (new census, referrals)": "shop: {return_window_days: 30}",
}


def shop_of(people: int) -> Path:
    """A classified shop of so many people, made once."""
    folder = FOLDER / f"preview-{people}"
    if (folder / "ready").exists():
        return folder
    rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    Workspace.init(folder)
    (folder / "policy.yaml").write_text("", "utf-8")
    path = FOLDER / f"preview-{people}.parquet"
    bulk_events(people * EVENTS_A_PERSON, 1, path)
    load(path, folder / "projection.duckdb")
    _place(folder, path)
    path.unlink()
    (folder / "ready").touch()
    return folder


def _place(folder: Path, path: Path) -> None:
    policy, (first, last) = read_policy(""), span(path)
    with Record.open(folder) as record, Projection.open(folder / "projection.duckdb") as projection:
        settings = Settings(180, programme=True, consent_recorded=True, events=1)
        version = record.apply_policy(policy.fingerprint, policy.text, settings)
        run = Run(policy, settings, CODES, first, last)
        with projection.one_commit():
            refer(projection, run)
        run = with_bars(run, [], lambda asked: census(projection, asked))
        record.add_bars(version.version, run.bars)
        with projection.one_commit():
            fold_all(projection, run)
            projection.note(as_of=last, classified=1, version=version.version)


def timed(record: Record, projection: Projection, version: PolicyVersion, text: str,
          sample: int | None) -> tuple[float, str]:  # fmt: skip
    """Seconds of one preview, and what it said."""
    started = time.perf_counter()
    found = preview(record, projection.beside(), version, read_policy(text), sample)
    wall = time.perf_counter() - started
    return wall, f"{found.up:,} up, {found.down:,} down of {found.people:,} (asked {found.asked:,})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--whole", action="store_true", help="also for everybody")
    asked = parser.parse_args()
    folder = shop_of(asked.people)
    print(f"{asked.people:,} people with {EVENTS_A_PERSON} events each on {machine()}")
    with Record.open(folder) as record, Projection.open(folder / "projection.duckdb") as projection:
        version = record.policy()
        assert version
        warm(plain_run(0, projection.meta("as_of") or 0))
        for name, text in CHANGES.items():
            for sample in (SAMPLE, None) if asked.whole else (SAMPLE,):
                wall, said = timed(record, projection, version, text, sample)
                print(f"{'sample' if sample else 'whole ':6} {wall:6.2f} s  {name}: {said}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
