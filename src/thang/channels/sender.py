"""What every sender is: it hands a message to a provider and says honestly what came of it.

The answers are four, because a network has four: the provider took the message; it certainly
did not and never will; it certainly did not and may later; nobody knows. A sender that
cannot tell says `Unknown`; it never guesses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a provider gets it. `to` is an address of the channel's own kind.

    `template` and `fields` are for channels whose provider keeps approved templates (ZNS);
    `unsubscribe_url` is empty in service messages.
    """

    to: str
    subject: str = ""
    text: str = ""
    html: str = ""
    purpose: str = "marketing"
    unsubscribe_url: str = ""
    template: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


class Fault(StrEnum):
    """Whose fault a refusal is, which decides what is done about it."""

    MESSAGE = "message"  # this text cannot be sent to anybody so: the message has failed
    ADDRESS = "address"  # nobody can be reached there: the address is used no more
    WINDOW = "window"  # the platform's window is closed: the message has failed here
    CHANNEL = "channel"  # token revoked, account blocked: the channel rests, the message waits


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it, and calls it this."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider certainly did not take it; `why` is one sentence without personal data."""

    why: str
    fault: Fault = Fault.MESSAGE


@dataclass(frozen=True, slots=True)
class Busy:
    """The provider certainly did not take it now; ask again after so many seconds, if it said."""

    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been taken: the line broke, or the provider failed on its own side."""

    why: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Asked by its key, the provider knows no such message."""


class Sender(Protocol):
    """One channel's way out.

    `keyed`: the provider takes a message of one key only once, however often it is sent.
    `can_look_up`: it can be asked by that key what became of a message.
    """

    @property
    def key(self) -> str:
        """The channel's key, such as `sms`."""

    @property
    def keyed(self) -> bool:
        """Whether sending the same key again is safe."""

    @property
    def can_look_up(self) -> bool:
        """Whether `look_up` ever says more than `Unknown`."""

    def send(self, message: Outgoing, idempotency_key: str) -> Sent | Refused | Busy | Unknown:
        """Hand a message to the provider, within a minute."""

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """What the provider knows of a message that was sent under this key."""
