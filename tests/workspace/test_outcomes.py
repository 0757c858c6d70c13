"""Moves and arms of a shop, told anew from its transitions; what cannot be told is not."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from scipy import stats

from thang.engines.duckdb import Projection
from thang.model import DAY
from thang.record import Record
from thang.river.measuring.rates import Arm, newcombe
from thang.workspace.outcomes import HELD, MONTHS, TREATED, WITHIN
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, TZ, invented, new_shop, order, tell

KEYS = ("lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = new_shop(tmp_path_factory.mktemp("outcomes") / "shop")
    tell(found, invented(200))
    found.classify(LAST_DAY)
    return found


def lives(shop: Workspace) -> dict[str, list[tuple[datetime, int]]]:
    """Where each stood since when; of one instant the move that goes on from the others is last."""
    found: dict[str, list[tuple[datetime, int]]] = {}
    left: dict[str, list[dict[str, Any]]] = {}
    for row in shop.export("transitions").to_pylist():
        left.setdefault(row["person"], []).append(row)
    for who, moves in left.items():
        stands, life = None, []
        while moves:
            first = min(move["at"] for move in moves)
            move = next(m for m in moves if m["at"] == first and m["from_level"] == stands)
            moves.remove(move)
            stands = move["to_level"]
            life.append((first, KEYS.index(stands)))
        found[who] = life
    return found


def stood(life: list[tuple[datetime, int]], at: datetime) -> int:
    before = [level for since, level in life if since < at]
    return before[-1] if before else -1


def test_flows_are_where_people_stood_at_each_months_ends(shop: Workspace) -> None:
    told, zone = shop.outcomes(), ZoneInfo(TZ)
    starts = [datetime(2025 + m // 12, m % 12 + 1, 1, tzinfo=zone) for m in range(11, 24)]
    assert len(starts) == MONTHS + 1
    expected: Counter[tuple[int, int]] = Counter()
    for life in lives(shop).values():
        for begin, end in itertools.pairwise(starts):
            if (was := stood(life, begin)) >= 0:
                expected[was, stood(life, end)] += 1
    flows = {(a, b): n for a, row in enumerate(told.flows) for b, n in enumerate(row) if n}
    assert flows == expected
    assert told.months == MONTHS
    ups = sum(n for (a, b), n in expected.items() if b > a)
    downs = sum(n for (a, b), n in expected.items() if b < a)
    assert told.net_up == pytest.approx(1_000 * (ups - downs) / expected.total())


def test_spells_are_those_of_the_lives(shop: Workspace) -> None:
    told = shop.outcomes()
    spells = Counter(level for life in lives(shop).values() for level in runs(life))
    assert {rung.key: rung.waited for rung in told.rungs} == {
        key: spells[i] for i, key in enumerate(KEYS)
    }
    assert told.rungs[-1].by_matrix is None
    for rung in told.rungs:
        if rung.soon:
            assert 0 <= rung.soon[1] <= rung.soon[0] <= rung.soon[2] <= 1


def runs(life: list[tuple[datetime, int]]) -> Iterator[int]:
    """Levels one after another, those that last no time left out."""
    last: dict[datetime, int] = {}
    for at, level in life:
        last[at] = level
    before = None
    for level in last.values():
        if level != before:
            yield level
        before = level


def test_a_shop_of_one_day_has_no_months_and_says_so(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop", "2026-12-31")
    tell(shop, [order("KH-1", "2026-12-30")])
    shop.classify("2026-12-31")
    told = shop.outcomes()
    assert (told.months, told.net_up, told.strategies) == (0, None, ())
    assert all(rung.median is None for rung in told.rungs)


def enrolled(shop: Workspace, arms: dict[str, int], strategy: str) -> dict[str, Arm]:
    """So many people met or held out 100 days ago; who moved up since, counted by hand."""
    with (
        Record.open(shop.folder.path, shop.folder.now) as record,
        Projection.open(shop.folder.projection_file) as projection,
    ):
        as_of = projection.meta("as_of") or 0
        at = as_of - 100 * DAY
        people = [row[0] for row in projection.sql.execute(
            "select distinct person from transitions order by person").fetchall()]  # fmt: skip
        rows, counts, taken = [], {}, 0
        for arm, many in arms.items():
            mine, taken = people[taken : taken + many], taken + many
            moved = projection.sql.execute(
                "select count(distinct person) from transitions where person in (select unnest(?)) "
                'and to_level > from_level and "at" > ? and "at" <= ?',
                [mine, at, at + WITHIN * DAY],
            ).fetchall()[0][0]
            counts[arm] = Arm(int(moved), len(mine))
            rows += [
                {"id": f"{strategy}-{arm}-{who}", "strategy": strategy, "person": who, "cluster": who,
                 "arm": arm, "at": at, "playbook": "p", "state": "running", "step": 0, "due": at}
                for who in mine
            ]  # fmt: skip
        record.enrol(rows)
    return counts


def test_a_strategys_arms_are_counted_and_compared(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(shop, invented(200))
    shop.classify(LAST_DAY)
    large = enrolled(shop, {TREATED: 70, HELD: 60, "global": 5}, "second_order_nudge")
    small = enrolled(shop, {TREATED: 9, HELD: 30}, "thank_letter")
    told = {one.strategy: one for one in shop.outcomes().strategies}
    one = told["second_order_nudge"]
    assert (one.treated, one.held, one.status) == (large[TREATED], large[HELD], "told")
    expected = newcombe(large[TREATED], large[HELD])
    assert (one.estimate, one.low, one.high) == (expected.estimate, expected.low, expected.high)
    assert 0 <= (one.better or 0) <= 1
    assert one.found == (stats.false_discovery_control([expected.p])[0] <= 0.1)
    few = told["thank_letter"]
    assert few.status == "few_data"
    assert (few.treated, few.held) == (small[TREATED], small[HELD])
    assert (few.estimate, few.low, few.better, few.found) == (None, None, None, False)
