"""The few things that a provider's call may tell, whichever provider it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Unsigned(Exception):
    """The call is not signed as its provider signs."""


class Malformed(Exception):
    """The call is not of the form that its provider writes."""


@dataclass(frozen=True, slots=True)
class Told:
    """A call as it came: the very bytes, headers in small letters, and the address's query."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message that the provider took; `for_good`: its address is dead."""

    channel: str
    provider_id: str
    delivered: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Wrote:
    """Somebody did what lets the shop answer them; `at` in microseconds, `span` how long."""

    channel: str
    who: str = field(repr=False)
    at: int
    span: int
    reason: str


@dataclass(frozen=True, slots=True)
class OptedOut:
    """Somebody says, in words or by leaving, that they want no more of a channel."""

    channel: str
    who: str = field(repr=False)
    at: int


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody follows the account no longer, or again."""

    channel: str
    who: str = field(repr=False)
    back: bool


@dataclass(frozen=True, slots=True)
class Blocked:
    """The platform shuts the shop out of a channel, or lets it in again."""

    channel: str
    over: bool


@dataclass(frozen=True, slots=True)
class Bounced:
    """A letter that came back: the key of the message, and its address where that is dead."""

    key: str
    why: str
    dead: str = field(default="", repr=False)


Heard = Report | Wrote | OptedOut | Left | Blocked | Bounced
