"""What every live source answers: is this call yours, what does it say, what is to be asked next.

A source is pure: it neither opens a connection nor reads a clock. Whoever carries the bytes stores
a payload before anybody looks into it, maps it afterwards, and keeps the cursors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from thang.model import Gathered
from thang.policy.shapes import Field

MINUTE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Call:
    """A webhook as it came: the very bytes, headers in small letters, and the address called."""

    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Payload:
    """What is stored: what the platform says it is about, and its bytes. `id`: its own number for
    this delivery, where it gives one.
    """

    topic: str
    body: bytes = field(repr=False)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A thing of which only the number is known: to be asked for, not before `after` seconds."""

    what: str
    ref: str
    after: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a payload says: events and refusals, what must be asked for, and how many things in it
    are of no use to a shop's history.
    """

    gathered: tuple[Gathered, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    passed: int = 0
    raws: tuple[Callable[[], str], ...] = ()  # how each of what was gathered came


@dataclass(frozen=True, slots=True)
class Own:
    """What a shop says of itself at one platform: its settings, secrets among them."""

    said: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getitem__(self, key: str) -> str:
        """A setting; empty where the shop says nothing of it."""
        return self.said.get(key, "")

    def listed(self, key: str) -> tuple[str, ...]:
        """A setting of several words."""
        return tuple(self[key].split())

    def on(self, key: str) -> bool:
        """A setting that is yes or no."""
        return self[key] == "true"


@dataclass(frozen=True, slots=True)
class Facts:
    """What mapping needs to know of the shop; `now` in microseconds."""

    source: str
    currency: str
    currencies: frozenset[str]
    region: str | None
    tz: str
    now: int


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: a path on the platform's host (or a whole address), with its query in order."""

    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered; headers in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class Trouble(Enum):
    """Why an answer is none."""

    BUSY = "busy"  # too many calls: come again later
    DOWN = "down"  # the platform's own fault
    EXPIRED = "expired"  # the token is dead
    REFUSED = "refused"  # it will be refused again
    STRANGE = "strange"  # nobody understands it


class TroubleError(Exception):
    """An answer that brings nothing; `wait`: seconds that the platform asks for."""

    def __init__(self, trouble: Trouble, wait: int = 0) -> None:
        super().__init__(trouble.value)
        self.trouble, self.wait = trouble, wait


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an answer. `cursor`: where to go on; `more`: at once, for there is more."""

    payloads: tuple[Payload, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    cursor: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """A list that is asked for from a cursor, so that what no webhook told is found all the same.

    `ask` and `read` may raise TroubleError. An empty cursor stands for the beginning.
    """

    ask: Callable[[str, Own, int], Ask]
    read: Callable[[Answer, str, Own, int], Page]
    every: int = 10 * MINUTE
    needs: tuple[str, ...] = ()  # settings without which it is not asked for


@dataclass(frozen=True, slots=True)
class Detail:
    """Things that are asked for by their numbers, at most `most` in one request."""

    ask: Callable[[tuple[str, ...], Own, int], Ask]
    read: Callable[[Answer, tuple[str, ...], Own], Page]
    most: int = 1
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, the one that renews it where there is one, and how many seconds it lives."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a platform gives a new token. `first`: the setting with the first refresh token, or
    empty where a token is given for the app's own secret; `when`: the setting that switches it on.
    """

    ask: Callable[[str, Own, int], Ask]
    read: Callable[[Answer], Grant]
    first: str = "refresh_token"
    when: str = ""
    host: str = ""


def _no_hello(_call: Call, _token: str) -> str | None:
    return None


def _no_rest(_answer: Answer) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Source:
    """A platform. `verify` sees the bytes before anything is read of them; `map` never fails.

    `weak`: it signs nothing, so that only the secret address protects it. `unverified`: what is
    built on others' accounts of the platform and not on its own word, a sentence each.
    """

    key: str
    name: str
    host: str
    settings: tuple[Field, ...]
    verify: Callable[[Call, Own], bool]
    opened: Callable[[Call], Payload]
    map: Callable[[Payload, Own, Facts], Told]
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    details: Mapping[str, Detail] = field(default_factory=dict)
    hello: Callable[[Call, str], str | None] = _no_hello
    rest: Callable[[Answer], int] = _no_rest  # seconds to hold back, as headers tell
    renewal: Renewal | None = None
    weak: bool = False
    unverified: tuple[str, ...] = ()
