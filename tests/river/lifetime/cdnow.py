"""The published sample of CDNOW, one customer in ten: 39 weeks to fit on, 39 to forecast."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from thang.river.lifetime.rows import Summary
from thang.river.lifetime.summary import Purchases, bought_between, rfm_of
from thang.river.tables import Int64

DATA = Path(__file__).parents[4] / "shared" / "data"
CHOSEN = Path(__file__).with_name("cdnow_sample.txt")  # which customers; the data lie elsewhere
EPOCH = date(1970, 1, 1)
FITTED = (date(1997, 9, 30) - EPOCH).days
LAST = (date(1998, 6, 30) - EPOCH).days
WEEK = 7


@cache
def purchases() -> Purchases:
    """What the 2,357 bought; money in cents."""
    path = DATA / "cdnow_master.txt"
    if not path.exists():
        pytest.skip("../shared/data/cdnow_master.txt is not here: skipping the CDNOW judge")
    chosen = {int(word) for word in CHOSEN.read_text("utf-8").split()}
    rows = [line.split() for line in path.read_text("ascii").splitlines()[1:]]
    kept = [
        (int(row[0]), day(row[1]), float(row[3]) * 100) for row in rows if int(row[0]) in chosen
    ]
    person, days, money = zip(*kept, strict=True)
    return Purchases(np.array(person), np.array(days, np.int32), np.array(money))


def day(text: str) -> int:
    return (date(int(text[:4]), int(text[4:6]), int(text[6:])) - EPOCH).days


@cache
def fitted_on() -> Summary:
    """The first 39 weeks, one row a customer."""
    return rfm_of(purchases(), FITTED)


@cache
def came_true() -> Int64:
    """Repeat purchases of each in the 39 weeks after."""
    return bought_between(purchases(), fitted_on().person, FITTED, LAST)
