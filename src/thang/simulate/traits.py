"""What drives the people: traits nobody at the shop can see, drawn once for each of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from thang.simulate.dials import Dials
from thang.simulate.dice import Dice, pareto, rank_of

INFLUENCE_MOST = 12.0
# What is told of the traits together, as correlations of their normal scores.
BUYING_WITH_INFLUENCE = 0.1
FORGIVING_WITH_INFLUENCE = -0.4
DEMAND_WITH_TICKET = 0.2


@dataclass(frozen=True, slots=True)
class Traits:
    """What drives one person. Rates are per day, chances from 0 to 1, `ticket` minor units.

    `orders` is the rate of orders while the person is with the shop, `drops` the chance
    to be done with it after an order (BG/NBD); `ticket` the mean of their orders
    (gamma-gamma); `influence` is at least 1, heavy-tailed. `willing` is the chance to try a
    new thing, `voice` useful words a month of whoever has tried one; `forgiving` the chance to
    come back after a failure as such, before its severity and how it was put right; `demand`
    minutes of help an order; `price_sensitive` the chance to look for a coupon; `liking` how
    much they like the shop beside others, a normal score.
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
    voice: float
    forgiving: float
    influence: float
    demand: float
    price_sensitive: float
    liking: float
    fan: bool
    tells: float


def traits(count: int, dials: Dials, dice: Dice) -> list[Traits]:
    """Everybody's traits, in the order of their numbers."""
    fans = [_is_fan(key, dials.fans) for key in range(1, count + 1)]
    reach = [dice.normal() for _ in range(count)]
    purse = [dice.normal() for _ in range(count)]
    orders = dealt([dice.gamma(dials.orders_shape, dials.orders) for _ in range(count)],
                   _with(reach, BUYING_WITH_INFLUENCE, dice))  # fmt: skip
    forgiving = dealt([dice.beta(dials.forgives_a, dials.forgives_b) for _ in range(count)],
                      _with(reach, FORGIVING_WITH_INFLUENCE, dice))  # fmt: skip
    tickets = dealt([_ticket(dials, dice) for _ in range(count)], purse)
    demand = _with(purse, DEMAND_WITH_TICKET, dice)
    return [
        _one(dials, fans[i], orders[i], tickets[i], forgiving[i], reach[i], demand[i], dice)
        for i in range(count)
    ]


def dealt(values: Sequence[float], scores: Sequence[float]) -> list[float]:
    """The values, the greatest to whoever has the greatest score, and so on down."""
    placed = [0.0] * len(values)
    by_score = sorted(range(len(scores)), key=scores.__getitem__)
    for place, value in zip(by_score, sorted(values), strict=True):
        placed[place] = value
    return placed


def _with(scores: Sequence[float], correlation: float, dice: Dice) -> list[float]:
    """Normal scores that go so far with the given ones."""
    rest = math.sqrt(1.0 - correlation**2)
    return [correlation * score + rest * dice.normal() for score in scores]


def _is_fan(key: int, share: float) -> bool:
    """Fans are dealt out evenly: they are so few that chance would leave a small shop without."""
    return int(key * share) > int((key - 1) * share)


def _one(
    dials: Dials,
    fan: bool,
    orders: float,
    ticket: float,
    forgiving: float,
    reach: float,
    demand: float,
    dice: Dice,
) -> Traits:
    influence = pareto(rank_of(reach), dials.influence_shape, INFLUENCE_MOST)
    willing = dice.beta(dials.willing_a, dials.willing_b)
    return Traits(
        orders=dice.gamma(dials.fan_orders_shape, dials.fan_orders) if fan else orders,
        drops=dice.beta(dials.drops_a, dials.drops_b) * (dials.fan_drops if fan else 1.0),
        ticket=int(ticket),
        visits=dice.gamma(dials.visits_shape, dials.visits),
        attention_days=dice.exponential(dials.attention_days),
        converts=dials.fan_converts if fan else dice.beta(dials.converts_a, dials.converts_b),
        refuses=dice.beta(dials.refuses_a, dials.refuses_b),
        joins=dice.beta(dials.joins_a, dials.joins_b),
        willing=willing,
        voice=dice.gamma(dials.voice_shape, dials.voice * willing**2),
        forgiving=forgiving,
        influence=influence,
        demand=dials.support_median * math.exp(dials.support_spread * demand),
        price_sensitive=dice.beta(dials.price_sensitive_a, dials.price_sensitive_b),
        liking=dice.normal(),
        fan=fan,
        tells=_tells(dials, fan, dice) * math.sqrt(influence),
    )


def _tells(dials: Dials, fan: bool, dice: Dice) -> float:
    if fan:
        return dice.gamma(dials.fan_tells_shape, dials.fan_tells)
    return dice.gamma(dials.tells_shape, dials.tells)


def _ticket(dials: Dials, dice: Dice) -> float:
    """Mean order of one person: one over a gamma, as gamma-gamma has it."""
    shape = dials.ticket_people_shape
    return dials.ticket * (shape - 1.0) / (shape * dice.gamma(shape, 1.0))
