"""The shop while it is being lived: everybody's standing, the agenda, and a voice for events."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from thang.model import Event, Finality, Flag, Identifier
from thang.river.events import ORDER_KINDS
from thang.simulate.agenda import About, Act, Agenda, Due
from thang.simulate.circle import friends
from thang.simulate.dice import Dice
from thang.simulate.instants import Days
from thang.simulate.ledger import Ledger
from thang.simulate.path import Path
from thang.simulate.people import Person, people
from thang.simulate.scenario import RING, Scenario

SOURCE = "simulator"
WEBSITE, FACEBOOK, ZALO = "website", "facebook", "zalo"


@dataclass(slots=True)
class Standing:
    """How one person stands with the shop by now. Places are places in the list of people."""

    channel: str = ""
    arrived_at: int | None = None
    named: bool = False  # the shop knows name and phone
    device: int = 1
    bored_at: int = 0  # a looker looks no longer
    tells: bool = False  # has begun to talk of the shop from time to time
    enrolled: bool = False
    enrolled_at: int | None = None
    ordered: int = 0
    delivered: int = 0
    done_at: int | None = None  # done with the shop for good
    upset: bool = False  # by what went wrong last
    warned: bool = False  # by an angry friend
    failed_at: int | None = None  # when something of ours went wrong last
    consents: bool = False
    tester: bool = False  # may order before the launch
    tried: set[str] = field(default_factory=set)  # products
    bought_at: int | None = None  # when the first parcel was taken
    delivered_at: int | None = None  # and the last one
    asked_at: int | None = None
    treated_at: int | None = None  # by a campaign, last
    effect: float = 0.0  # of that campaign on them, when it was fresh
    referred_by: int | None = None

    def take(self, at: int) -> None:
        """A parcel is taken."""
        self.delivered += 1
        self.delivered_at = at
        if self.bought_at is None:
            self.bought_at = at


@dataclass(frozen=True, slots=True)
class Referred:
    """Who brought whom: places, the code, the click, and the first order if there was one."""

    referrer: int
    referee: int
    code: str
    clicked_at: int
    order_id: str | None = None
    is_new: bool = False  # they never would have bought without the friend


class Incident(NamedTuple):
    """A failure as it really was. `who` is a place; the last two are None if it was theirs."""

    who: int
    ticket: str
    at: int
    severity: int
    fault: str  # shop, carrier, customer
    found_by: str  # shop, customer
    recovery: str  # good, late, bad
    chance: float | None = None  # to come back, in this case
    came_back: bool | None = None


class Assigned(NamedTuple):
    """Whom a campaign met: place, instant, whether treated, and what that does to them."""

    campaign: str
    who: int
    at: int
    treated: bool
    effect: float


@dataclass
class World:
    """What the acts share: what one leads to in another, it puts on the agenda."""

    scenario: Scenario
    dice: Dice = field(init=False)  # of what people do with the shop
    aside: Dice = field(init=False)  # of what the shop asks, counts and offers
    path: Path = field(init=False)
    ledger: Ledger = field(init=False)
    days: Days = field(init=False)
    agenda: Agenda = field(init=False)
    people: list[Person] = field(init=False)
    friends: list[list[int]] = field(init=False)
    rings: list[list[int]] = field(init=False)
    standing: list[Standing] = field(init=False)
    referred: dict[int, Referred] = field(init=False, default_factory=dict)  # by referee
    placed_on: dict[int, int] = field(init=False, default_factory=dict)  # orders by day
    incidents: list[Incident] = field(init=False, default_factory=list)
    assigned: list[Assigned] = field(init=False, default_factory=list)
    extras: list[tuple[int, int]] = field(init=False, default_factory=list)  # who, when
    won: dict[int, int] = field(init=False, default_factory=dict)  # what each cost to win
    goods: dict[str, tuple[float, bool]] = field(init=False, default_factory=dict)
    orders: int = 0
    wishes: int = 0

    def __post_init__(self) -> None:
        scenario = self.scenario
        self.dice = Dice(scenario.seed, "acts")
        self.aside = Dice(scenario.seed, "aside")
        self.path = Path(scenario.course, scenario.start, scenario.end, scenario.seed)
        self.days = Days(scenario.start, scenario.end, scenario.tz, scenario.seasonal)
        self.agenda = Agenda(scenario.end)
        self.people = people(scenario)
        self.rings = _rings(scenario)
        self.friends = friends(self.people, scenario.dials, scenario.seed)
        self._part({who for ring in self.rings for who in ring})
        self.standing = [Standing() for _ in self.people]
        self.ledger = Ledger(len(self.people))
        self._number = count(1)

    def mean_price(self) -> float:
        """What it costs the shop to win a person by itself."""
        return sum(self.won.values()) / len(self.won) if self.won else 0.0

    def _part(self, strangers: set[int]) -> None:
        """Names that nobody knows have no friends."""
        if strangers:
            self.friends = [
                [] if who in strangers else [near for near in ties if near not in strangers]
                for who, ties in enumerate(self.friends)
            ]

    def due(self, at: int | None, act: Act, who: int, about: About = None) -> None:
        """Put an appointment; None is never."""
        if at is not None:
            self.agenda.put(at, Due(act, who, about))

    def say(
        self,
        at: int,
        who: int,
        kind: str,
        *,
        ref: str = "",
        amount: int | None = None,
        grade: int = 0,
        flags: Flag = Flag(0),  # noqa: B008 - a flag is a number
        other: int | None = None,
        marks: tuple[Identifier, ...] = (),
        **properties: object,
    ) -> None:
        """An event of the person at a whole second, at its turn among all others."""
        event = Event(
            source=SOURCE,
            kind=kind,
            at=at,
            identifiers=self._names(who, properties.get("channel")),
            message_id=self._message_id(),
            marks=marks,
            other=() if other is None else (customer(self.people[other]),),
            ref=ref,
            amount=amount,
            currency="" if amount is None else self.scenario.currency,
            grade=grade,
            flags=flags,
            finality=Finality.DELIVERED if kind in ORDER_KINDS else Finality.COMPLETED,
            properties=properties,
        )
        self.agenda.put(at, event)

    def introduce(self, at: int, who: int) -> None:
        """The person says who they are: name, phone, perhaps e-mail, on the device in hand."""
        person = self.people[who]
        self.standing[who].named = True
        names = [customer(person), self._device(who), Identifier("phone", person.card.e164)]
        personal = {"name": person.card.name, "phone": person.card.phone}
        if person.card.email:
            names.append(Identifier("email", person.card.email))
            personal["email"] = person.card.email
        said = Event(
            source=SOURCE,
            kind="identified",
            at=at,
            identifiers=tuple(names),
            message_id=self._message_id(),
            personal=personal,
        )
        self.agenda.put(at, said)

    def _names(self, who: int, channel: object) -> tuple[Identifier, ...]:
        """How the channel knows the person: the shop's number, on the website the device too."""
        if not self.standing[who].named:
            return (self._device(who),)
        known = customer(self.people[who])
        return (known, self._device(who)) if channel == WEBSITE else (known,)

    def _device(self, who: int) -> Identifier:
        return Identifier("anonymous", device_name(self.people[who], self.standing[who].device))

    def _message_id(self) -> str:
        scenario = self.scenario
        return f"{scenario.name}-{scenario.seed}-{next(self._number):08d}"


def _rings(scenario: Scenario) -> list[list[int]]:
    """Places of the names of each ring: the last ones of the list."""
    first = scenario.people - scenario.rings * RING
    starts = range(first, scenario.people, RING) if scenario.rings else ()
    return [list(range(start, start + RING)) for start in starts]


def customer(person: Person) -> Identifier:
    """The identifier under which the shop keeps the person."""
    return Identifier("customer", person.customer_id)


def device_name(person: Person, device: int) -> str:
    """The anonymous id of one of a person's devices."""
    return f"an-{person.key:06d}-{device}"
