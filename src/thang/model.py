"""The nouns every floor shares, and the errors a person may meet.

Instants are whole microseconds since 1970 in UTC (`int`), money is whole minor
units of a currency (`int`), days are numbers of shop days. Nothing here does
anything; everything here is said by somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag, StrEnum

SECOND = 1_000_000
DAY = 86_400 * SECOND


class Finality(StrEnum):
    """From which moment an order of a source counts; declared by its format, never guessed."""

    DELIVERED = "delivered"  # delivery is recorded: delivery + return window
    COMPLETED = "completed"  # it is not: completion + return window (also: unknown)
    FINAL = "final"  # tills and paid-up archives: completion itself


class Flag(IntFlag):
    """What an event says of itself in one bit each."""

    PUBLIC = 1  # others can see it: a public review, a share with a link or a click
    VERIFIED = 2  # the source vouches for it: a review by a buyer
    OK = 4  # said to have gone well: a useful answer, a solved ticket
    FAILED = 8  # said to have gone badly: a ticket closed without a solution
    SELF = 16  # the person did it to themself: a click on one's own referral
    AMOUNT = 32  # an amount was given (0 is an amount; none is not)
    DELIVERED = 64  # finality of the order's source, see `Finality`
    FINAL = 128
    THEIRS = 256  # a ticket about something that was the customer's own doing, not the shop's


class Cost(IntEnum):
    """What a recorded cost was for: the `grade` of a `cost_recorded`, whose `ref` is the order,
    ticket or campaign it belongs to. Money the customer was given off the price is DISCOUNT only
    where the order's amount does not show it already.
    """

    GOODS = 1
    DISCOUNT = 2
    SHIPPING = 3  # what the shop paid of it
    FEE = 4  # payment, platform, cash on delivery
    RETURN = 5  # parcels that came back
    CONTACT = 6
    SUPPORT = 7
    ACQUISITION = 8
    GIFT = 9  # rewards, samples


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """What one channel knows a person by: a namespace (`phone`, `customer`, …) and a value."""

    namespace: str
    value: str


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one person, as a source tells it and the record keeps it.

    `identifiers` name the person (any of them may name the same person again);
    `marks` are weak signs (device, payment, address hash) that never join two
    people but void a referral between them; `other` names the second person of
    an act: the friend who was referred, the one who clicked. `ref` says what the
    act is about: an order, a product, a ticket, a consent's channel. `personal`
    goes to the vault, never to the log; `properties` hold nothing personal.
    """

    source: str
    kind: str
    at: int
    identifiers: tuple[Identifier, ...]
    message_id: str | None = None
    marks: tuple[Identifier, ...] = ()
    other: tuple[Identifier, ...] = ()
    ref: str = ""
    amount: int | None = None
    currency: str = ""
    grade: int = 0
    flags: Flag = Flag(0)
    finality: Finality = Finality.COMPLETED
    personal: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not become an event: kept with its reason, never dropped.

    `where` is what a person would look for (`line 17`, `sheet "orders", row 3`),
    `raw` the row as it came (sealed by the record), `why` one sentence with the cure.
    """

    source: str
    where: str
    reason: str
    why: str
    raw: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows of a file that belong together, and what they became: events, or one refusal."""

    rows: int
    events: tuple[Event, ...] = ()
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the rows of one import: rows == stored + duplicate + refused, always.

    A row is a line of the file. Lines gathered into one order are stored with it;
    `events` is the number of events they became.
    """

    rows: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    events: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)


class ThangError(Exception):
    """Something a person can put right: one sentence with what is wrong, where, and the cure."""


class WrongInput(ThangError):
    """A file, a date or a name that cannot be used as it is."""


class WrongPolicy(ThangError):
    """A policy that does not say what it means; the sentence names file, line and key."""


class Unavailable(ThangError):
    """A part of the shop's folder cannot be used now: taken, full, or damaged."""


class Taken(Unavailable):
    """The shop's derived tables are held by another process, which may be asked instead."""
