"""The keys of `programmes`: points, privileges, referral rewards."""

from __future__ import annotations

from fractions import Fraction

from thang.policy.shapes import (
    NAME,
    Field,
    Named,
    Number,
    OneOf,
    Prose,
    Record,
    Truth,
    Whole,
    Word,
)

MONEY = Number(Fraction(1, 100), Fraction(10**12))
COUNT = Whole(0, 10**9)
DAYS = Whole(1, 3650)
LEVEL = Word(NAME, "the key of a level")

POINTS = Record(
    (
        Field(
            "money_per_point",
            MONEY,
            "So much of a counting order, in whole units of the currency, earns one point.",
            absent="no points",
        ),
        Field(
            "worth",
            MONEY,
            "What a point takes off an order once it is made a voucher.",
            absent="not exchanged",
        ),
        Field("least", Whole(1, 10**9), "Fewer points than this are not made a voucher."),
        Field("expire_months", Whole(1, 120), "Points hold for so many months."),
        Field("month_end", Truth(), "True: and then to the end of that month."),
        Field("voucher_days", DAYS, "A voucher bought with points holds for so many days."),
        Field(
            "times",
            Named(
                LEVEL,
                Number(Fraction(1, 10), Fraction(10)),
                "level",
                "a mapping of levels to numbers, such as {premier: 1.5}",
            ),
            "On these levels an order earns so many times the points.",
        ),
    )
)
PRIVILEGES = Named(
    LEVEL,
    Record(
        (
            Field("vi", Prose(500), "What people on this level are entitled to, in Vietnamese."),
            Field("en", Prose(500), "The same in English."),
        )
    ),
    "level",
)
REFERRAL = Record(
    (
        Field("reward", OneOf(("points", "voucher")), "What both sides of a referral get."),
        Field(
            "referrer", COUNT, "Who referred gets so many points, or a voucher of so much; 0: none."
        ),
        Field("friend", COUNT, "The same for the friend who came."),
        Field("after_orders", Whole(1, 5), "It is paid once so many orders of the friend count."),
        Field("voucher_days", DAYS, "The vouchers hold for so many days."),
        Field(
            "most_per_month",
            Whole(1, 1000),
            "More referrals of one person within 30 days are looked at by people first.",
        ),
        Field(
            "ring", Whole(2, 8), "Referrals that lead back within so many steps are looked at too."
        ),
    )
)
PROGRAMMES = Field(
    "programmes",
    Record(
        (
            Field("points", POINTS, "Points to spend. No level ever depends on them."),
            Field("privileges", PRIVILEGES, "What people on a level are entitled to."),
            Field("referral", REFERRAL, "Rewards for referrals that count."),
        )
    ),
    "Points to spend, privileges of the levels, rewards for referrals.",
)
