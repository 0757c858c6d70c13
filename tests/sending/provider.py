"""A simulated provider with every fault a network has: it knows the truth of what was delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from thang.channels.sender import Absent, Busy, Fault, Outgoing, Refused, Sent, Unknown

HOUR = 3_600 * 1_000_000


class Lost(Exception):
    """The line broke."""


class Crash(BaseException):
    """The process that sends dies here: nothing after this point happens."""


@dataclass
class Faults:
    """Chances of each fault at one call, and spans of trouble (first and last instant)."""

    lost: float = 0.0  # nothing reaches the provider
    deaf: float = 0.0  # it takes the message, and its answer is lost
    failing: float = 0.0  # 5xx: half of the time it took the message before it failed
    refusing: float = 0.0
    dead: float = 0.0
    crash: float = 0.0  # the caller dies: half of the time after the provider took the message
    deaf_look_up: float = 0.0
    busy: tuple[int, int] = (0, 0)  # 429, and says when it ends
    revoked: tuple[int, int] = (0, 0)  # the token is refused
    down: tuple[int, int] = (0, 0)  # every call breaks


@dataclass
class Provider:
    """One channel's provider and its sender in one; `delivered` counts what truly arrived."""

    key: str
    now: Callable[[], int]
    dice: Random
    faults: Faults = field(default_factory=Faults)
    keyed: bool = True
    can_look_up: bool = True
    forgets_key: bool = False  # the planted fault: each try has a key of its own
    delivered: Counter[str] = field(default_factory=Counter)
    taken: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[int, str, Outgoing]] = field(default_factory=list)  # what truly arrived, when
    calls: Counter[str] = field(default_factory=Counter)

    def send(self, message: Outgoing, idempotency_key: str) -> Sent | Refused | Busy | Unknown:
        self.calls[idempotency_key] += 1
        trouble = self._trouble()
        if trouble is not None:
            return trouble
        faults, fate = self.faults, self.dice.random()
        if fate < faults.lost:
            raise Lost
        if fate < faults.lost + faults.refusing:
            return Refused("the text is not allowed")
        if fate < faults.lost + faults.refusing + faults.dead:
            return Refused("nobody is there", Fault.ADDRESS)
        crash = self.dice.random() < faults.crash
        if crash and self.dice.random() < 0.5:
            raise Crash
        failing = self.dice.random() < faults.failing
        if failing and self.dice.random() < 0.5:
            return Unknown("500")
        name = self._take(message, idempotency_key)
        if crash:
            raise Crash
        if failing:
            return Unknown("502")
        if self.dice.random() < faults.deaf:
            raise TimeoutError
        return Sent(name)

    def _trouble(self) -> Refused | Busy | None:
        now, faults = self.now(), self.faults
        if faults.down[0] <= now < faults.down[1]:
            raise Lost
        if faults.busy[0] <= now < faults.busy[1]:
            return Busy((faults.busy[1] - now) // 1_000_000)
        if faults.revoked[0] <= now < faults.revoked[1]:
            return Refused("the token was revoked", Fault.CHANNEL)
        return None

    def _take(self, message: Outgoing, key: str) -> str:
        if self.keyed and not self.forgets_key and key in self.taken:
            return self.taken[key]
        self.delivered[key] += 1
        self.heard.append((self.now(), key, message))
        return self.taken.setdefault(key, f"{self.key}-{len(self.taken)}")

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        if not self.can_look_up or self.dice.random() < self.faults.deaf_look_up:
            return Unknown("no answer")
        if self.faults.down[0] <= self.now() < self.faults.down[1]:
            raise Lost
        name = self.taken.get(idempotency_key)
        return Absent() if name is None else Sent(name)
