"""The dials of an invented shop: every rate and share its people are drawn from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dials:
    """Rates are per day, money is minor units, `*_a` and `*_b` are the two numbers of a Beta."""

    # arriving and looking around
    growth: float = 2.5  # arrivals per day at the end, beside those at the start: 1 + growth
    attention_days: float = 550.0  # how long somebody who has not bought goes on looking
    visits: float = 1 / 18
    visits_shape: float = 0.8
    converts_a: float = 1.3  # the share of people who would buy at all
    converts_b: float = 1.6
    decides_days: float = 16.0  # from the first contact to the first order
    names_oneself: float = 0.55  # at the first contact
    writes_email: float = 0.45
    consents: float = 0.7

    # buying: a rate that differs by person, an end after any order, a ticket
    orders: float = 1 / 55
    orders_shape: float = 0.5
    drops_a: float = 0.65
    drops_b: float = 4.6
    ticket: int = 420_000
    ticket_step: int = 1_000
    ticket_people_shape: float = 1.75  # between people
    ticket_order_shape: float = 6.0  # between the orders of one
    shipping: int = 25_000
    cancels: float = 0.03
    refuses_a: float = 0.8
    refuses_b: float = 11.5
    refunds: float = 0.03
    refunded_in_part: float = 0.5

    # belonging and telling
    joins_a: float = 1.3
    joins_b: float = 2.4
    leaves: float = 0.06  # of those who are done with the shop
    reviews: float = 0.22  # of orders that went well
    tells: float = 1 / 300  # acts of telling others
    tells_shape: float = 0.25
    fans: float = 0.03  # of people: they tell gladly, buy steadily and stay long
    fan_tells: float = 1 / 12
    fan_tells_shape: float = 2.0
    fan_orders: float = 1 / 28
    fan_orders_shape: float = 3.0
    fan_drops: float = 0.2  # times the chance of others to be done with the shop
    fan_converts: float = 0.95
    influence_shape: float = 1.8
    friends: float = 5.0  # for each unit of influence
    clicks: float = 0.75
    friend_converts: float = 0.55

    # trouble
    trouble: float = 0.07
    resolves_well: float = 0.82
