"""What the stage adviser says, by the keys of the chain and of the gate, for the catalogue."""

from __future__ import annotations

from thang.web.words.catalogue import noted

STAGES = (
    noted("Before the launch"),
    noted("Launched, not finished yet"),
    noted("Fits its market"),
    noted("Growing"),
    noted("Earning"),
)
GROUPS = (
    noted("Willing"), noted("Forgiving"), noted("Viral"), noted("Valuable"), noted("Profitable"),
)  # fmt: skip
# Whom a stage courts.
FOCUS = (
    noted("Court the willing: who tries, says what they think, and tries again."),
    noted("Court the forgiving: who stays though something still goes wrong."),
    noted("Court the viral, once the gate below is open: they give no second chance."),
    noted("Court the valuable: who spends more and more, for a long time."),
    noted("Court the profitable: who leaves most and asks for least."),
)
QUESTIONS = {
    "launched": noted("Has it begun?"),
    "fitted": noted("Does it fit its market?"),
    "scaled": noted("Has it grown beyond that?"),
    "mature": noted("Is it time for profit?"),
}
PARTS = {
    "said": noted("As you say in the rules"),
    "buyers": noted("People who bought within 90 days: %(k)s"),
    "love": noted("%(k)s of %(n)s regular customers would be very disappointed without you"),
    "back": noted("Months in which old customers bought, and went on to: %(k)s of %(n)s"),
    "quiet": noted("Tickets of your doing in 90 days: %(k)s of %(n)s orders"),
    "size": noted("Active customers: %(k)s"),
    "new": noted("New customers in 30 days: %(k)s; half a year ago: %(n)s"),
    "age": noted("Months since it has fitted its market: %(k)s"),
    "contribution": noted("%(k)s of the revenue is left before care and acquisition"),
    "slow": noted("Orders in 30 days: %(k)s; half a year ago: %(n)s"),
    "existing": noted("%(k)s of the revenue came from whoever had bought before"),
    "net_margin": noted("%(k)s of the revenue is left after every known cost"),
}
# Of parts that are shares rather than counts.
IN_PERCENT = ("contribution", "existing", "net_margin")
UNKNOWN = {
    "love": noted("Would they miss you? Fewer than 20 regular customers were asked"),
    "back": noted("Do they come back? Too few first bought long enough ago"),
    "quiet": noted("Does much go wrong? No ticket was ever recorded"),
    "new": noted("New customers: none in half a year"),
    "contribution": noted("What is left of the revenue: what goods cost is unknown"),
    "slow": noted("Orders: none in half a year"),
    "existing": noted("Who the revenue came from: there is none"),
    "net_margin": noted("What is left after every cost: what goods cost is unknown"),
}
CHECKS = {
    "love": noted("Customers would miss you"),
    "quality": noted("Little goes wrong"),
    "recovery": noted("What goes wrong is put right"),
    "taste": noted("Reviews are good"),
    "capacity": noted("You can carry more orders"),
    "plumbing": noted("Referrals arrive where they belong"),
    "pilot": noted("A pilot went well"),
}
WHY = {
    "few_answers": noted(
        "%(k)s of %(n)s would be very disappointed without you; %(of)s answers are needed, and "
        "%(needed)s such among them."
    ),
    "little_love": noted(
        "%(k)s of %(n)s would be very disappointed without you; %(needed)s are needed."
    ),
    "no_tickets": noted("No ticket is on record: nobody knows what goes wrong."),
    "few_orders": noted("Orders in two months: %(n)s; %(needed)s are needed to tell."),
    "much_goes_wrong": noted(
        "%(k)s tickets of %(n)s orders: it may be %(high)s, and %(most)s is the most."
    ),
    "severe_open": noted("Severe tickets that are still open: %(open)s."),
    "slow_recovery": noted(
        "%(k)s of %(n)s tickets were put right within %(days)s days: it may be only %(low)s, and "
        "%(least)s is the least."
    ),
    "few_reviews": noted("Reviews in half a year: %(n)s; %(needed)s are needed."),
    "few_stars": noted(
        "%(k)s of %(n)s reviews have four stars or five: it may be only %(low)s, and %(least)s is "
        "the least."
    ),
    "capacity_unknown": noted(
        "How many orders a month you can carry is unknown; %(wanted)s are needed."
    ),
    "too_small": noted("You can carry %(carries)s orders a month; %(wanted)s are needed."),
    "punctuality_unknown": noted("How many parcels come in time is unknown."),
    "late_parcels": noted(
        "%(k)s of %(n)s parcels came in time: it may be only %(low)s, and %(least)s is the least."
    ),
    "referrals_untested": noted("Nobody has tried out whether a referral arrives."),
    "referrals_lost": noted("%(k)s of %(n)s test referrals arrived; %(least)s is the least."),
    "terms_unpublished": noted("Nobody has said that the terms are published."),
    "no_pilot": noted("No pilot has begun: %(asked)s people, %(of)s days."),
    "pilot_runs": noted(
        "The pilot is on day %(days)s of %(of)s, with %(people)s of %(asked)s people."
    ),
    "pilot_went_badly": noted(
        "During the pilot more went wrong than before, or more spoke against you than for you."
    ),
}
THEN = {
    "ask": noted("Ask more regular customers: how would you feel without us?"),
    "ask_why": noted("Ask whoever was only somewhat disappointed what is missing."),
    "record_tickets": noted("Record every failure as a ticket, complained of or not."),
    "wait_orders": noted("Wait for more orders."),
    "mend": noted("Mend the most frequent causes first."),
    "close_severe": noted("Put the severe ones right today."),
    "staff": noted("Give somebody the time to answer, and a deadline."),
    "ask_reviews": noted("Ask for reviews after delivery."),
    "say_capacity": noted("Write it into the rules (gate: monthly_capacity)."),
    "grow_first": noted("Hire or stock up before you invite."),
    "count_parcels": noted("Count the last hundred parcels, and say it below."),
    "carrier": noted("Speak with the carrier, or take another."),
    "test_referrals": noted("Try twenty links of your own, and say below how many arrived."),
    "mend_referrals": noted("Find out where referrals are lost."),
    "publish": noted("Publish the terms of referring, and say so below."),
    "begin_pilot": noted("Invite a few of the viral, and say so below."),
    "wait_pilot": noted("Let the pilot run on."),
}  # fmt: skip
SHARES = ("high", "most", "low", "least", "chance")  # numbers of a check that are per cent
