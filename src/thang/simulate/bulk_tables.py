"""The mix of the benchmark rows, as tables that a random number points into."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from thang.river.events import CODES
from thang.river.tables import Int16, Int64

SIZE = 1 << 16  # entries of a table, so that two random bytes choose one

# Shares of the rows that belong to no order, in thousandths of all rows.
MIX: Mapping[str, int] = {
    "page": 170, "product_viewed": 260, "product_list_viewed": 60, "email_opened": 60,
    "link_clicked": 40, "live_chat_message_sent": 70, "live_chat_message_received": 40,
    "product_added": 35, "checkout_started": 15,
    "referral_sent": 14, "referral_clicked": 10, "referral_converted": 6,
    "membership_joined": 5, "product_reviewed": 7, "post_shared": 3, "product_shared": 2,
    "ticket_opened": 2, "ticket_resolved": 1,
}  # fmt: skip
ABOUT_PRODUCTS = ("product_viewed", "product_added", "product_reviewed", "product_shared")
ORDER_ROWS = 0.2  # of all rows: placed, and delivered or cancelled
CANCELLED = 0.015  # of orders
REFUNDED = 0.017  # of orders that are followed by a row which is free for it

EVENTS_EACH = 20.0  # mean rows of a person
TAIL = 2.2  # of the Lomax curve they are drawn from: the mean exists, the variance hardly
MONEY_STEP = 1_000
MONEY_MEDIAN = 300_000.0
MONEY_SPREAD = 0.8  # deviation of the logarithm
PRODUCTS = 500


def _kinds() -> Int16:
    edges = np.cumsum([0, *MIX.values()]) * SIZE // sum(MIX.values())
    codes = np.array([CODES[kind] for kind in MIX], dtype=np.int16)
    return np.repeat(codes, np.diff(edges))


def _counts() -> Int64:
    ranks = (np.arange(SIZE) + 0.5) / SIZE
    curve = (1.0 - ranks) ** (-1.0 / TAIL) - 1.0
    scaled = curve * (EVENTS_EACH - 0.5) / curve.mean()
    return _whole(np.rint(scaled + 0.5), 1)


def _money() -> Int64:
    """Ticks of a logistic curve in the logarithm: like a bell, with an inverse one can write."""
    ranks = (np.arange(SIZE) + 0.5) / SIZE
    z = np.log(ranks / (1.0 - ranks)) * np.sqrt(3.0) / np.pi
    money = MONEY_MEDIAN * np.exp(MONEY_SPREAD * z)
    return _whole(np.rint(money / MONEY_STEP), 20) * MONEY_STEP


def _whole(values: NDArray[np.float64], least: int) -> Int64:
    whole: Int64 = np.maximum(values, least).astype(np.int64)
    return whole


KIND_OF, COUNTS, MONEY = _kinds(), _counts(), _money()
# Orders take two rows of one person: so many of such pairs are orders.
ORDER_PAIRS = ORDER_ROWS * float(COUNTS.sum() / (2 * (COUNTS // 2)).sum())
STARS = np.array([5] * 9 + [4] * 4 + [3, 2, 1], dtype=np.int16)
SEVERITIES = np.array([1] * 9 + [2] * 5 + [3] * 2, dtype=np.int16)
