"""The tables at which the steps meet: their columns, by name, and the bars.

Steps never call one another; an engine carries these tables from one to the next.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Int16 = NDArray[np.int16]
Int8 = NDArray[np.int8]
UInt8 = NDArray[np.uint8]


class Events(NamedTuple):
    """What happened, sorted by person, then `at`, then `seq`: one row an event.

    `kind` is a code of `events.CODES` (or the record's for unknown kinds), `ref` the
    `ref_key` of order, product, ticket or channel, `amount` minor units of the shop's
    currency (net of tax and shipping), `grade` stars, severity or score, `flags` bits of
    `model.Flag`, `other` the second person of an act (0: none known).
    """

    person: Int64
    at: Int64
    kind: Int16
    ref: Int64
    amount: Int64
    grade: Int16
    flags: Int16
    other: Int64


EVENT_COLUMNS = ("person", "at", "seq", "kind", "ref", "amount", "grade", "flags", "other")


class Bar(NamedTuple):
    """The frozen statistics of one quarter, from what happened strictly before `quarter`.

    `quarter` is its first instant; amounts are minor units; `gap` is microseconds.
    None: there is none, because too few people bought (or none met Member's entry rule).
    `raw_premier` is the estimate before rounding and publication rules.
    """

    quarter: int
    premier_bar: int | None
    median_member_spend: int | None
    gap: int
    buyers: int
    raw_premier: int | None = None
    bought_in_window: int = 0


class Transition(NamedTuple):
    """A move of one person: levels are places on the policy's ladder, -1 before the first."""

    person: int
    at: int
    from_level: int
    to_level: int
    cause: str  # event | check | due | policy | identity


CAUSES = ("event", "check", "due", "policy", "identity")
