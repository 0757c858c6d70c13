"""On which channels somebody may be written to and why not, and what they said to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thang.model import WrongInput
from thang.record.knowing import Person
from thang.river.sending.channels import CHANNELS
from thang.river.sending.law import Law, may_send
from thang.river.sending.nouns import (
    EVERY,
    GRANTED,
    MARKETING,
    SERVICE,
    WITHDRAWN,
    Allowed,
    Consent,
    Known,
    Wish,
)
from thang.workspace.folder import Folder
from thang.workspace.whose import whose

if TYPE_CHECKING:
    from thang.workspace.pages import Look

PERSONAL = tuple(key for key, one in CHANNELS.items() if one.personal and one.contacts)
PURPOSES = (MARKETING, SERVICE)
MOST_WORDS = 1_000  # letters of a wording or a proof


@dataclass(frozen=True, slots=True)
class Right:
    """Whether a purpose may go out on a channel now; `until` is when to ask again, if ever."""

    channel: str
    purpose: str
    allowed: bool
    why: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """A person's rights on every channel, and what they said, the last word first."""

    rights: tuple[Right, ...]
    words: tuple[Consent, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said to being written to, with what proves it; channel "": every channel."""

    channel: str
    purpose: str
    state: str
    wording: str = ""
    proof: str = ""
    frequency: str = ""


class Consenting(ABC):
    """The verbs of consent."""

    folder: Folder

    def rights(self, person: str) -> Rights:
        """What the rules of contact say of somebody now."""
        now = self.folder.now()
        with self._look() as look:
            who = self._whom(look, person)
            known = look.record.known([who], now)[who.number]
            law = Law(look.policy.sending, look.policy.shop.tz)
        found = (_right(key, purpose, known, now, law) for key in PERSONAL for purpose in PURPOSES)
        words = tuple(sorted(known.consents, key=lambda one: one.at, reverse=True))
        return Rights(tuple(found), words)

    def say_consent(self, person: str, word: Word, by: str) -> None:
        """Write down what somebody said; WrongInput for a consent that nothing proves."""
        _believed(word)
        with self._look() as look:
            who = self._whom(look, person)
            said = {
                "identifier": who.number, "channel": word.channel, "purpose": word.purpose,
                "state": word.state, "at": self.folder.now(), "wording": word.wording.strip(),
                "proof": word.proof.strip(), "frequency": word.frequency.strip(),
                "source": f"staff {by}", "persons": who.identifiers,
            }  # fmt: skip
            look.record.say([said])

    def _whom(self, look: Look, person: str) -> Person:
        number = self._number_of(look, person)
        return whose(look.projection, look.policy, [number])[number]

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""


def _right(channel: str, purpose: str, known: Known, now: int, law: Law) -> Right:
    verdict = may_send(Wish("", purpose, (channel,), now), known, now, law)
    if isinstance(verdict, Allowed):
        return Right(channel, purpose, allowed=True)
    return Right(channel, purpose, allowed=False, why=str(verdict.why), until=verdict.until)


def _believed(word: Word) -> None:
    everywhere = word.channel == EVERY and word.state == WITHDRAWN
    if word.channel not in PERSONAL and not everywhere:
        raise WrongInput("There is no such channel: choose one of the list.")
    if word.purpose not in PURPOSES or word.state not in (GRANTED, WITHDRAWN):
        raise WrongInput("This says neither yes nor no: choose a purpose, and what they said.")
    if word.state == GRANTED and not (word.wording.strip() and word.proof.strip()):
        raise WrongInput(
            "A consent needs its wording and a proof: write what they agreed to, and how."
        )
    if max(len(word.wording), len(word.proof), len(word.frequency)) > MOST_WORDS:
        raise WrongInput(
            f"This is too long: a wording or a proof has at most {MOST_WORDS} letters."
        )
