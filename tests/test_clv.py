"""The door for programs: Arrow in, Arrow out, and the same scores from a warehouse's SQL."""

from __future__ import annotations

import datetime

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.river.lifetime.shops import lived

from thang import clv
from thang.model import WrongInput

DAYS = pa.array([datetime.date(2026, 1, d) for d in (1, 5, 5, 9, 2, 3, 30)])
ORDERS = pa.table(
    {
        "buyer": ["An Ví-dụ", "An Ví-dụ", "An Ví-dụ", "An Ví-dụ", "Bình Ví-dụ", None, "Chi Ví-dụ"],
        "day": DAYS,
        "money": pa.array([100.0, 40, 10, None, 70, 5, 9]),
    }
)


def told(orders: object) -> list[tuple[object, ...]]:
    found = clv.summarise(orders, "buyer", "day", "money", "2026-01-20")
    return [tuple(row.values()) for row in found.table.to_pylist()]


def test_orders_become_a_summary_whoever_brings_them() -> None:
    expected = [("An Ví-dụ", 2, 8, 19, 1, 50.0, 100.0), ("Bình Ví-dụ", 0, 0, 18, 0, 0.0, 70.0)]
    assert told(ORDERS) == expected
    assert told(ORDERS.to_pandas()) == expected
    assert told(duckdb.sql("SELECT * FROM ORDERS")) == expected
    stamps = ORDERS.set_column(1, "day", DAYS.cast(pa.timestamp("us")))
    assert told(stamps) == expected
    texts = ORDERS.set_column(1, "day", DAYS.cast(pa.string()))
    assert told(texts) == expected


def test_a_day_of_refunds_alone_is_no_purchase() -> None:
    back = pa.table(
        {
            "buyer": ["An Ví-dụ", "An Ví-dụ", "Bình Ví-dụ"],
            "day": pa.array([datetime.date(2026, 1, d) for d in (7, 9, 5)]),
            "money": pa.array([-30.0, -10, -5]),
        }
    )
    assert told(pa.concat_tables([ORDERS, back])) == told(ORDERS)
    same_day = back.set_column(1, "day", pa.array([datetime.date(2026, 1, 5)] * 3))
    assert told(pa.concat_tables([ORDERS, same_day]))[0] == (
        "An Ví-dụ", 2, 8, 19, 1, 10.0, 100.0,
    )  # fmt: skip


def test_what_cannot_be_read_is_refused_with_the_cure() -> None:
    with pytest.raises(WrongInput, match="no column 'sum'"):
        clv.summarise(ORDERS, "buyer", "day", "sum", "2026-01-20")
    with pytest.raises(WrongInput, match="cannot be read"):
        clv.summarise(ORDERS, "buyer", "buyer", "money", "2026-01-20")
    with pytest.raises(WrongInput, match="no column 'age'"):
        clv.fit(pa.table({"id": [1], "frequency": [0], "recency": [0]}))
    with pytest.raises(WrongInput, match="holdout needs the orders"):
        clv.fit(pa.table({"id": [1], "frequency": [0], "recency": [0], "age": [3]})).holdout()


def shop(people: int = 4_000) -> clv.Rfm:
    summary = lived(31, people)[0]
    ids = pa.array([f"k{i}" for i in range(people)])
    return clv.Rfm(ids, summary)


def test_scores_come_in_batches_with_the_ids_and_words_for_the_flags() -> None:
    rfm = shop()
    found = clv.fit(rfm.table, model="bg")
    assert (found.status, found.model) == ("converged", "bg")
    assert set(found.params()) == {"r", "alpha", "a", "b", "p", "q", "gamma"}
    assert found.params(7)["alpha"] == pytest.approx(found.params()["alpha"] / 7)
    assert found.cov.shape == (4, 4)
    assert set(found.errors()) == {"r", "alpha", "a", "b"}
    assert found.rows < 4_000
    assert np.isfinite(found.loglik)
    assert found.dropped == 0
    scores = found.score(horizon=365, margin=0.5, interval=0.8).read_all()
    assert scores["id"].to_pylist() == rfm.ids.to_pylist()
    assert scores.schema.names == ["id", *clv.SCORES.names]
    asked = found.score(horizon=365, expected=True).read_all()
    assert asked.schema.names == [*scores.schema.names, *clv.EXPECTED.names]
    assert sum(column.null_count for column in scores.columns) == 0
    whole = found.score(horizon=365).read_all()
    assert whole["clv"].to_numpy() == pytest.approx(2 * scores["clv"].to_numpy())
    one_timer = rfm.summary.frequency == 0
    words = np.array(scores["flag"].to_pylist(), object)
    assert set(words[one_timer]) == {"one_timer shop_spend"}
    assert set(words[~one_timer]) == {""}


def test_other_customers_than_those_fitted_on_get_the_same_answers() -> None:
    rfm = shop()
    found = clv.fit(rfm, model="pareto")
    some = clv.Rfm(rfm.ids.slice(100, 50), rfm.summary.take(slice(100, 150)))
    theirs, whole = found.score(some).read_all(), found.score().read_all().slice(100, 50)
    assert theirs["id"].to_pylist() == whole["id"].to_pylist()
    for name in ("p_alive", "clv", "lo", "hi"):
        assert theirs[name].to_numpy() == pytest.approx(whole[name].to_numpy(), rel=1e-8)
    assert theirs["flag"].to_pylist() == whole["flag"].to_pylist()


@pytest.mark.parametrize("model", ["bg", "mbg", "pareto"])
@pytest.mark.parametrize("people", [4_000, 25])
def test_a_warehouse_comes_to_the_same_scores(model: str, people: int) -> None:
    found = clv.fit(shop(people), model=model)
    query, lookup = found.to_sql(horizon=365, margin=0.4)
    rfm = found.rfm.table
    with duckdb.connect() as warehouse:
        warehouse.register("rfm", rfm)
        warehouse.register("lookup", lookup)
        theirs = warehouse.sql(query).to_df().sort_values("id", ignore_index=True)
    mine = found.score(horizon=365, margin=0.4).read_all().to_pandas()
    mine = mine.sort_values("id", ignore_index=True)
    for name in ("p_alive", "purchases", "spend", "clv"):
        pd.testing.assert_series_equal(theirs[name], mine[name], rtol=1e-10)


def test_the_holdout_is_shown_best_first() -> None:
    dice = np.random.default_rng(3)
    rows = 9_000
    orders = pa.table(
        {
            "id": dice.integers(0, 2_500, rows),
            "day": pa.array(dice.integers(18_000, 18_700, rows).astype(np.int32), pa.date32()),
            "money": dice.gamma(3, 20, rows),
        }
    )
    found = clv.fit(clv.summarise(orders, "id", "day", "money", "2021-03-14"))
    table = found.holdout()
    assert table["model"][0].as_py() == found.model
    assert table["loglik"].to_pylist() == sorted(table["loglik"].to_pylist(), reverse=True)
    assert found.holdout(days=90)["days"].to_pylist() == [90, 90, 90]
