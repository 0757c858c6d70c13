"""A shop of invented people who agreed to everything, its outbox, and a clock set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from record.told import one
from sending.provider import Faults, Provider
from thang.channels.sender import Outgoing, Sender
from thang.model import DAY, Event, Identifier
from thang.policy.contact import Contact
from thang.record import Record
from thang.record.knowing import Person
from thang.record.outbox import Claim
from thang.river.sending.law import Law
from thang.workspace.sending import Post

TZ = "Asia/Ho_Chi_Minh"
HOUR = 3_600 * 1_000_000
MINUTE = HOUR // 60
MORNING = 1_800_000_000_000_000 // DAY * DAY + 2 * HOUR  # 9 o'clock in the shop
CHANNELS = ("email", "sms")


def email(number: int) -> Identifier:
    return Identifier("email", f"nguoi.thu.{number}@khong-co-that.example")


def phone(number: int) -> Identifier:
    return Identifier("phone", f"+8400{number:07d}")


@dataclass
class Clock:
    """Stands still until it is set."""

    at: int = MORNING

    def __call__(self) -> int:
        return self.at


@dataclass
class World:
    """A record with some people, each known by an e-mail address and a phone."""

    record: Record
    clock: Clock
    people: dict[int, Person]
    dice: Random
    rules: Contact = field(default_factory=Contact)
    planned: int = 0

    def whose(self, numbers: Sequence[int]) -> Mapping[int, Person]:
        return {number: self.people[number] for number in numbers}

    def provider(self, channel: str, **more: Any) -> Provider:
        more.setdefault("faults", Faults())
        return Provider(channel, self.clock, self.dice, **more)

    def post(self, *senders: Sender, kind: type[Post] = Post) -> Post:
        by_key = {sender.key: sender for sender in senders}
        law = Law(self.rules, TZ)
        return kind(self.record, by_key, compose, self.whose, law, self.clock)

    def plan(self, persons: Iterable[int], **more: Any) -> None:
        """One enrolment and one message each; `more` changes what is planned."""
        enrolled, planned = [], []
        for person in persons:
            name = f"e{self.planned}"
            self.planned += 1
            facts = {"strategy": more.get("strategy", "shopper_promo"), "person": person}
            enrolled.append(facts | {"id": name, "cluster": person, "arm": more.get("arm", "treated"),
                                     "at": self.clock.at, "playbook": "f00d"})  # fmt: skip
            planned.append(facts | {"enrolment": name, "step": 0, "channels": ("email",), "purpose": "marketing",
                            "template": "t", "due": self.clock.at} | more)  # fmt: skip
        for row in planned:
            row.pop("arm", None)
        self.record.act(enrolled=enrolled, planned=planned)

    def agree(
        self, channels: Iterable[str], purposes: Iterable[str] = ("marketing", "service")
    ) -> None:
        self.record.say(
            self.word(person, channel, purpose, "granted", self.clock.at - DAY)
            for person in self.people
            for channel in channels
            for purpose in purposes
        )

    def word(self, person: int, channel: str, purpose: str, state: str, at: int) -> dict[str, Any]:
        facts = {"identifier": person, "channel": channel, "purpose": purpose, "state": state}
        return facts | {"at": at, "persons": self.people[person].identifiers}

    def states(self) -> dict[str, str]:
        return {message.key: message.state for message in self.record.messages()}


def compose(claim: Claim) -> Outgoing:
    return Outgoing(
        to=str(claim.address), text=f"to {claim.person.number}", purpose=claim.message.purpose
    )


@contextmanager
def world(folder: Path, people: int, seed: int = 1, **rules: Any) -> Iterator[World]:
    """A new shop; each of its people has an e-mail address and a phone of their own."""
    clock = Clock()
    with Record.create(folder / "shop", clock) as record:
        rows = [
            one(
                Event(
                    "till",
                    "signed_up",
                    clock.at - 30 * DAY,
                    (email(n), phone(n)),
                    message_id=f"m{n}",
                )
            )
            for n in range(people)
        ]
        record.append("people", "till", rows)
        yield peopled(record, clock, people, seed, **rules)


def peopled(record: Record, clock: Clock, people: int, seed: int, **rules: Any) -> World:
    """The world of a shop that is there already."""
    found = {}
    for n in range(people):
        numbers = tuple(sorted(record.find_any(email(n).value) + record.find_any(phone(n).value)))
        found[numbers[0]] = Person(numbers[0], numbers)
    return World(record, clock, found, Random(seed), Contact(**rules))
