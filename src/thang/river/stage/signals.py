"""What one monthly check of the stage asks of a shop's tables: counts, nothing judged yet.

None is a signal that nobody recorded: it is left out, never taken for 0.
"""

from __future__ import annotations

from dataclasses import dataclass

BLOCKS = 6  # of so many days before a check, the latest last: new customers, orders
BLOCK_DAYS = 30
LIVELY_DAYS = 90  # who bought within them counts as active, and as a buyer of the first question
TROUBLE_DAYS = 90  # incidents are asked of three months
REBUY_BLOCKS = 3
YOUNG_CYCLES, OLD_CYCLES = 3, 6  # between them the curve of those who come back has to be flat
COHORT_DAYS = 365  # cohorts that began longer ago tell of another product


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`."""

    k: int
    n: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its standard error."""

    mean: float
    error: float


@dataclass(frozen=True, slots=True)
class Signals:
    """The counts of one check. Days are the shop's, instants microseconds."""

    at: int
    launched: bool | None  # as the owner says
    buyers: int  # within `LIVELY_DAYS`, testers left out
    active: int
    fresh: tuple[int, ...]  # who bought for the first time, by block
    orders: tuple[int, ...]  # days with an order, by block
    existing: float | None  # share of these blocks' revenue from customers of before
    love: Share  # very disappointed without the product, of the regular customers who answered
    rebought: Share  # months in which somebody of an old cohort bought, of all such months
    third: Share  # of old enough cohorts: who bought in the third cycle after the first order
    sixth: Share  # and in the sixth
    cohorts: int  # months of first orders that are older than three cycles
    incidents: Share | None  # tickets of our own doing, and orders
    contribution: Estimate | None  # margin of all revenue before care and acquisition
    net_margin: Estimate | None  # and after them
