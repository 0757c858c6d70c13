"""The keys of a level, and which of them go together."""

from __future__ import annotations

from collections.abc import Mapping

from thang.policy.shapes import (
    NAME,
    Field,
    Kinds,
    Ladder,
    Named,
    Record,
    Rule,
    Text,
    Whole,
    Word,
)

NAMES = "a name in each language, such as {vi: Thành viên, en: Member}"
LANGUAGE = Word(r"[a-z]{2,3}", "a language code such as vi or en")

# A key of a level, and the key without which it means nothing.
NEEDS: Mapping[str, str] = {
    "keep": "enter",
    "silence": "enter",
    "hold_months": "keep",
    "grace": "keep",
    "own_bar": "keep",
    "ended_by": "keep",
}
# Pairs that contradict each other: a level has one shape.
CLASHES = (("fact", "enter"), ("silence", "keep"))

SILENCE = Record(
    (
        Field("days", Whole(1, 3650), "Days after the last such act at which the level is lost."),
        Field("acts", Kinds(), "The acts that restart the clock."),
    )
)
LEVEL = Record(
    (
        Field("name", Named(LANGUAGE, Text(60), "name", NAMES), "What people read, by language."),
        Field("fact", Rule(), "The level is held while this is true.", absent="none"),
        Field("enter", Rule(), "The level is earned when this is true.", absent="none"),
        Field("keep", Rule(), "What is asked at each check after the hold.", absent="none"),
        Field("silence", SILENCE, "The level is lost by silence.", absent="none"),
        Field("hold_months", Whole(0, 120), "Months for which it is kept unasked.", absent="0"),
        Field(
            "grace", Whole(0, 24), "Failed checks that are forgiven before it is lost.", absent="0"
        ),
        Field(
            "own_bar",
            Word(NAME, "the name of a bar quantity"),
            "The bar that is remembered at entry, and that `own_bar` speaks of.",
            absent="none",
        ),
        Field("ended_by", Kinds(least=0), "Event kinds that end the level at once.", absent="none"),
    ),
    NEEDS,
)
LADDER = Ladder(LEVEL, Word(NAME, "a key of small letters, digits and _"))
