"""`make bench`: 10 million and 100 million synthetic events, and the ratios between what they cost.

`python -m benchmarks.run --events 1000000` for a quick look. Files go to `.cache/bench`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.measure import Cost, cost_of, machine
from thang.simulate.bulk import bulk_events

FOLDER = Path(".cache/bench").absolute()
RESULTS = Path("benchmarks/results.md")


def events_file(events: int) -> Path:
    """The synthetic events, made once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"events-{events}.parquet"
    if not path.exists():
        bulk_events(events, 1, path)
    return path


def measured(events: int) -> dict[str, Cost]:
    """Every task at one size."""
    path, shop = events_file(events), FOLDER / f"shop-{events}.duckdb"
    for old in FOLDER.glob(f"{shop.name}*"):
        old.unlink()
    found = {"group_by": cost_of("group_by", str(path)), "fold": cost_of("fold", str(path))}
    if events <= 20_000_000:
        found["pandas_way"] = cost_of("pandas_way", str(path))
    found["load"] = cost_of("load", str(path), str(shop))
    found["classify"] = cost_of("classify", str(shop))
    found["change"] = cost_of("change", str(shop), "1000")
    found["verify"] = cost_of("verify", str(shop))
    return found


def rows_of(events: int, found: dict[str, Cost]) -> list[str]:
    """The table's rows of one size."""
    base = found["group_by"].cpu
    lines = []
    for name in ("group_by", "fold", "classify", "pandas_way"):
        if name in found:
            cost = found[name]
            lines.append(
                f"| {events:,} | {name} | {cost.cpu:.1f} | {cost.said['wall']:.1f} "
                f"| {cost.cpu / events * 1e9:.0f} | {cost.cpu / base:.1f} | {cost.peak_mb:,.0f} |"
            )
    change, verify = found["change"], found["verify"]
    lines.append(
        f"| {events:,} | 1,000 new events | {change.cpu:.2f} | {change.said['wall']:.2f} | | "
        f"| {change.peak_mb:,.0f} |"
    )
    lines.append(f"\n{events:,}: {verify.said['differing']:.0f} rows differ from a full run.\n")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[10_000_000, 100_000_000])
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS}")
    asked = parser.parse_args()
    text = [
        "# What it costs", "",
        f"Measured by `make bench` on {machine()}. Seconds of this machine mean little: read the",
        "ratios, each within one run. `group_by` is DuckDB's bare `GROUP BY customer` with one sum",
        "over the same Parquet; `fold` is the whole fold from it; `classify` runs end to end over",
        "a stored shop and stores what it finds; `pandas_way` computes the levels of today alone.",
        "",
        "| events | what | CPU s | wall s | ns/event | x group_by | peak MB |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    all_found = {}
    for events in asked.events:
        all_found[events] = measured(events)
        text += rows_of(events, all_found[events])
    sizes = list(all_found)
    if len(sizes) == 2:
        small, large = (all_found[n]["classify"].cpu for n in sizes)
        text.append(f"{sizes[1]:,} events cost {large / small:.1f} x what {sizes[0]:,} cost.")
    print("\n".join(text))
    if asked.write:
        RESULTS.write_text("\n".join(text) + "\n", "utf-8")


if __name__ == "__main__":
    main()
