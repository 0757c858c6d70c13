"""The dials of an invented shop: every rate and share its people are drawn from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dials:
    """Rates are per day, money is minor units, `*_a` and `*_b` are the two numbers of a Beta."""

    # arriving and looking around
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

    friend_is_new: float = 0.5  # rho: of friends who buy, those who never would have otherwise

    # trouble: how often is a matter of the shop's `path`
    theirs: float = 0.012  # of delivered orders: something the customer did
    by_carrier: float = 0.15  # of failures that are not the customer's own
    found_by_us: float = 0.7
    late: float = 0.6  # of what is not put right in time: in the end it is
    never_closed: float = 0.15  # of what is not put right in time
    forgives_a: float = 2.6
    forgives_b: float = 1.6
    good_recovery: float = 1.0
    severity: float = -0.7
    second: float = -0.8  # another failure within 90 days
    comes_back_days: float = 18.0  # whoever forgives shows it by an order, so soon
    complains: float = 0.08  # times influence: in public, by whoever does not forgive
    complains_most: float = 0.6
    blocks: float = 0.12
    charges_back: float = 0.03
    warned: float = 0.15  # times influence: a friend who hears the anger
    warned_converts: float = 0.3  # times their chance to buy
    warned_drops: float = 0.12  # more chance to be done with the shop

    # early use and asking
    willing_a: float = 1.6
    willing_b: float = 2.4
    invited: float = 0.12  # of regulars, to what is new and not for sale yet
    announced: float = 0.45  # of those who may be written to
    uses: float = 0.9  # of those who said yes
    voice: float = 0.5  # useful words a month of somebody who is all willing
    voice_shape: float = 1.5
    useful: float = 0.6
    wishes: float = 0.25  # of words
    asked: float = 0.3  # of regulars, each month
    answers: float = 0.5
    rates_delivery: float = 0.06
    liking: float = 0.7  # how much of an answer is the person's own

    # costs, in minor units
    minute: int = 2_000
    support_median: float = 4.0  # minutes an order
    support_spread: float = 1.0  # deviation of the logarithm
    goods_low: float = 0.40  # of the price, by product
    goods_high: float = 0.70
    goods_unknown: float = 0.2  # of products: nobody recorded what they cost
    subsidy: int = 12_000  # of shipping, by the shop
    fee: float = 0.025
    refused: int = 30_000  # a parcel that came back
    reward: int = 50_000  # for a friend who bought
    message: int = 300
    price_sensitive_a: float = 1.5
    price_sensitive_b: float = 3.0
    coupon: float = 0.1  # off the price
