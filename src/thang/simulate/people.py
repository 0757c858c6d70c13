"""Who the people are: a number, traits, and what they would write on a form."""

from __future__ import annotations

from dataclasses import dataclass

from thang.simulate.dice import Dice
from thang.simulate.names import Card, card
from thang.simulate.scenario import Scenario
from thang.simulate.traits import Traits, traits


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: number (from 1), traits, and what they would write on a form."""

    key: int
    traits: Traits
    card: Card

    @property
    def customer_id(self) -> str:
        """The shop's number for them (`khách hàng`)."""
        return f"KH{self.key:06d}"

    @property
    def referral_code(self) -> str:
        """The code they give to friends (`giới thiệu`)."""
        return f"GT{self.key:06d}"


def people(scenario: Scenario) -> list[Person]:
    """Everybody who will ever come, in the order of their numbers."""
    dials, cards = scenario.dials, Dice(scenario.seed, "cards")
    drawn = traits(scenario.people, dials, Dice(scenario.seed, "traits"))
    return [
        Person(key, one, card(key, cards, dials.writes_email)) for key, one in enumerate(drawn, 1)
    ]
