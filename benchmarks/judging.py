"""`python -m benchmarks.judging`: value, stage and groups of a million people beside `classify`.

Asked: the whole of groups and value at most twice the time of `classify` on the same shop.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.measure import cost_of, machine
from benchmarks.run import FOLDER, events_file

RESULTS = Path("benchmarks/judging.md")
MOST = 2.0
PAGE = """# What judging costs

`python -m benchmarks.judging` on {machine}, shared with other
work: {people:,} people with {events:,} events, everything stored. `judge` is value and profit of
everybody, the stage with its months, the gate, and the groups, each for the first time (the
quarter's measures are learnt).

| what | CPU s | wall s | peak MB |
|---|---|---|---|
| classify | {classify.cpu:.1f} | {c_wall:.1f} | {classify.peak_mb:,.0f} |
| judge | {judge.cpu:.1f} | {j_wall:.1f} | {judge.peak_mb:,.0f} |
| of it value | | {value:.1f} | |
| of it stage | | {stage:.1f} | |
| of it groups | | {groups:.1f} | |

Judging takes {wall:.2f} times the time of classifying ({cpu:.2f} times its CPU); asked is
{most:.0f} times at most.
"""


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000_000)
    events = parser.parse_args().events
    path, shop = events_file(events), FOLDER / f"judged-{events}.duckdb"
    for old in FOLDER.glob(f"{shop.stem}*"):
        old.unlink()
    cost_of("load", str(path), str(shop))
    classify, judge = cost_of("classify", str(shop)), cost_of("judge", str(shop))
    c_wall, j_wall = classify.said["wall"], judge.said["wall"]
    page = PAGE.format(
        machine=machine(), people=int(judge.said["people"]), events=events, classify=classify,
        judge=judge, c_wall=c_wall, j_wall=j_wall, wall=j_wall / c_wall,
        cpu=judge.cpu / classify.cpu, most=MOST,
        **{name: judge.said[name] for name in ("value", "stage", "groups")},
    )  # fmt: skip
    RESULTS.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
