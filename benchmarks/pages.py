"""What the web's pages cost in a big shop: `python -m benchmarks.pages [--people 10000000]`.

A projection is filled with invented placements, moves and events in the engine's own tables,
summarised as a classification does it, and then asked what the pages ask. The record beside
it stays small: pages ask it by key only. Prints p50 and p95 in milliseconds; the files go to
`.cache/bench`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.tasks import cpu
from thang.engines.duckdb import Projection
from thang.engines.opening import SCHEMA
from thang.engines.steps import Run
from thang.engines.summaries import month_name, months_to, summarise
from thang.model import DAY, Event, Gathered, Identifier
from thang.policy.load import load_policy
from thang.policy.schema import Settings
from thang.record import Record
from thang.river.events import CODES
from thang.workspace.choosing import Asked
from thang.workspace.held import HeldWorkspace
from thang.workspace.shop import Workspace

FOLDER = Path(".cache/bench").absolute()
AS_OF = 1_798_736_399_999_999  # the end of 2026 in Vietnam
FIRST = AS_OF - 900 * DAY
EVENTS_EACH = 10
REPEATS = 15
PORTION = 1_000_000

# Rungs in a shop's usual shares, and rules of thumb for the rest; `h` is a number of the person's.
PLACED = """
insert into placements (person, level, observed, since, rungs, next_change, last_order, orders, gap)
select i, l, l, {first} + (h % 899) * {day} + i % 86400000000, (2 << l) - 1, {as_of} + {day},
    case when l > 1 then {first} + (h // 7 % 890) * {day} + i % 86400000000 else 0 end,
    case when l > 1 then 1 + h // 11 % 9 + l else 0 end, (10 + h // 13 % 60) * {day}
from (select i, h, case when r < 35 then 0 when r < 60 then 1 when r < 85 then 2 when r < 94 then 3
    when r < 98 then 4 when r < 99 or h % 7 > 0 then 5 else 6 end as l
    from (select i, hash(i)::ubigint // 2 % 1000000007 as h, hash(i, 1) % 100 as r
        from range({low}, {high}) t(i)))
"""
# Everybody climbs rung by rung; some fell one rung and climbed again on the way.
MOVED = """
insert into transitions
select person, greatest("at", {first}), a, b, 0 from (
    select person, since - ("level" - k) * 37 * {day} as "at", k - 1 as a, k as b, k as o
        from placements, range(0, 7) t(k)
        where k <= "level" and person >= {low} and person < {high}
    union all
    select person, since - 20 * {day}, "level", "level" - 1, 90 from placements
        where person % 8 = 0 and "level" > 0 and person >= {low} and person < {high}
    union all
    select person, since - 3 * {day}, "level" - 1, "level", 91 from placements
        where person % 8 = 0 and "level" > 0 and person >= {low} and person < {high})
order by person, o
"""
HAPPENED = """
insert into events
select i, {first} + (k * 89) * {day} + i % 80000000000, case when k % 3 = 0 then {order_kind}
    else {page_kind} end, i * 100 + k, 300000 + i % 700000, 0, 96, 0, i * {each} + k
from range({low}, {high}) t(i), range(0, {each}) e(k) order by 1, 2
"""
TOLD = "insert into told select i, 1 + (hash(i) % 5)::integer from range({low}, {high}) t(i)"
# Two identifiers each; the second came much later.
KNOWN = "insert into people select i, i from range({low}, {high}) t(i)"
ALSO_KNOWN = "insert into people select i + {people}, i from range({low}, {high}) t(i)"
REFERRED = """
insert into referral_rows select i, {as_of} - h % 800 * {day}, 905, 1, i + 1, 0
from (select i, hash(i, 3)::ubigint % 1000003 as h from range({low}, {high}) t(i)) where h % 50 = 0
"""
ALMOST = """
insert into almost select person, "level", 'orders', '>=', 2, 3 from placements
where hash(person, 2) % 5 = 0 and "level" < 6 and person >= {low} and person < {high}
"""


class Taken(NamedTuple):
    """Milliseconds that a question takes: the median, the 95th of 100, and those of CPU."""

    half: float
    most: float
    cpu: float


def built(people: int) -> Path:
    """The folder of an invented shop of so many people; made once, some minutes for 10 million."""
    folder = FOLDER / f"pages-{people}-{SCHEMA}"
    if (folder / "built").exists():
        return folder
    Workspace.init(folder, now=lambda: AS_OF)
    shop = Workspace(folder, lambda: AS_OF)
    run = _run(folder)
    with Projection.open(shop.folder.projection_file) as projection:
        for sql in (PLACED, MOVED, HAPPENED, TOLD, KNOWN, ALSO_KNOWN, REFERRED, ALMOST):
            for low in range(1, people + 1, PORTION):
                projection.sql.execute(sql.format(**_words(low, people)))
        projection.note(as_of=AS_OF, through=AS_OF, classified=1, version=1, seq=1, clustered=1)
        started = time.perf_counter()
        with projection.one_commit():
            summarise(projection, run)
        print(f"summaries written in {time.perf_counter() - started:.1f} s")
    (folder / "built").touch()
    return folder


def _run(folder: Path) -> Run:
    policy, settings = load_policy(folder / "policy.yaml"), Settings(180, True, True)
    with Record.open(folder, lambda: AS_OF) as record:
        who = (Identifier("customer", "KH-1"),)
        record.append("one", "bench", [Gathered(1, (Event("bench", "page", FIRST, who),))])
        record.apply_policy(policy.fingerprint, policy.text, settings)
        return Run(policy, settings, record.kinds(), FIRST, AS_OF)


def _words(low: int, people: int) -> dict[str, int]:
    return {
        "low": low, "high": min(low + PORTION, people + 1), "people": people,
        "first": FIRST, "as_of": AS_OF, "day": DAY, "each": EVENTS_EACH,
        "order_kind": CODES["order_completed"], "page_kind": CODES["page"],
    }  # fmt: skip


def measured(folder: Path) -> dict[str, Taken]:
    """What each question takes."""
    with HeldWorkspace(folder, lambda: AS_OF) as shop:
        asked = _questions(shop)
        return {name: _timed(question) for name, question in asked.items()}


def _questions(shop: HeldWorkspace) -> dict[str, Callable[[], Any]]:
    month = month_name(months_to(AS_OF, "Asia/Ho_Chi_Minh").last - 1)
    lists = {
        "all": Asked(),
        "a rung": Asked(levels=("customer",)),
        "by last order": Asked(sort="last_order"),
        "by orders": Asked(sort="orders"),
        "by person": Asked(sort="person"),
        "facet": Asked(facet="member"),
        "at risk": Asked(activity="at_risk"),
        "almost up": Asked(view="almost_up", levels=("customer",)),
        "just fell": Asked(view="just_fell"),
        "silent": Asked(view="silent", sort="last_order"),
        "climbed this month": Asked(moved=month, move="up"),
        "everything at once": Asked(
            levels=("member", "premier"), facet="member", activity="dormant", view="almost_up"
        ),
    }
    page = {f"customers, {name}": _page(shop, asked) for name, asked in lists.items()}
    middle = {
        f"customers, page 20, {name}": _page(shop, _later(shop, lists[name], 20))
        for name in ("all", "by orders", "at risk")
    }
    ref = shop.customers(replace(Asked(), levels=("premier",))).rows[3].ref
    return {
        "ladder": lambda: (shop.freshness(), shop.advice(shop.movement())),
        **page,
        **middle,
        "one customer": lambda: (shop.explain(ref), shop.timeline(ref)),
        "one customer, timeline": lambda: shop.timeline(ref),
    }


def _page(shop: HeldWorkspace, asked: Asked) -> Callable[[], Any]:
    def page() -> object:
        rows = shop.customers(asked).rows
        return shop.freshness(), shop.cards([row.person for row in rows])

    return page


def _later(shop: HeldWorkspace, asked: Asked, pages: int) -> Asked:
    for _ in range(pages):
        asked = replace(asked, cursor=shop.customers(asked).next or "")
    return asked


def _timed(question: Callable[[], Any]) -> Taken:
    taken, used = [], cpu()
    for _ in range(REPEATS):
        started = time.perf_counter()
        question()
        taken.append(1000 * (time.perf_counter() - started))
    taken.sort()
    p95 = taken[round(0.95 * (len(taken) - 1))]
    return Taken(taken[len(taken) // 2], p95, 1000 * (cpu() - used) / REPEATS)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--people", type=int, default=10_000_000)
    people = words.parse_args().people
    print(f"{people:,} people, {people * EVENTS_EACH:,} events")
    for name, took in measured(built(people)).items():
        print(
            f"{name:36s} p50 {took.half:6.0f} ms  p95 {took.most:6.0f} ms  CPU {took.cpu:6.0f} ms"
        )


if __name__ == "__main__":
    main()
