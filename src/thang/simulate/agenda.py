"""What is due when: time goes from one appointment to the next, never back."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from thang.model import Event
from thang.simulate.releases import Release


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
    RELEASE = "release"
    TRY = "try"
    SPEAK = "speak"
    FULFIL = "fulfil"
    ASK = "ask"
    WRITE = "write"
    CAMPAIGN = "campaign"
    EXTRA_ORDER = "extra_order"
    JOIN_RING = "join_ring"
    TAKE_CHEAPLY = "take_cheaply"


class Order(NamedTuple):
    """One order: its id, its product, and its net money in minor units.

    An extra one, made by a failure forgiven or a campaign, has no next order after it.
    """

    id: str
    product: str
    amount: int
    extra: bool = False


class Failure(NamedTuple):
    """What went wrong with an order: its ticket, how bad, and by whose fault."""

    order: Order
    ticket: str
    severity: int
    fault: str
    found_by: str
    recovery: str = ""


About = Order | Failure | Release | int | str | None


class Due(NamedTuple):
    """An appointment of a person (by place); what it is about is known to the act.

    Acts of the shop itself (release, ask, write, campaign, ring) are noted under nobody's place, 0.
    """

    act: Act
    who: int
    about: About = None


class Agenda:
    """A heap of appointments and of events already decided; equal instants keep their order."""

    def __init__(self, end: int) -> None:
        self._heap: list[tuple[int, int, Due | Event]] = []
        self._turn = count()
        self._end = end
        self._now = 0

    @property
    def now(self) -> int:
        """The instant of what happened last."""
        return self._now

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
