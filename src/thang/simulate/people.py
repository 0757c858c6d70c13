"""Who the people are: traits nobody at the shop can see, drawn once for each person."""

from __future__ import annotations

import math
from dataclasses import dataclass

from thang.simulate.dials import Dials
from thang.simulate.dice import Dice, pareto, rank_of
from thang.simulate.names import Card, card
from thang.simulate.scenario import Scenario

INFLUENCE_MOST = 12.0
# What is told of the traits together: influence goes a little with buying, against forgiving.
BUYING_WITH_INFLUENCE = 0.1
FORGIVING_WITH_INFLUENCE = -0.4


@dataclass(frozen=True, slots=True)
class Traits:
    """What drives one person. Rates are per day, chances from 0 to 1, `ticket` minor units.

    `orders` is the rate of orders while the person is with the shop, `drops` the chance
    to be done with it after an order (BG/NBD); `ticket` the mean of their orders
    (gamma-gamma); `influence` is at least 1, heavy-tailed.
    """

    orders: float
    drops: float
    ticket: int
    visits: float
    attention_days: float
    converts: float
    refuses: float
    joins: float
    willing: float
    forgiving: float
    influence: float
    fan: bool
    tells: float


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
    traits, cards = Dice(scenario.seed, "traits"), Dice(scenario.seed, "cards")
    dials = scenario.dials
    return [
        Person(
            key,
            _traits(dials, _is_fan(key, dials.fans), traits),
            card(key, cards, dials.writes_email),
        )
        for key in range(1, scenario.people + 1)
    ]


def _is_fan(key: int, share: float) -> bool:
    """Fans are dealt out evenly: they are so few that chance would leave a small shop without."""
    return int(key * share) > int((key - 1) * share)


def _traits(dials: Dials, fan: bool, dice: Dice) -> Traits:
    reach, other = dice.normal(), dice.normal()
    mood = FORGIVING_WITH_INFLUENCE
    influence = pareto(rank_of(reach), dials.influence_shape, INFLUENCE_MOST)
    tilt = math.exp(BUYING_WITH_INFLUENCE * reach - BUYING_WITH_INFLUENCE**2 / 2)
    return Traits(
        orders=_orders(dials, fan, dice) * tilt,
        drops=dice.beta(dials.drops_a, dials.drops_b) * (dials.fan_drops if fan else 1.0),
        ticket=_ticket(dials, dice),
        visits=dice.gamma(dials.visits_shape, dials.visits),
        attention_days=dice.exponential(dials.attention_days),
        converts=dials.fan_converts if fan else dice.beta(dials.converts_a, dials.converts_b),
        refuses=dice.beta(dials.refuses_a, dials.refuses_b),
        joins=dice.beta(dials.joins_a, dials.joins_b),
        willing=dice.beta(1.6, 2.4),
        forgiving=rank_of(mood * reach + math.sqrt(1.0 - mood**2) * other),
        influence=influence,
        fan=fan,
        tells=_tells(dials, fan, dice) * math.sqrt(influence),
    )


def _orders(dials: Dials, fan: bool, dice: Dice) -> float:
    if fan:
        return dice.gamma(dials.fan_orders_shape, dials.fan_orders)
    return dice.gamma(dials.orders_shape, dials.orders)


def _tells(dials: Dials, fan: bool, dice: Dice) -> float:
    if fan:
        return dice.gamma(dials.fan_tells_shape, dials.fan_tells)
    return dice.gamma(dials.tells_shape, dials.tells)


def _ticket(dials: Dials, dice: Dice) -> int:
    """Mean order of one person: one over a gamma, as gamma-gamma has it."""
    shape = dials.ticket_people_shape
    return int(dials.ticket * (shape - 1.0) / (shape * dice.gamma(shape, 1.0)))
