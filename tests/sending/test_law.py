"""Random shops that plan, withdraw, close, complain and send: no message outside the law, ever.

The provider sees every message as it goes out, and asks the law's second statement. Some
people change their minds while a batch is under way, and clocks jump forward and back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from record.told import one
from sending.law_again import Out, Told, broken
from sending.provider import Provider
from sending.world import HOUR, MINUTE, MORNING, TZ, Clock, email, phone
from thang.channels.sender import Outgoing, Sent
from thang.model import DAY, Event, Identifier
from thang.policy.contact import Contact
from thang.record import Record
from thang.record.knowing import Person
from thang.record.outbox import Claim
from thang.river.sending import caps, hours
from thang.river.sending import law as law_module
from thang.river.sending.law import Law
from thang.river.sending.nouns import strategy_paused
from thang.workspace.sending import Post

pytestmark = pytest.mark.once

CHANNELS = (
    "email",
    "sms",
    "zns",
    "call",
    "messenger",
    "zalo_oa",
    "audience",
    "task",
    "page",
    "webhook",
)
PURPOSES = ("marketing", "service")
REASONS = {"messenger": ("message", "click_to_message_ad", "comment", "paid_opt_in", "human_agent"),
           "zalo_oa": ("message", "follow")}  # fmt: skip
STRATEGIES = ("shopper_promo", "lead_blog", "customer_feedback")
SPACES = ("email", "phone", "psid", "zalo")


def named(number: int) -> tuple[Identifier, ...]:
    return (email(number), phone(number), Identifier("psid:trang", f"psid-{number}"),
            Identifier("zalo:oa", f"zalo-{number}"))  # fmt: skip


@dataclass
class Shop:
    """The shop under test beside everything that was ever told to it."""

    record: Record
    clock: Clock
    dice: Random
    rules: Contact
    people: dict[int, Person]
    told: dict[int, Told]
    paused: dict[str, int] = field(default_factory=dict)
    arms: dict[str, str] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    out: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    tickets: int = 0
    busy: int = 20  # messages planned at one go, at most
    wished: tuple[str, ...] = CHANNELS
    examples: list[str] = field(default_factory=list)

    def some(self) -> int:
        return self.dice.choice(list(self.people))

    def step(self) -> None:
        turn = self.dice.random()
        if turn < 0.50:
            self.plan(self.dice.randint(1, self.busy))
        elif turn < 0.60:
            self.mind()
        elif turn < 0.62:
            self.close()
        elif turn < 0.66:
            self.window()
        elif turn < 0.67:
            self.ticket()
        elif turn < 0.675:
            self.pause()
        else:
            self.tick()
            self.send()

    def plan(self, number: int) -> None:
        enrolled, planned = [], []
        for _ in range(number):
            self.steps += 1
            name, person = f"e{self.steps}", self.some()
            arm = self.dice.choices(("treated", "held", "global"), (8, 1, 1))[0]
            self.arms[name] = arm
            facts = {"strategy": self.dice.choice(STRATEGIES), "person": person}
            enrolled.append(
                facts
                | {
                    "id": name,
                    "cluster": person,
                    "arm": arm,
                    "at": self.clock.at,
                    "playbook": "f00d",
                }
            )
            channels = tuple(
                self.dice.sample(self.wished, self.dice.randint(1, min(3, len(self.wished))))
            )
            due = self.clock.at + self.dice.choice((-20, -1, 0, 0, 1, 5)) * HOUR
            planned.append(facts | {"enrolment": name, "step": 0, "channels": channels, "due": due,
                                    "purpose": self.dice.choice(PURPOSES), "template": "t"})  # fmt: skip
        self.record.act(enrolled=enrolled, planned=planned)

    def mind(self, person: int | None = None, yes: bool | None = None) -> None:
        """Somebody says yes or no, at an instant that may lie ahead or behind."""
        person = person or self.some()
        yes = self.dice.random() < 0.7 if yes is None else yes
        channel = self.dice.choice(CHANNELS[:7] if yes else (*CHANNELS[:7], ""))
        purpose = self.dice.choice(PURPOSES if yes else (*PURPOSES, ""))
        at = self.clock.at + self.dice.choice((0, 0, 0, -2, 3)) * HOUR
        identifier = self.dice.choice(self.people[person].identifiers)
        self.told[person].words.append((channel, purpose, yes, at))
        state = "granted" if yes else "withdrawn"
        self.record.say([{"identifier": identifier, "channel": channel, "purpose": purpose, "state": state,
                          "at": at, "persons": self.people[person].identifiers}])  # fmt: skip

    def close(self) -> None:
        person, channel = self.some(), self.dice.choice(("", *CHANNELS[:7]))
        until = self.clock.at + self.dice.choice((-1, 2, 30, 10_000)) * HOUR
        space = self.dice.randrange(len(SPACES))
        number = int(
            self.record.personal(self.people[person].identifiers[:1])[
                self.people[person].identifiers[0]
            ]["identifier"]
            .split(".")[2]
            .split("@")[0]
        )
        self.told[person].closed[SPACES[space], channel] = until
        self.record.suppress([named(number)[space]], "asked", channel, until)

    def window(self) -> None:
        person, channel = self.some(), self.dice.choice(("messenger", "zalo_oa"))
        at = self.clock.at + self.dice.choice((0, 0, -30, 1)) * HOUR
        facts = (
            channel,
            at,
            at + self.dice.choice((24, 168, 4_000)) * HOUR,
            self.dice.choice(REASONS[channel]),
        )
        self.told[person].windows.append(facts)
        row = dict(zip(("channel", "at", "expires_at", "reason"), facts, strict=True))
        self.record.open_windows([row | {"identifier": self.people[person].identifiers[2]}])

    def ticket(self) -> None:
        """Opened and resolved as imports tell it: the outbox must hear of it by itself."""
        person = self.some()
        mine = self.told[person].tickets
        resolve = bool(mine) and self.dice.random() < 0.6
        self.tickets += 1
        ref = self.dice.choice(list(mine)) if resolve else f"T-{self.tickets}"
        severity = 0 if resolve else self.dice.randint(1, 3)
        mine[ref] = severity
        who = self.record.personal([person])[person]["identifier"]
        kind = "ticket_resolved" if resolve else "ticket_opened"
        event = Event(
            "desk",
            kind,
            self.clock.at,
            (Identifier("email", who),),
            ref=ref,
            grade=severity,
            message_id=f"t{self.tickets}",
        )
        # Instants of one ticket must rise with its story, whatever the clock does.
        event = replace(event, at=MORNING - 300 * DAY + self.tickets)
        self.record.append(f"tickets {self.tickets}", "desk", [one(event)])

    def pause(self) -> None:
        what = self.dice.choice((*CHANNELS, *map(strategy_paused, STRATEGIES)))
        self.paused[what] = self.clock.at + self.dice.choice((-1, 1, 3)) * HOUR
        self.record.pause(what, self.paused[what], "a test")

    def tick(self) -> None:
        """Time passes; now and then the clock jumps, back as well."""
        jump = self.dice.choice((0, 1, 1, 5, 20, 60, 60, 60, 240, 600, -30, -600, 2_000))
        self.clock.at += jump * MINUTE + self.dice.randrange(MINUTE)

    def send(self) -> None:
        senders = {key: Judge(key, self.clock, self.dice, shop=self) for key in CHANNELS}
        Post(
            self.record, senders, self.compose, self.whose, Law(self.rules, TZ), self.clock
        ).send_due(10**6)

    def whose(self, numbers: Iterable[int]) -> dict[int, Person]:
        return {number: self.people[number] for number in numbers}

    def compose(self, claim: Claim) -> Outgoing:
        """Sometimes somebody changes their mind at the very last moment."""
        if self.dice.random() < 0.01:
            self.mind(claim.person.number, yes=False)
        one = claim.message
        return Outgoing("x", fields={"person": str(claim.person.number), "enrolment": one.enrolment, "strategy": one.strategy,
                                     "due": str(one.due), "channels": " ".join(one.channels)}, purpose=one.purpose)  # fmt: skip


@dataclass
class Judge(Provider):
    """Takes everything, and asks whether it should have come."""

    shop: Shop = None  # type: ignore[assignment]

    def send(self, message: Outgoing, idempotency_key: str) -> Sent:
        shop, said = self.shop, message.fields
        told = shop.told[int(said["person"])]
        out = Out(shop.clock.at, self.key, message.purpose, said["strategy"], int(said["due"]),
                  shop.arms[said["enrolment"]], tuple(said["channels"].split()))  # fmt: skip
        found = list(broken(out, told, asdict(shop.rules), shop.paused))
        shop.faults.update(f"{clause}: {self.key}" for clause in found)
        shop.examples += [f"{found} {out} {told} {shop.paused}"] if found else []
        told.went_out.append((out.at, out.channel, out.purpose, out.strategy))
        shop.out[f"{self.key} {message.purpose}"] += 1
        shop.clock.at += shop.dice.choice((0, 0, 1, 20)) * 100_000
        return Sent(idempotency_key)


RULES: tuple[dict[str, Any], ...] = (
    {},
    {"from_hour": 7, "to_hour": 22, "per_day": 3, "per_week": 21, "per_week_few": 5},
    {"service_needs_consent": False, "zns_marketing": True, "zalo_paid": True, "stale_hours": 72},
    {"per_day": 2, "per_week": 3, "calls_per_day": 0, "mute_severity": 3, "call_to_hour": 12},
)


def lived(
    folder: Path,
    people: int,
    steps: int,
    seed: int,
    rules: Contact,
    busy: int = 20,
    wished: tuple[str, ...] = CHANNELS,
) -> Shop:
    dice, clock = Random(seed), Clock()
    with Record.create(folder / f"shop{seed}", clock) as record:
        rows = [
            one(Event("till", "signed_up", clock.at - 30 * DAY, named(n), message_id=f"m{n}"))
            for n in range(people)
        ]
        record.append("people", "till", rows)
        found, told = {}, {}
        for n in range(people):
            numbers = tuple(number for name in named(n) for number in record.find_any(name.value))
            found[numbers[0]] = Person(numbers[0], numbers, few=dice.random() < 0.3)
            told[numbers[0]] = Told(few=found[numbers[0]].few)
        shop = Shop(record, clock, dice, rules, found, told, busy=busy, wished=wished)
        for person in found:
            for _ in range(dice.randint(0, 12)):
                shop.mind(person, yes=True)
        while shop.steps < steps and not shop.faults:
            shop.step()
        return shop


@pytest.mark.parametrize("seed", range(len(RULES)))
def test_no_message_outside_the_law(tmp_path: Path, seed: int) -> None:
    shop = lived(tmp_path, 30, 800, seed, Contact(**RULES[seed]))
    assert not shop.faults, shop.examples[0]
    assert sum(shop.out.values()) > 100
    assert len(shop.out) > 10, "the shop must use its channels for the judge to see them"


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(len(RULES)))
def test_no_message_outside_the_law_in_a_million_steps(tmp_path: Path, seed: int) -> None:
    shop = lived(tmp_path, 3_000, 250_000, seed + 100, Contact(**RULES[seed]), busy=400)
    print(seed, shop.steps, sum(shop.out.values()), dict(shop.out))
    assert not shop.faults, shop.examples[0]


MUTANTS = {
    "consent": (law_module, "may_contact", lambda *_: True),
    "caps": (law_module, "enough", lambda *_: None),
    "law": (law_module, "enough_here", lambda *_: None),
    "hours": (law_module, "opening", lambda now, *_: (now, now + HOUR)),
    "windows": (law_module, "open_until", lambda *_: 2**60),
    "days": (
        caps,
        "day_start",
        lambda now, _, days=0: hours.day_start(now, "America/New_York", days),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_judge_sees_a_law_that_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    monkeypatch.setattr(*MUTANTS[mutant])
    rules = {"from_hour": 7, "per_day": 3 if mutant == "law" else 1, "per_week": 21}
    wished = ("messenger", "zalo_oa") if mutant == "windows" else ("call", "sms")
    assert lived(tmp_path, 25, 5_000, 7, Contact(**rules), busy=8, wished=wished).faults
