"""Which shop to invent: how many people, for how long, from which seed, and its dials."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from thang.model import WrongInput
from thang.simulate.dials import Dials
from thang.simulate.effects import Campaign
from thang.simulate.instants import add_months, instant
from thang.simulate.names import MOST_PEOPLE
from thang.simulate.path import Course

RING = 8  # names of a fraud ring
YEAR_START = instant(datetime(2024, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A shop to be invented: the same scenario is the same shop, byte for byte.

    Things happen from `start` on and before `until`, by default `months` later; both are
    instants (microseconds since 1970, UTC). `duplicates` and `late` are shares of rows that
    arrive twice, or after their time; none unless asked for, see `imperfect`. `course` is the
    shop's way through the stages; `seasonal`: it sells before Tết; `programme`: there is one
    to join; `pushed`: people are made to tell their friends however bad the product is;
    `rings`: so many fraud rings, of `RING` names each, are among the people.
    """

    name: str
    people: int
    months: int
    seed: int = 1
    currency: str = "VND"
    tz: str = "Asia/Ho_Chi_Minh"
    start: int = YEAR_START
    until: int | None = None
    duplicates: float = 0.0
    late: float = 0.0
    dials: Dials = field(default_factory=Dials)
    course: Course = field(default_factory=Course)
    seasonal: bool = False
    programme: bool = True
    pushed: bool = False
    rings: int = 0
    campaigns: tuple[Campaign, ...] = ()

    def __post_init__(self) -> None:
        if self.people < 1 or self.months < 1:
            raise WrongInput(
                f"Scenario {self.name} has {self.people} people over {self.months} months: "
                f"give at least one of each."
            )
        if self.people > MOST_PEOPLE:
            raise WrongInput(
                f"Scenario {self.name} has {self.people} people, more than there are invented "
                f"phones: give at most {MOST_PEOPLE}."
            )
        if self.rings * RING > self.people:
            raise WrongInput(
                f"Scenario {self.name} has {self.rings} rings of {RING} names among "
                f"{self.people} people: give fewer rings."
            )

    @property
    def end(self) -> int:
        """The instant (microseconds) before which everything happens."""
        return add_months(self.start, self.months, self.tz) if self.until is None else self.until

    def ending(self, end: int) -> Scenario:
        """The same shop stopping at `end` (microseconds), after as many months."""
        return replace(self, start=add_months(end, -self.months, self.tz), until=end)

    def imperfect(self, duplicates: float = 0.02, late: float = 0.05) -> Scenario:
        """The same shop, told as real files tell it: some rows twice, some rows late."""
        return replace(self, duplicates=duplicates, late=late)
