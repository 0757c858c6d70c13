"""A year of an invented shop, lived day by day with Thang: what people do depends on what is sent.

Each morning the shop's events are imported, everybody is placed, strategies run and messages go
out; whoever gets one orders more often for a while, by as much as the truth says, or by nothing.
In the end Thang tells what its strategies did, without having seen the truth.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from thang.channels.sender import Absent, Outgoing, Sent
from thang.model import DAY, SECOND, Event, Gathered, Identifier
from thang.policy.playbook.load import load_playbook
from thang.record import Record
from thang.simulate.instants import add_months
from thang.simulate.scenario import Scenario
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import Simulation
from thang.workspace.composing import composer_for
from thang.workspace.held import HeldWorkspace
from thang.workspace.north_star import NorthStar
from thang.workspace.outcomes import Outcomes
from thang.workspace.sending import send_due
from thang.workspace.shop import Workspace

HOUR = 3_600 * SECOND
MORNING, POST = 6 * HOUR, 9 * HOUR  # when the day is looked at, and when its messages go out
PLACE = "vidu.example"
BEFORE = 18  # months of history that the shop brings along


@dataclass
class Mailbox:
    """Where all e-mail arrives; nobody is written to."""

    key: str = "email"
    keyed: bool = True
    can_look_up: bool = True
    taken: dict[str, Outgoing] = field(default_factory=dict)

    def send(self, message: Outgoing, idempotency_key: str) -> Sent:
        """It arrives once."""
        self.taken[idempotency_key] = message
        return Sent(idempotency_key)

    def look_up(self, idempotency_key: str) -> Sent | Absent:
        """Whether it has."""
        return Sent(idempotency_key) if idempotency_key in self.taken else Absent()


@dataclass(frozen=True)
class Lived:
    """What came of a year: `effect` is the truth; `sent` by strategy."""

    effect: float
    days: int
    outcomes: Outcomes
    planned: int
    sent: Counter[str]
    seconds: float

    @property
    def star(self) -> NorthStar:
        """What the shop's own holdout says."""
        return self.outcomes.star


def live(scenario: Scenario, effect: float, days: int, folder: Path) -> Lived:
    """Live so many days after the history; `effect`: added to the rate of orders by a message."""
    begun = time.perf_counter()
    day = add_months(scenario.start, BEFORE, scenario.tz) + MORNING
    clock = [day]
    Workspace.init(folder, now=lambda: clock[0])
    shop = HeldWorkspace(folder, now=lambda: clock[0])
    world = Simulation(scenario)
    portions = _portions(world.events(), day)
    planned, sent = 0, Counter[str]()
    try:
        for number, events in enumerate(portions):
            if number > days:
                break
            clock[0] = day + number * DAY
            _told(shop, events)
            shop.classify()
            if number % 30 == 0:
                shop.judge()
            planned += shop.run().planned
            clock[0] += POST - MORNING
            for message in _sent(shop, clock):
                customer = message.to.partition("@")[0].upper()
                name = message.template.partition(".")[0]
                if message.purpose == "marketing" and world.meet(customer, clock[0], effect, name):
                    sent[name] += 1
        shop.judge()
        return Lived(effect, days, shop.outcomes(), planned, sent, time.perf_counter() - begun)
    finally:
        shop.close()


def _portions(events: Iterator[Event], first: int) -> Iterator[list[Event]]:
    """The history up to a morning, then day by day; one event is taken ahead of each."""
    until, some = first, list[Event]()
    for event in events:
        while event.at >= until:
            yield some
            until, some = until + DAY, []
        some.append(_with_email(event))
    yield some


def _with_email(event: Event) -> Event:
    """Everybody who says their name says an e-mail address too, and agrees to that channel."""
    if event.kind == "consent_granted":
        said = {**event.properties, "channel": "email"}
        return replace(event, ref="email" if event.ref else "", properties=said)
    named = next((one.value for one in event.identifiers if one.namespace == "customer"), None)
    if event.kind != "identified" or named is None:
        return event
    email = f"{named.lower()}@{PLACE}"
    others = tuple(one for one in event.identifiers if one.namespace != "email")
    return replace(
        event, identifiers=(*others, Identifier("email", email)),
        personal={**event.personal, "email": email},
    )  # fmt: skip


def _told(shop: HeldWorkspace, events: list[Event]) -> None:
    with Record.open(shop.folder.path, shop.folder.now) as record:
        record.append("day", "simulator", (Gathered(1, (one,)) for one in events))


def _sent(shop: HeldWorkspace, clock: list[int]) -> list[Outgoing]:
    box, playbook = Mailbox(), load_playbook(None)
    with shop.look() as look:
        compose = composer_for(
            look.record, playbook, look.policy.sending, lambda _: f"https://{PLACE}/r"
        )
        senders = {"email": box}
        now = lambda: clock[0]  # noqa: E731
        send_due(look.record, look.projection, look.policy, senders, compose, now, 1_000_000)
    return list(box.taken.values())


def report(lives: list[Lived]) -> str:
    """The end report, one part for each truth."""
    return "\n".join(line for one in lives for line in _lines(one)) + "\n"


def _lines(one: Lived) -> Iterator[str]:
    truth = f"adds {one.effect:.0%} to the rate of orders" if one.effect else "does nothing"
    yield f"## In truth a message {truth}\n"
    yield (
        f"{one.days} days in {one.seconds / 60:.1f} minutes; {one.planned:,} messages and tasks "
        f"planned, {sum(one.sent.values()):,} advertisements that somebody read.\n"
    )
    yield "| Quarter | Met | Spared | Net level-ups per 1,000 a month | Orders a person | Margin |"
    yield "|---|---:|---:|---:|---:|---:|"
    for n, quarter in enumerate(one.star.quarters, 1):
        spans = (quarter.level_ups, quarter.orders, quarter.margin)
        cells = " | ".join(f"{s.estimate:+.2f} ({s.low:+.2f} to {s.high:+.2f})" for s in spans)
        yield f"| {n} | {quarter.met:,} | {quarter.spared:,} | {cells} |"
    missing = ", ".join(one.star.missing or ()) or "nothing"
    yield f"\nTo claim that people were lifted it still takes: {missing}.\n"
    found = [tried.strategy for tried in one.outcomes.strategies if tried.found]
    told = sum(tried.status == "told" for tried in one.outcomes.strategies)
    yield f"Of {told} strategies with enough people, found to do something: {len(found)}.\n"


def main() -> None:
    """Live a year twice, once where messages work and once where they do not."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=20_000)
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--effect", type=float, nargs="*", default=[0.3, 0.0])
    asked.add_argument("--seed", type=int, default=5)
    asked.add_argument("--out", type=Path, default=Path(__file__).with_name("year.md"))
    given = asked.parse_args()
    scenario = replace(SCENARIOS["mid"], people=given.people, months=31, seed=given.seed)
    lives = []
    for effect in given.effect:
        with tempfile.TemporaryDirectory() as folder:
            lives.append(live(scenario, effect, given.days, Path(folder) / "shop"))
        print(report(lives[-1:]), flush=True)
    given.out.write_text(
        f"# A year with and without an effect: {given.people:,} people\n\n{report(lives)}",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
