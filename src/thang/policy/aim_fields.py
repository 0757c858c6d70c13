"""The keys of a policy's second half: groups, value, costs, stage, gate and budget."""

from __future__ import annotations

from fractions import Fraction

from thang.policy.aims import GROUPS
from thang.policy.shapes import Field, Number, Record, Whole, Word

SHARE = Number(Fraction(0), Fraction(1))
WEIGHT = Number(Fraction(0), Fraction(100))
POSITIVE = Number(Fraction(1, 1000), Fraction(1000))
MONEY = Number(Fraction(0), Fraction(10**12))
COUNT = Whole(0, 1_000_000)
DAYS = Whole(1, 3650)
MONTHS = Whole(1, 120)
PERCENT = Whole(0, 100)
LAUNCHED = Word(r"unknown|no|\d{4}-\d{2}-\d{2}", "a day such as 2026-03-01, or no, or unknown")
UNKNOWN = "unknown"


def _prior(key: str, doc: str) -> Field:
    numbers = (
        Field("a", POSITIVE, "First number: successes, or the shape, believed beforehand."),
        Field("b", POSITIVE, "Second number: failures, or the rate, believed beforehand."),
    )
    return Field(key, Record(numbers), doc)


def _part(key: str, doc: str, *fields: Field) -> Field:
    return Field(key, Record(fields), doc)


WILLING = _part(
    "willing", "Takes a new thing, and takes it again (θ1: a chance).",
    Field("tau", SHARE, "Willing from this chance on."),
    Field("within_days", DAYS, "A new thing counts as taken within so many days."),
    Field("share_try", SHARE, "What trying weighs in θ1."),
    Field("share_retry", SHARE, "What trying again weighs in θ1."),
    Field("share_voice", SHARE, "What useful feedback weighs in θ1."),
    _prior("prior_try", "Belief about trying: a Beta."),
    _prior("prior_retry", "Belief about trying again: a Beta."),
    _prior("prior_voice", "Belief about useful feedback per month: a Gamma."),
    Field("min_n", COUNT, "Opportunities needed for an answer."),
)  # fmt: skip
FORGIVING = _part(
    "forgiving", "Stays, and does no public harm, after a failure of the shop's (θ2: a chance).",
    Field("tau", SHARE, "Forgiving from this chance on."),
    _prior("prior", "Belief about forgiving: a Beta."),
    Field("min_days", DAYS, "A failure is judged after so many days, or two usual gaps if longer."),
    Field("after_bad_success", WEIGHT, "Weight of staying though it was settled badly."),
    Field("after_good_success", WEIGHT, "Weight of staying when it was settled well."),
    Field("after_good_failure", WEIGHT, "Weight of leaving though it was settled well."),
    Field("after_bad_failure", WEIGHT, "Weight of leaving when it was settled badly."),
    Field("severe", WEIGHT, "Times the weight of a failure of severity 3."),
    Field("second", WEIGHT, "Times the weight of leaving after a second failure soon."),
    Field("second_days", DAYS, "A second failure is soon within so many days."),
    Field("gap_share", SHARE, "What patience with an open wish weighs in θ2."),
    Field("min_n", WEIGHT, "Weighted failures needed for an answer."),
)  # fmt: skip
VIRAL = _part(
    "viral", "Brings new customers (θ3: so many a year), and what they are worth.",
    Field("tau_per_year", POSITIVE, "Viral from so many new customers a year on."),
    _prior("prior", "Belief about new customers a year: a Gamma."),
    Field("min_years", POSITIVE, "Nobody is judged by less time than this."),
    Field("lift_most", WEIGHT, "Outward acts alone raise the belief at most so many times."),
    Field("crv_rho", SHARE, "Share of referred customers who would not have come otherwise."),
    Field("crv_depth", Whole(1, 10), "Friends of friends, so many steps deep."),
    Field("crv_decay", SHARE, "What each further step counts."),
    Field("crv_days", DAYS, "Friends won within so many days count."),
)  # fmt: skip
VALUABLE = _part(
    "valuable", "Will bring much margin (θ4: lifetime value).",
    Field("quantile", SHARE, "The share of living buyers below the threshold."),
    Field("min_alive", SHARE, "Buyers less likely to be there than this set no threshold."),
    Field("min_orders", COUNT, "Orders needed for an answer."),
    Field("min_repeaters", COUNT, "Repeat buyers needed to foretell by a model."),
)  # fmt: skip
PROFITABLE = _part(
    "profitable", "Leaves much profit and asks for little (θ5).",
    Field("quantile", SHARE, "The share of buyers below the threshold of yearly profit."),
    Field("floor", MONEY, "The threshold is never lower, in whole units of the currency."),
    Field("min_orders", COUNT, "Orders needed for an answer, or else `min_days`."),
    Field("min_days", DAYS, "Days since the first order that do as well."),
)  # fmt: skip
SHRINKAGE = _part(
    "shrinkage", "When beliefs are fitted to the shop's own people.",
    Field("min_people", COUNT, "People with data needed."),
    Field("min_success", COUNT, "Successes needed among them."),
    Field("weakest", POSITIVE, "A fitted belief counts at least so many observations."),
    Field("strongest", POSITIVE, "A fitted belief counts at most so many observations."),
)  # fmt: skip
STAGE_WEIGHT = _part(
    "stage_weight", "What a group weighs for the primary one, by its distance from the focus.",
    Field("focus", SHARE, "The group that the stage asks for."),
    Field("next", SHARE, "The group of the next stage."),
    Field("before", SHARE, "The group of the stage before."),
    Field("other", SHARE, "Every other group."),
)  # fmt: skip
GROUP_SECTION = _part(
    "groups",
    "The five groups. A score is the chance that somebody's trait reaches its threshold.",
    Field("enter", SHARE, "In from this score on."),
    Field("leave", SHARE, "Out below this score."),
    Field("leave_checks", Whole(1, 12), "Out after so many monthly checks in a row below it."),
    WILLING, FORGIVING, VIRAL, VALUABLE, PROFITABLE, SHRINKAGE, STAGE_WEIGHT,
)  # fmt: skip
VALUE = _part(
    "value", "How lifetime value is asked for.",
    Field("horizon_months", MONTHS, "So many months ahead."),
    Field("discount", SHARE, "The yearly discount."),
)  # fmt: skip
COSTS = _part(
    "costs", "What stands in for costs that nobody recorded; left out, they are unknown.",
    Field("margin", SHARE, "Share of revenue left after the goods.", absent=UNKNOWN),
    Field("minute", MONEY, "A minute of support.", absent=UNKNOWN),
    Field("contact", MONEY, "A message or call.", absent=UNKNOWN),
    Field("delivery_refused", MONEY, "A parcel that came back.", absent=UNKNOWN),
    Field("fee_share", SHARE, "Share of revenue for payment and platform.", absent=UNKNOWN),
    Field("acquisition", MONEY, "Winning one customer.", absent=UNKNOWN),
)  # fmt: skip
STAGE = _part(
    "stage", "The business stage: four questions, each answered by signals.",
    Field("launched", LAUNCHED, "The day of the launch, as the owner says."),
    Field("ellis", SHARE, "Share of “very disappointed” that means fit."),
    _prior("ellis_prior", "Belief about that share: a Beta."),
    Field("ellis_months", MONTHS, "Answers of so many months count."),
    Field("rebuy_month", SHARE, "Chance to buy again in a month that means fit."),
    _prior("rebuy_prior", "Belief about that chance: a Beta."),
    Field("flat", SHARE, "Retention at six cycles over that at three that means a flat curve."),
    Field("incidents", SHARE, "Failures an order that are few enough for fit."),
    _prior("incident_prior", "Belief about failures an order: a Beta."),
    Field("growth_scale", SHARE, "Growth of new customers a month that means scaling."),
    Field("growth_mature", SHARE, "Growth of orders a month below which a shop is mature."),
    Field("size_mult", POSITIVE, "Active customers, times those at fit, that mean scaling."),
    Field("existing_share", SHARE, "Share of revenue from existing customers of a mature shop."),
    Field("net_margin", SHARE, "Margin after all costs of a mature shop."),
    Field("confirm_checks", Whole(1, 12), "Monthly checks a new stage must lead."),
    Field("override_months", MONTHS, "An owner's own word on the stage holds so many months."),
)  # fmt: skip
GATE = _part(
    "gate", "What must be so before the viral ones are courted.",
    Field("love", SHARE, "R1: chance that customers love it."),
    Field("love_answers", COUNT, "R1: answers needed."),
    Field("incidents", SHARE, "R2: failures an order, at most (upper 90 % bound)."),
    Field("incident_orders", COUNT, "R2: orders needed for that."),
    Field("incidents_few", SHARE, "R2: the same with fewer orders (`few_orders`)."),
    Field("few_orders", COUNT, "R2: orders needed for the milder bound."),
    Field("quality_days", DAYS, "R2 to R4 look so many days back."),
    Field("recovery", SHARE, "R3: failures settled well and in time (lower 80 % bound)."),
    Field("resolve_days", DAYS, "R3: in time is within so many days."),
    Field("stars", SHARE, "R4: reviews of 4 or 5 stars (lower 80 % bound)."),
    Field("stars_answers", COUNT, "R4: reviews needed."),
    Field("headroom", POSITIVE, "R5: capacity over the orders that would come."),
    Field("monthly_capacity", COUNT, "R5: orders the shop can serve a month.", absent=UNKNOWN),
    Field("on_time", SHARE, "R5: deliveries in time (lower bound)."),
    Field("attributed", SHARE, "R6: test referrals that are attributed."),
    Field("pilot_share", SHARE, "R7: share of viral people in the pilot."),
    Field("pilot_least", COUNT, "R7: people in the pilot, at least."),
    Field("pilot_days", DAYS, "R7: the pilot lasts so long."),
    Field("relock_checks", Whole(1, 52), "The gate locks again after so many failed weeks."),
)  # fmt: skip


def _shares(stage: str) -> Field:
    groups = [Field(g, PERCENT, f"Per cent for the {g} group.") for g in GROUPS]
    new = Field("acquisition", PERCENT, "Per cent of all for winning new customers.")
    return _part(stage, f"Stage {stage.upper()}: the groups together are 100.", *groups, new)


BUDGET = _part(
    "budget", "Where budget and attention go at each stage.",
    *map(_shares, ("s1", "s2", "s3", "s4", "s5")),
    Field("acquisition_floor", PERCENT, "Winning new customers never gets less per cent."),
    Field("explore", SHARE, "Share kept for trying what is not known to be best."),
    Field("group_floor", SHARE, "Each group keeps this share of what its stage gives it."),
)  # fmt: skip

AIMS = (GROUP_SECTION, VALUE, COSTS, STAGE, GATE, BUDGET)
