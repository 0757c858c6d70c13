"""The keys of quantities, of points schemes, and of the acts they mean."""

from __future__ import annotations

from fractions import Fraction

from thang.policy.shapes import (
    NAME,
    Either,
    Field,
    Just,
    Kinds,
    Named,
    Number,
    OneOf,
    Record,
    Shape,
    Truth,
    Variants,
    Weights,
    Whole,
    Word,
)

DAYS = Whole(1, 3650)
GRADE = Whole(0, 1000)
WEIGHT = Number(Fraction(1, 10_000), Fraction(1000))
OWN_NAME = Word(NAME, "a name of small letters, digits and _")
SCHEME = Word(NAME, "the name of a scheme under `points`")

WHERE = Record(
    (
        Field("grade_min", GRADE, "The least stars, severity or score.", absent="any"),
        Field("grade_max", GRADE, "The most stars, severity or score.", absent="any"),
        Field("public", Truth(), "Whether others must be able to see it.", absent="either"),
        Field("verified", Truth(), "Whether the source must vouch for it.", absent="either"),
        Field("ok", Truth(), "Whether it must be said to have gone well.", absent="either"),
        Field("failed", Truth(), "Whether it must be said to have gone badly.", absent="either"),
        Field("self", Truth(), "Whether the person did it to themself.", absent="either"),
    )
)
WITHIN = Field(
    "within", Either(("W", "ever"), DAYS), "The window: days, W, or ever.", absent="ever"
)
MEANT = Field("where", WHERE, "Which of these acts are meant.", absent="all")
OUTWARD = Field("outward", Truth(), "Whether only acts told to others are meant.", absent="false")


def _form(key: str, shape: Shape, doc: str, *more: Field) -> tuple[str, Record]:
    return key, Record((Field(key, shape, doc), *more))


FORMS = (
    _form("count", Weights(WEIGHT), "Acts, each by its weight.", WITHIN, MEANT),
    _form("sum", Weights(WEIGHT), "The amounts of acts, each by its weight.", WITHIN, MEANT),
    _form("days", Kinds(), "Distinct shop days with such an act.", WITHIN, MEANT),
    _form(
        "months",
        SCHEME,
        "Distinct calendar months with an act of a points scheme.",
        Field("of", Whole(1, 60), "The last so many months, the present one included."),
        OUTWARD,
    ),
    _form("orders", Just(), "Counting orders; those of one shop day are one.", WITHIN),
    _form("spend", Just(), "Their net money, in minor units of the currency.", WITHIN),
    _form("points", SCHEME, "Points of a scheme.", WITHIN, OUTWARD),
    _form("point_days", SCHEME, "Distinct shop days that earned points.", WITHIN, OUTWARD),
    _form(
        "open",
        Kinds(),
        "Things opened by these acts and not yet closed.",
        Field("close", Kinds(), "The acts that close."),
        Field(
            "by",
            OneOf(("ref", "person")),
            "ref: each thing by its name; person: one switch for each person.",
            absent="ref",
        ),
        MEANT,
        Field("close_where", WHERE, "Which closing acts are meant.", absent="all"),
    ),
    _form("since_order", Just(), "The time since the last counting order."),
    _form("gap", Just(), "The personal gap between counting orders, else the shop's."),
    _form(
        "setting",
        OneOf(("programme", "consent_recorded")),
        "What is settled when the policy is applied.",
    ),
    _form(
        "bar",
        OneOf(("premier_bar", "median_member_spend", "buyers")),
        "A statistic that is frozen for a quarter.",
    ),
    _form("own_bar", Just(), "The bar in force when the level was earned."),
)
QUANTITIES = Named(
    OWN_NAME, Variants(dict(FORMS)), "quantity", "a mapping of names to what they count"
)

ACT = Record(
    (
        Field("kinds", Kinds(), "The acts that earn."),
        Field("points", WEIGHT, "Points for each."),
        Field("cap", Whole(1, 32), "So many acts earn within `per_days`.", absent="no cap"),
        Field("per_days", DAYS, "The days up to an act over which the cap counts.", absent="90"),
        Field(
            "once_per_ref", Truth(), "Whether a thing earns once ever: a product.", absent="false"
        ),
        Field("outward", Truth(), "Whether it is told to others.", absent="false"),
        MEANT,
    )
)
LINES = Named(OWN_NAME, ACT, "line", "a mapping of names to acts that earn points")
SCHEMES = Named(OWN_NAME, LINES, "scheme", "a mapping of names to points schemes")
