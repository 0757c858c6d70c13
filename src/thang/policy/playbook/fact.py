"""What a fact is: a name, and how its number is come by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from thang.policy.schema import Where

PERSON, SHOP = "person", "shop"


class What(StrEnum):
    """How a fact is come by."""

    # from events of `kinds` that `where` admits, in the last `within_days` (None: ever)
    COUNT = "count"
    SUM = "sum"  # their amounts, minor units
    DAYS = "days"  # distinct shop days with one
    MONTHS = "months"  # distinct shop months with one
    OPEN = "open"  # things opened in that time and not closed by `closes` since
    SINCE = "since"  # days since the last one; unknown where there was none
    # from what was derived of the events
    ORDERS = "orders"  # counting orders by the day they were placed
    SPEND = "spend"  # their net money, minor units
    FIRST = "first"  # first orders ever, by the day they were placed
    SINCE_ORDER = "since_order"  # days since the last counting order was placed
    RISES = "rises"  # moves up the ladder
    FALLS = "falls"  # moves down the ladder
    PLACE = "place"  # `of`: a figure of the person's place on the ladder
    ON = "on"  # whether the person's level is `of`
    HOLDS = "holds"  # whether the person holds the rung `of`, whichever level that makes
    MEMBER = "member"  # whether the person is in the group `of`
    SCORE = "score"  # the chance that the person is of the group `of`
    VALUE = "value"  # `of`: a figure of what the person brings
    CONSENT = "consent"  # whether they agreed to advertising on the channel `of`
    STATE = "state"  # `of`: another figure of the person
    SHOP = "shop"  # `of`: a figure of the shop
    OWN = "own"  # `of`: a figure of this strategy, or of this enrolment in it


COUNTED = frozenset(
    {
        What.COUNT, What.SUM, What.DAYS, What.MONTHS, What.OPEN, What.ORDERS, What.SPEND,
        What.FIRST, What.RISES, What.FALLS,
    }
)  # fmt: skip
FROM_EVENTS = frozenset(
    {What.COUNT, What.SUM, What.DAYS, What.MONTHS, What.OPEN, What.SINCE}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One name of the vocabulary.

    `scope` shop: it is the same for everybody, and counts everybody's events. `by`, for what
    is open: each thing by its name ("ref"), or one switch for the person ("person"). `lasting`:
    it says how things stand, so that it counts from no enrolment on.
    """

    name: str
    what: What
    says: str
    kinds: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    by: str = "ref"
    within_days: int | None = None
    where: Where = Where()
    of: str = ""
    scope: str = PERSON
    lasting: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether it counts what happens, so that a success counts it from the enrolment on."""
        return self.what in COUNTED and not self.lasting
