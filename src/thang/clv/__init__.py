"""Lifetime value for programs: orders in, scores out, both as Arrow tables.

    rfm = clv.summarise(orders, id="customer", date="day", amount="money", end="2026-06-30")
    found = clv.fit(rfm)
    scores = found.score(horizon=365, annual_discount=0.10, margin=0.35).read_all()

`orders` may be anything that speaks Arrow: tables, DuckDB relations, pandas and polars frames.
"""

from __future__ import annotations

from thang.clv.fits import EXPECTED, SCORES, Fit, fit
from thang.clv.summaries import SUMMARY, Rfm, rfm_from, summarise

__all__ = ["EXPECTED", "SCORES", "SUMMARY", "Fit", "Rfm", "fit", "rfm_from", "summarise"]
