"""Every key of a policy in one table: its type, its range, and one sentence of what it is for."""

from __future__ import annotations

from fractions import Fraction

from thang.policy.aim_fields import AIMS
from thang.policy.contact_fields import SENDING
from thang.policy.level_fields import LADDER
from thang.policy.programme_fields import PROGRAMMES
from thang.policy.quantity_fields import QUANTITIES, SCHEMES
from thang.policy.shapes import (
    NAME,
    Either,
    Field,
    Kinds,
    Named,
    Number,
    OneOf,
    Record,
    Rule,
    Truth,
    Whole,
    Word,
)

TENTH, HUNDREDTH = Fraction(1, 10), Fraction(1, 100)
DAYS = Whole(1, 3650)
GAPS = Number(TENTH, Fraction(100))
CURRENCY = Word(r"[A-Z]{3}", "a currency of three capital letters such as VND")
ZONE = Word(r"[A-Za-z][A-Za-z0-9_+\-/]{0,63}", "a time zone such as Asia/Ho_Chi_Minh")

SHOP = Record(
    (
        Field("currency", CURRENCY, "The currency in which the shop keeps its money."),
        Field("tz", ZONE, "The time zone whose midnights and months are the shop's."),
        Field(
            "return_window_days",
            Whole(0, 365),
            "Days after which an order can no longer come back, and counts.",
        ),
        Field(
            "seasonal",
            Truth(),
            "True for a shop of one season: one demotion check a year, and a window that "
            "covers a whole season.",
        ),
        Field(
            "rates",
            Named(
                CURRENCY,
                Number(Fraction(1, 10_000), Fraction(10**9)),
                "rate",
                "a mapping of currencies to rates, such as {USD: 25400}",
            ),
            "What one unit of a foreign currency is worth in the shop's own.",
        ),
    )
)
WINDOW = Record(
    (
        Field("mode", Either(("auto",), DAYS), "How W is found, or the days it has."),
        Field("mult_gap", GAPS, "W is so many times the usual gap between two orders."),
        Field("min_days", DAYS, "W is never shorter."),
        Field("max_days", DAYS, "W is never longer."),
        Field("round_days", Whole(1, 365), "W is rounded to a multiple of these days."),
        Field("default_days", DAYS, "W while there are too few repeat buyers to measure it."),
        Field("min_repeaters", Whole(2, 1_000_000), "Repeat buyers needed to measure W."),
        Field("seasonal_min_days", DAYS, "W of a seasonal shop is never shorter."),
    )
)
PREMIER = Record(
    (
        Field(
            "mode",
            Either(("auto",), Number(Fraction(1), Fraction(10**12 - 1))),
            "How the Premier bar is found, or its amount in whole units of the currency.",
        ),
        Field("quantile", Number(HUNDREDTH, Fraction(99, 100)), "The share of buyers below it."),
        Field("median_mult", GAPS, "It is at least so many times what a repeat buyer spends."),
        Field("min_n_auto", Whole(1, 1_000_000), "Fewer buyers than this have no automatic bar."),
        Field("full_n", Whole(1, 1_000_000), "From so many buyers on the quantile is trusted."),
        Field(
            "change_min_pct",
            Number(Fraction(0), Fraction(100)),
            "A new bar is published only if it differs by more than so many per cent.",
        ),
        Field("min_months_between", Whole(0, 60), "Months between two changes of the bar."),
        Field("max_share", Number(HUNDREDTH, Fraction(1)), "The share of buyers it may let in."),
    )
)
BARS = Record(
    (
        Field("premier", PREMIER, "The spend from which a customer is Premier."),
        Field(
            "member_level",
            Word(NAME, "the key of a level"),
            "The level whose entry rule says whose median spend is `median_member_spend`.",
        ),
        Field("unless", Rule(), "Who is left out of every bar."),
    )
)
ACTIVITY = Record(
    (
        Field("new", GAPS, "Upper end, in gaps, for somebody with one order."),
        Field("active", GAPS, "Upper end, in gaps, of being active."),
        Field("at_risk", GAPS, "Upper end, in gaps, of being at risk."),
        Field("dormant", GAPS, "Upper end, in gaps, of being dormant; beyond it: lost."),
    )
)
BLOCKED = Record(
    (
        Field("while", Rule(), "Nobody of whom this is true stands on a level that is kept."),
        Field(
            "ended_by", Kinds(least=0), "Event kinds that end those levels at once.", absent="none"
        ),
    )
)
REFERRAL = Record(
    (
        Field(
            "sent_within_days",
            DAYS,
            "A referral counts if it was sent at most so many days before the order.",
        ),
    )
)

POLICY = Record(
    (
        Field("version", Whole(1, 1), "The version of this format."),
        Field("shop", SHOP, "The shop's money, its clock, and when an order counts."),
        Field("window", WINDOW, "How W, the shop's window, is found when a policy is applied."),
        Field(
            "programme",
            OneOf(("auto", "yes", "no")),
            "Whether there is a membership programme; auto: once anybody has joined one.",
        ),
        Field("quantities", QUANTITIES, "What rules may speak of."),
        Field("points", SCHEMES, "Points for acts, by scheme; they are counted, never spent."),
        Field("levels", LADDER, "The ladder, from the lowest rung to the highest."),
        Field("blocked", BLOCKED, "Who stands on no level that is kept.", absent="nobody"),
        Field("referral", REFERRAL, "When a referral counts."),
        Field("bars", BARS, "The statistics that are frozen at each quarter's start."),
        Field("activity", ACTIVITY, "Names for the time since the last counting order."),
        *AIMS,
        SENDING,
        PROGRAMMES,
    )
)
