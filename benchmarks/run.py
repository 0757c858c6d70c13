"""`make bench`: 10 million and 100 million synthetic events, and the ratios between what they cost.

`python -m benchmarks.run --events 1000000` for a quick look. Files go to `.cache/bench`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Cost, cost_of, help_seconds, machine
from thang.simulate.bulk import bulk_events

FOLDER = Path(".cache/bench").absolute()
RESULTS = Path("benchmarks/results.md")
NOTES = Path("benchmarks/notes.md")
MOST_FOR_PANDAS = 20_000_000  # it holds all in memory
HEAD = """# What it costs

Measured by `make bench` on {machine}, shared with other work. Seconds of this
machine mean little: read the ratios, each within one run. `group_by` is DuckDB's bare
`GROUP BY customer` with one sum over the same Parquet; `fold` is the whole fold from it;
`classify` runs end to end over a stored shop and stores what it finds (W, referrals, bars,
history, placements, who is about to climb); `pandas_way` computes the levels of today alone,
and comes to the same ones as the fold.

| events | what | CPU s | wall s | ns/event | x group_by | peak MB |
|---|---|---|---|---|---|---|
"""

Costs = dict[str, Cost]


def events_file(events: int) -> Path:
    """The synthetic events, made once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"events-{events}.parquet"
    if not path.exists():
        bulk_events(events, 1, path)
    return path


def measured(events: int) -> Costs:
    """Every task at one size."""
    path, shop = events_file(events), FOLDER / f"shop-{events}.duckdb"
    for old in FOLDER.glob(f"{shop.name}*"):
        old.unlink()
    found = {"group_by": cost_of("group_by", str(path)), "fold": cost_of("fold", str(path))}
    if events <= MOST_FOR_PANDAS:
        found["pandas_way"] = cost_of("pandas_way", str(path))
    found["load"] = cost_of("load", str(path), str(shop))
    found["classify"] = cost_of("classify", str(shop))
    found["change"] = cost_of("change", str(shop), "1000")
    found["verify"] = cost_of("verify", str(shop))
    return found


def rows_of(events: int, found: Costs) -> Iterator[str]:
    """The table's rows of one size."""
    base = found["group_by"].cpu
    for name in ("group_by", "fold", "classify", "pandas_way"):
        if name in found:
            cost = found[name]
            yield (
                f"| {events:,} | {name} | {cost.cpu:.1f} | {cost.said['wall']:.1f} "
                f"| {cost.cpu / events * 1e9:.0f} | {cost.cpu / base:.1f} | {cost.peak_mb:,.0f} |"
            )
    change = found["change"]
    yield (
        f"| {events:,} | 1,000 new events | {change.cpu:.2f} | {change.said['wall']:.2f} | | "
        f"| {change.peak_mb:,.0f} |"
    )


def targets_of(events: int, found: Costs) -> Iterator[str]:
    """What was asked for, and what was found, at one size."""
    base = found["group_by"].cpu
    yield f"| {events:,} | fold, x group_by | 3 | {found['fold'].cpu / base:.1f} |"
    yield f"| {events:,} | classify, x group_by | 8 | {found['classify'].cpu / base:.1f} |"
    yield f"| {events:,} | classify, GB at most | 4 | {found['classify'].peak_mb / 1000:.1f} |"
    yield f"| {events:,} | 1,000 new events, wall s | 1.5 | {found['change'].said['wall']:.2f} |"
    differing = found["verify"].said["differing"]
    yield f"| {events:,} | rows that differ from a full run then | 0 | {differing:.0f} |"
    if "pandas_way" in found:
        pandas, fold = found["pandas_way"], found["fold"]
        times = f"{pandas.cpu / fold.cpu:.1f} (wall: {pandas.said['wall'] / fold.said['wall']:.1f})"
        yield f"| {events:,} | fold, times faster than pandas, CPU | 4 | {times} |"
        yield (
            f"| {events:,} | people of whom pandas says another level of today | 0 "
            f"| {pandas.said['differing']:.0f} of {pandas.said['people']:,.0f} |"
        )


def growth(found: dict[int, Costs]) -> Iterator[str]:
    """What ten times as many events cost."""
    if len(found) == 2:
        (small, few), (large, many) = found.items()
        for name in ("fold", "classify"):
            times = many[name].cpu / few[name].cpu
            yield f"| {large:,} | {name}, x what {small:,} cost | 11 | {times:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[10_000_000, 100_000_000])
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS}")
    asked = parser.parse_args()
    found: dict[int, Costs] = {}
    rows: list[str] = []
    for events in asked.events:
        found[events] = measured(events)
        rows += rows_of(events, found[events])
        print("\n".join(rows), flush=True)
    targets = [line for events in found for line in targets_of(events, found[events])]
    targets += [*growth(found), f"| | `thang --help`, s | 0.4 | {help_seconds():.2f} |"]
    text = HEAD.format(machine=machine()) + "\n".join(rows)
    text += "\n\n## Targets\n\n| events | what | target | measured |\n|---|---|---|---|\n"
    text += "\n".join(targets) + "\n" + (NOTES.read_text("utf-8") if NOTES.exists() else "")
    print(text)
    if asked.write:
        RESULTS.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
