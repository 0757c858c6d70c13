"""What a payload is taken apart with: each thing in it becomes events, is refused, or passed over.

Whatever strangers write, one thing that cannot be read never takes another with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from thang.model import Event, Gathered, Refused
from thang.sources.live.contract import Facts, Payload, Told, Wanted
from thang.sources.live.reading import UnfitError, json_of
from thang.sources.rows import WHY

LARGEST = 32_000  # letters of a refused thing that are kept
OWN_WHY = {
    "shape": "It is not of the form that the platform documents: see the source's page.",
    "unknown_shop": "It is of another page or shop than the settings name: name it there.",
    "topic": "This kind of call is not known: no event could be made of it.",
    "id_reuse": "The platform used this delivery's number before, for something else.",
    "erasure": "The platform passes on that somebody wants to be erased: do it on their page.",
    "gone": "The platform no longer gives what this call only names.",
}
CLASH = "clash:"  # before the topic of a delivery whose number came before with other bytes
GONE = "gone:"  # before the topic of something that only its number is left of
FAULTS = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError)

Read = Callable[[Any], Iterable[Event]]


def why(reason: str) -> str:
    """The sentence of a reason."""
    return OWN_WHY.get(reason) or WHY[reason]


@dataclass
class Gatherer:
    """One payload being taken apart."""

    payload: Payload
    facts: Facts
    gathered: list[Gathered] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    passed: int = 0
    raws: list[Callable[[], str]] = field(default_factory=list)

    def take(self, item: Any, read: Read, within: Callable[[Any], Any] | None = None) -> None:
        """One thing: its events. `within` makes a payload of it alone, should it be refused; where
        there is none it is the whole payload.
        """
        raw = self._text if within is None else lambda: _json(within(item))
        try:
            events = tuple(read(item))
        except UnfitError as unfit:
            self.refuse(str(unfit), raw())
        except FAULTS:
            self.refuse("shape", raw())
        else:
            if not events:
                self.passed += 1
                return
            self.gathered.append(Gathered(1, events))
            self.raws.append(lambda: kept(self.payload.topic, raw()))

    def want(self, what: str, ref: str, after: int = 0) -> None:
        """Have something asked for."""
        self.wanted.append(Wanted(what, ref, after))

    def refuse(self, reason: str, body: str) -> None:
        """Keep what cannot be used, with the reason."""
        told = kept(self.payload.topic, body)
        where = f"in {self.payload.topic}"[:80]
        refused = Refused(self.facts.source, where, reason, why(reason), told)
        self.gathered.append(Gathered(1, (), refused))
        self.raws.append(lambda: told)

    def _text(self) -> str:
        return self.payload.body.decode("utf-8", "replace")

    @property
    def told(self) -> Told:
        """What was found."""
        return Told(tuple(self.gathered), tuple(self.wanted), self.passed, tuple(self.raws))


def taken_apart(payload: Payload, facts: Facts, look: Callable[[Any, Gatherer], None]) -> Told:
    """What a payload tells. `look` is handed its JSON; whatever fails there refuses it whole."""
    gatherer = Gatherer(payload, facts)
    text = payload.body.decode("utf-8", "replace")
    for mark, reason in ((CLASH, "id_reuse"), (GONE, "gone")):
        if payload.topic.startswith(mark):
            gatherer.refuse(reason, text)
            return gatherer.told
    try:
        look(json_of(payload.body), gatherer)
    except UnfitError as unfit:
        gatherer.refuse(str(unfit), text)
    except FAULTS:
        gatherer.refuse("shape", text)
    return gatherer.told


def kept(topic: str, body: str) -> str:
    """A refused thing as it is kept, so that it can be read once more."""
    return json.dumps({"topic": topic, "body": body[:LARGEST]}, ensure_ascii=False)


def reopened(raw: str) -> Payload | None:
    """The payload of a refused thing that was kept; None if it is none."""
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(found, dict) or set(found) != {"topic", "body"}:
        return None
    topic, body = found["topic"], found["body"]
    fits = isinstance(topic, str) and isinstance(body, str)
    return Payload(topic, body.encode("utf-8", "replace")) if fits else None


def _json(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False)
