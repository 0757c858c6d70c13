"""What the rules of contact are asked about: a wish to write, and what is known of the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MARKETING, SERVICE = "marketing", "service"
GRANTED, WITHDRAWN = "granted", "withdrawn"
EVERY = ""  # a withdrawal or suppression of every channel, or of every purpose


class Why(StrEnum):
    """Why a message is not sent, or not yet."""

    HELD_OUT = "held out of the strategy"
    STALE = "too late to be sent"
    NO_CHANNEL = "there is no such channel"
    NO_ADDRESS = "no address for the channel"
    SUPPRESSED = "the address is not to be used"
    NO_CONSENT = "no consent for channel and purpose"
    NO_ADS = "the channel takes no advertising"
    WINDOW = "the platform's window is closed"
    FREE_USED = "the platform's free replies are used"
    HOURS = "quiet hours"
    PAUSED = "the channel or the strategy is paused"
    MUTED = "a serious ticket is open"
    CAP_DAY = "enough for today"
    CAP_WEEK = "enough for this week"
    CAP_LAW = "the law's limit for one day"
    OTHER_STRATEGY = "another strategy wrote today"


def strategy_paused(strategy: str) -> str:
    """How a strategy that is called off is named among what is paused."""
    return f"strategy:{strategy}"


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that is to go out; channels in order of preference, instants in microseconds."""

    strategy: str
    purpose: str
    channels: tuple[str, ...]
    due: int
    treated: bool = True


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person said to being written to on a channel for a purpose."""

    channel: str
    purpose: str
    granted: bool
    at: int


@dataclass(frozen=True, slots=True)
class Address:
    """One of a person's identifiers by which a channel reaches them, by its number.

    `closed` are the channels for which it is suppressed, each with the instant until which.
    """

    number: int
    namespace: str
    closed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """A span in which a platform lets the shop write, and what opened it."""

    channel: str
    at: int
    expires_at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Touch:
    """A message that went out, or may have."""

    at: int
    channel: str
    purpose: str
    strategy: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person at the moment of asking.

    `severity` is that of their worst open ticket, `few` says that little should be asked of
    them, `paused` until when channels and strategies rest.
    """

    consents: tuple[Consent, ...] = ()
    addresses: tuple[Address, ...] = ()
    windows: tuple[Window, ...] = ()
    touches: tuple[Touch, ...] = ()
    severity: int = 0
    few: bool = False
    paused: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may go out now on this channel, to this address (0: none is needed), before `until`."""

    channel: str
    address: int
    until: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """It may not go out now; `until` is when to ask again, None: never."""

    why: Why
    until: int | None = None


Verdict = Allowed | Withheld
