"""Everybody's value: read as it is written, frozen for a quarter, named where it is unknown."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.workspace.ledgers import TODAY, Bought, Ledger, ledger, version

from thang.model import DAY
from thang.river.lifetime.summary import Purchases, rfm_of
from thang.river.profit.ledger import Filled
from thang.workspace.buyers import batches
from thang.workspace.cohorts import cohorts
from thang.workspace.valued import Summed
from thang.workspace.valuing import _told, value_everybody

MARGIN = "costs: {margin: 0.4, acquisition: 20000}\n"
NUMBERS = ("alive", "purchases", "value", "value_low", "value_high", "valuable", "profit",
           "profit_low", "profit_high", "profitable")  # fmt: skip
MEMBER = 3


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path / "shop") as found:
        yield found


def bought(people: int, seed: int = 1, years: int = 3) -> Bought:
    """Invented buyers of different pace, age and order."""
    dice, rows = np.random.default_rng(seed), []
    for who in range(1, people + 1):
        pace, order, day = (
            dice.gamma(1.0, 0.02),
            dice.gamma(4, 50_000),
            dice.integers(1, 365 * years),
        )
        while day > 0:
            rows.append((who, int(day), int(dice.gamma(3, order / 3)) + 1_000))
            day -= 1 + int(dice.exponential(1 / max(pace, 1e-3)))
            if dice.random() < 0.15:
                break
    return rows


def judged(shop: Ledger, number: int = 1, more: str = "") -> Summed:
    value_everybody(shop.record, shop.projection, version(number, more))
    told = _told(shop.projection)
    assert told is not None
    return told


def test_batches_are_the_summaries_that_purchases_make(shop: Ledger) -> None:
    rows = bought(5_000)
    shop.write(rows)
    who, ago, money = (np.array(column) for column in zip(*rows, strict=True))
    day = (TODAY - ago).astype(np.int32)
    expected = rfm_of(Purchases(who, day, money.astype(np.float64)), TODAY)
    found = list(batches(shop.projection, (TODAY + 1) * DAY - 1, TODAY, rows=2_048))
    assert len(found) > 1
    for name in ("person", "frequency", "recency", "age", "paid", "spend", "first"):
        values = np.concatenate([getattr(one.summary, name) for one in found])
        assert values == pytest.approx(getattr(expected, name)), name


def test_cohorts_are_those_counted_one_by_one(shop: Ledger) -> None:
    rows = bought(300)
    shop.write(rows)
    months = [(who, np.datetime64(TODAY - ago, "D").astype("datetime64[M]"), m)
              for who, ago, m in rows]  # fmt: skip
    first: dict[int, Any] = {}
    for who, month, _ in months:
        first[who] = min(first.get(who, month), month)
    active: dict[Any, set[int]] = defaultdict(set)
    revenue: dict[Any, int] = defaultdict(int)
    for who, month, money in months:
        later = int((month - first[who]).astype(int))
        active[str(first[who]), later].add(who)
        revenue[str(first[who]), later] += money
    found = cohorts(shop.projection, TODAY)
    assert len(found) == 24
    for one in found:
        assert one.people == one.active[0]
        for later, people in enumerate(one.active):
            assert people == len(active[one.month, later])
            assert one.revenue[later] == revenue[one.month, later]


def test_a_shop_with_margin_is_told_of_value_and_profit(shop: Ledger) -> None:
    rows = bought(600)
    shop.write(rows, {who: {"support": 5_000} for who in range(1, 60)})
    told = judged(shop, more=MARGIN)
    assert (told.status, told.profit_status, told.of_margin) == ("model", "told", True)
    assert told.totals is not None
    assert 0 < told.totals.low < told.totals.value < told.totals.high
    assert told.totals.revenue == sum(money for _, _, money in rows)
    assert 0 < told.valuable < told.buyers
    values = shop.rows()
    assert len(values) == told.people == 600
    assert told.totals.value == pytest.approx(sum(row["value"] for row in values))
    assert told.growth[-1] == pytest.approx(1)
    assert told.whale is not None
    assert told.whale.points[-1][1] == pytest.approx(1)
    fillings = {one.what: one for one in told.fillings}
    assert fillings["margin_of_policy"].figure == pytest.approx(0.4)
    assert fillings["acquisition_of_policy"].people == 600
    for row in values:
        assert all(row[name] is not None for name in NUMBERS)
        assert row["value_low"] <= row["value_high"]
        assert 0 <= row["valuable"] <= 1
        assert 0 <= row["profitable"] <= 1
        assert row["enough"] & 1


def test_revenue_tells_of_the_top_as_sorting_does(shop: Ledger) -> None:
    rows = bought(400)
    shop.write(rows)
    sums: dict[int, int] = defaultdict(int)
    for who, _, money in rows:
        sums[who] += money
    best = sorted(sums.values(), reverse=True)
    told = judged(shop)
    assert told.revenue.top_10 == pytest.approx(sum(best[:40]) / sum(best), abs=1e-3)
    assert told.revenue.top_20 == pytest.approx(sum(best[:80]) / sum(best), abs=1e-3)


def test_without_a_margin_value_is_of_revenue_and_profit_is_unknown(shop: Ledger) -> None:
    shop.write(bought(200))
    told = judged(shop)
    assert (told.of_margin, told.margin, told.profit_status) == (False, None, "margin_unknown")
    assert "goods" in told.missing
    assert told.whale is None
    assert told.judged_profit == 0
    for row in shop.rows():
        assert row["profit"] is None
        assert row["profitable"] is None
        assert row["note"] & Filled.MARGIN_UNKNOWN
        assert not row["enough"] & 2
        assert row["value"] >= 0


def test_a_member_who_surely_costs_more_is_a_barnacle_and_a_lead_is_not(shop: Ledger) -> None:
    spent = {who: {"return": 1_500_000} for who in (1, 2)}
    rows = [(who, ago, money) for who, ago, money in bought(300) if who > 2]
    rows += [(who, ago, 40_000) for who in (1, 2) for ago in range(50, 1_000, 60)]
    shop.write(rows, spent)
    shop.stand(1, MEMBER)
    shop.stand(2, 0)
    told = judged(shop, more=MARGIN)
    assert told.barnacles == 1
    assert told.losing >= 2
    assert [row["person"] for row in shop.rows() if row["barnacle"]] == [1]


def test_who_only_cost_something_is_counted_without_a_value(shop: Ledger) -> None:
    shop.write(bought(100), {900: {"support": 70_000}, 901: {"refused": 2}})
    told = judged(shop, more=MARGIN)
    assert (told.people, told.buyers) == (102, 100)
    costly = shop.rows()[-2]
    assert (costly["person"], costly["value"], costly["enough"] & 1) == (900, None, 0)
    assert costly["profit"] < 0


def frozen(shop: Ledger) -> list[Any]:
    return shop.record.findings("yardstick_value")


def test_the_measure_is_frozen_for_a_quarter(shop: Ledger) -> None:
    shop.write(bought(200))
    first = judged(shop)
    tau = first.tau
    again = judged(shop)
    assert (again.tau, len(frozen(shop))) == (tau, 1)
    assert json.loads(json.dumps(frozen(shop)[0].body))["tau"] == tau
    shop.write(bought(250, seed=2))
    assert judged(shop).tau == tau
    assert len(frozen(shop)) == 1
    shop.write(bought(250, seed=2), today=TODAY + 95)
    assert judged(shop).tau != tau
    assert len(frozen(shop)) == 2
    assert frozen(shop)[0].at < frozen(shop)[1].at


@pytest.mark.parametrize("what", ["another policy", "a margin", "a shop of another size"])
def test_the_measure_is_made_anew_when_the_shop_is_another(shop: Ledger, what: str) -> None:
    shop.write(bought(100))
    judged(shop)
    if what == "another policy":
        judged(shop, number=2)
    elif what == "a margin":
        shop.write(bought(100), {1: {"costed": 10_000, "goods": 6_000}})
        assert judged(shop).margin == pytest.approx(0.4)
    else:
        shop.write(bought(300))
        judged(shop)
    assert len(frozen(shop)) == 2


def test_few_who_came_back_are_told_by_their_rate(shop: Ledger) -> None:
    rows = [(who, 300 + who, 100_000 + 1_000 * who) for who in range(1, 80)]
    rows += [(who, 200, 150_000) for who in range(1, 40)]
    shop.write(rows)
    told = judged(shop)
    assert told.status == "spend_rate"
    assert told.totals is not None
    assert told.tau is not None
    values = shop.rows()
    assert all(row["enough"] & 1 for row in values)
    came = np.mean([row["value"] for row in values[:39]])
    assert came > np.mean([row["value"] for row in values[39:]])


HOSTILE: dict[str, tuple[Bought, dict[int, dict[str, Any]], str]] = {
    "nobody": ([], {}, "nobody"),
    "costs without customers": ([], {1: {"support": 50}, 2: {"goods": 70}}, "nobody"),
    "one buyer": ([(1, 200, 5_000)], {}, "no_repeat_buyers"),
    "five buyers": ([(w, 200 - 9 * w, 5_000) for w in range(5)] + [(1, 5, 100)], {}, "spend_rate"),
    "bought today": ([(w, 0, 5_000) for w in range(40)], {}, "young"),
    "no amounts": ([(w, 100 + d, 0) for w in range(60) for d in (0, 40)], {}, "no_money"),
    "all refunded": ([(w, 100 + d, -500) for w in range(60) for d in (0, 40)], {}, "no_money"),
    "never came back": ([(w, 100 + w, 9_000) for w in range(60)], {}, "no_repeat_buyers"),
    "great amounts": ([(w, 100 + d, 10**15) for w in range(60) for d in (0, 40)], {}, "model"),
    "all alike": ([(w, 100 + d, 5_000) for w in range(60) for d in (0, 40)], {}, "model"),
    "all cost more": (
        [(w, 100 + d, 5_000) for w in range(60) for d in (0, 40)],
        {w: {"return": 10**9, "minutes": 9_999} for w in range(60)}, "model",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("costs", ["", MARGIN])
def test_hostile_shops_get_a_named_status_and_no_nonsense(
    shop: Ledger, name: str, costs: str
) -> None:
    rows, spent, status = HOSTILE[name]
    shop.write(rows, spent)
    told = judged(shop, more=costs)
    assert told.status == status
    assert told.people == len(shop.rows())
    for row in shop.rows():
        known = [row[column] for column in NUMBERS if row[column] is not None]
        assert np.isfinite(known).all()
        for chance in ("alive", "valuable", "profitable"):
            assert row[chance] is None or 0 <= row[chance] <= 1
        if row["value"] is not None:
            assert 0 <= row["value_low"] <= row["value_high"]
        if row["profit"] is not None:
            assert row["profit_low"] <= row["profit"] <= row["profit_high"]
        if status in ("nobody", "young", "no_money", "no_repeat_buyers"):
            assert not row["enough"] & 1
    if status in ("nobody", "young", "no_money"):
        assert told.totals is None
        assert all(row["value"] is None for row in shop.rows())
