"""The two real files, counted: every row accounted for, orders and refunds as their papers say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from thang.sources.files import ShopFacts

from .reading import events, opened

DATA = Path(__file__).parents[3] / "shared" / "data"


def real(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return path


def test_cdnow_is_one_purchase_a_row() -> None:
    found = list(opened(real("cdnow_master.txt"), ShopFacts("USD", "UTC")))
    told = events(found)
    assert sum(g.rows for g in found) == len(told) == 69_659
    assert len({e.identifiers for e in told}) == 23_570
    assert sum(e.amount or 0 for e in told) == 250_031_563
    assert sum(e.amount == 0 for e in told) == 80
    assert len({e.ref for e in told}) == 69_659


@pytest.mark.soak  # in tests/golden the same rows are accounted for by an import
def test_online_retail_is_gathered_into_orders() -> None:
    found = list(opened(real("online_retail_ii_y1.parquet"), ShopFacts("GBP", "Europe/London")))
    assert sum(g.rows for g in found) == 525_461
    refused = Counter()
    for gathered in found:
        if gathered.refused:
            refused[gathered.refused.reason] += gathered.rows
    # 107,927 lines have no customer, three of them adjustments of the books.
    assert refused["no_customer"] + refused["adjustment"] == 107_927
    kinds = Counter(e.kind for e in events(found))
    assert kinds["order_completed"] == 19_215
    people = {e.identifiers for e in events(found) if e.kind == "order_completed"}
    assert len(people) == 4_314
