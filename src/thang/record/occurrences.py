"""The how-manieth time something comes within one import, in a dozen bytes each.

Two identical rows of one file are two facts; the same file read again is none. What tells
them apart is that the n-th of its kind comes as the n-th again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

UInt64 = NDArray[np.uint64]
Int64 = NDArray[np.int64]


class Occurrences:
    """Counts digests. Sorted runs that double in size keep millions of them small and quick."""

    def __init__(self) -> None:
        self._runs: list[tuple[UInt64, Int64]] = []

    def number(self, digests: Sequence[bytes]) -> list[int]:
        """For each digest: 1 if it comes for the first time in this import, else 2, 3, …

        Only its first 8 bytes are kept; should two ever meet in them, the second is merely
        numbered 2, and will be again.
        """
        if not digests:
            return []
        short = np.frombuffer(b"".join(d[:8] for d in digests), dtype=np.uint64)
        distinct, place, many = np.unique(short, return_inverse=True, return_counts=True)
        earlier = sum((_count(run, distinct) for run in self._runs), np.zeros(len(distinct), int))
        self._add(distinct, many.astype(np.int64))
        numbers: list[int] = (earlier[place] + _rank(place, many)).tolist()
        return numbers

    def _add(self, distinct: UInt64, many: Int64) -> None:
        self._runs.append((distinct, many))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(_merged(before, last))


def _count(run: tuple[UInt64, Int64], wanted: UInt64) -> Int64:
    digests, many = run
    at = np.minimum(np.searchsorted(digests, wanted), len(digests) - 1)
    return np.where(digests[at] == wanted, many[at], 0)


def _rank(place: NDArray[np.intp], many: Int64) -> Int64:
    """1, 2, 3, … among equal ones, in the order in which they come."""
    order = np.argsort(place, kind="stable")
    starts = np.cumsum(many) - many
    rank = np.empty(len(place), dtype=np.int64)
    rank[order] = np.arange(len(place)) - np.repeat(starts, many) + 1
    return rank


def _merged(one: tuple[UInt64, Int64], two: tuple[UInt64, Int64]) -> tuple[UInt64, Int64]:
    digests = np.concatenate([one[0], two[0]])
    many = np.concatenate([one[1], two[1]])
    distinct, place = np.unique(digests, return_inverse=True)
    summed = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(summed, place, many)
    return distinct, summed
