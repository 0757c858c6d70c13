"""What is due when: time goes from one appointment to the next, never back."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from thang.model import Event


class Act(StrEnum):
    """What a person, a parcel or the shop can be due to do."""

    ARRIVE = "arrive"
    BROWSE = "browse"
    ORDER = "order"
    ARRIVE_PARCEL = "arrive_parcel"
    REVIEW = "review"
    TELL = "tell"
    FOLLOW_LINK = "follow_link"
    GO_WRONG = "go_wrong"
    SETTLE = "settle"
    REFUND = "refund"
    LEAVE = "leave"


class Order(NamedTuple):
    """One order: its id, its product, and its net money in minor units."""

    id: str
    product: str
    amount: int


class Due(NamedTuple):
    """An appointment of a person (by place); about an order, or the place of a friend."""

    act: Act
    who: int
    about: Order | int | None = None


class Agenda:
    """A heap of appointments and of events already decided; equal instants keep their order."""

    def __init__(self, end: int) -> None:
        self._heap: list[tuple[int, int, Due | Event]] = []
        self._turn = count()
        self._end = end
        self._now = 0

    def put(self, at: int, item: Due | Event) -> None:
        """Note it, unless it would come after the end; never before what is happening now."""
        if at < self._now:
            raise ValueError(f"an appointment at {at} would lie before now, {self._now}")
        if at < self._end:
            heappush(self._heap, (at, next(self._turn), item))

    def __iter__(self) -> Iterator[tuple[int, Due | Event]]:
        while self._heap:
            self._now, _, item = heappop(self._heap)
            yield self._now, item
