"""The shop while it is being lived: everybody's standing, the agenda, and a voice for events."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from thang.model import Event, Finality, Flag, Identifier
from thang.river.events import ORDER_KINDS
from thang.simulate.agenda import Act, Agenda, Due, Order
from thang.simulate.circle import friends
from thang.simulate.dice import Dice
from thang.simulate.instants import Days
from thang.simulate.people import Person, people
from thang.simulate.scenario import Scenario

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
    ordered: int = 0
    delivered: int = 0
    done_at: int | None = None  # done with the shop for good
    upset: bool = False  # by what went wrong last
    referred_by: int | None = None


@dataclass(frozen=True, slots=True)
class Referred:
    """Who brought whom: places, the code, the click, and the first order if there was one."""

    referrer: int
    referee: int
    code: str
    clicked_at: int
    order_id: str | None = None


@dataclass
class World:
    """What the acts share: what one leads to in another, it puts on the agenda."""

    scenario: Scenario
    dice: Dice = field(init=False)
    days: Days = field(init=False)
    agenda: Agenda = field(init=False)
    people: list[Person] = field(init=False)
    friends: list[list[int]] = field(init=False)
    standing: list[Standing] = field(init=False)
    referred: dict[int, Referred] = field(init=False, default_factory=dict)  # by referee
    orders: int = 0

    def __post_init__(self) -> None:
        scenario = self.scenario
        self.dice = Dice(scenario.seed, "acts")
        self.days = Days(scenario.start, scenario.end, scenario.tz)
        self.agenda = Agenda(scenario.end)
        self.people = people(scenario)
        self.friends = friends(self.people, scenario.dials, scenario.seed)
        self.standing = [Standing() for _ in self.people]
        self._number = count(1)

    def due(self, at: int | None, act: Act, who: int, about: Order | int | None = None) -> None:
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
        **properties: object,
    ) -> None:
        """An event of the person at a whole second, at its turn among all others."""
        event = Event(
            source=SOURCE,
            kind=kind,
            at=at,
            identifiers=self._names(who, properties.get("channel")),
            message_id=self._message_id(),
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


def customer(person: Person) -> Identifier:
    """The identifier under which the shop keeps the person."""
    return Identifier("customer", person.customer_id)


def device_name(person: Person, device: int) -> str:
    """The anonymous id of one of a person's devices."""
    return f"an-{person.key:06d}-{device}"
