"""Sets of event numbers as spans: what one import stored is one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thang.river.tables import Int64

Span = tuple[int, int]  # both ends inside


@dataclass(frozen=True)
class LeftOut:
    """The numbers of events that are left out, as disjoint spans in their order."""

    spans: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.spans)

    @property
    def events(self) -> int:
        """How many events are left out."""
        return sum(last - first + 1 for first, last in self.spans)

    def has(self, numbers: Int64) -> NDArray[np.bool_]:
        """Which of these events are left out."""
        if not self.spans:
            return np.zeros(len(numbers), np.bool_)
        ends = np.array(self.spans, np.int64)
        place = np.searchsorted(ends[:, 0], numbers, side="right") - 1
        found: NDArray[np.bool_] = (place >= 0) & (numbers <= ends[place, 1])
        return found


def without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What of disjoint sorted spans is in none of the others."""
    rest: list[Span] = []
    cuts, place = merged(others), 0
    for first, last in spans:
        begin = first
        # A cut may reach over several spans: the last one is looked at again.
        place = max(place - 1, 0)
        while place < len(cuts) and cuts[place][0] <= last:
            cut_first, cut_last = cuts[place]
            if cut_first > begin:
                rest.append((begin, cut_first - 1))
            begin = max(begin, cut_last + 1)
            place += 1
        if begin <= last:
            rest.append((begin, last))
    return rest


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in disjoint spans, in their order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def runs(numbers: Iterable[int]) -> list[Span]:
    """Numbers as spans of consecutive ones."""
    return merged((number, number) for number in set(numbers))
