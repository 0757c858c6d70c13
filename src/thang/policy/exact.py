"""Numbers as people type them, kept exactly: `0.7` is seven tenths, never a float.

`500.000` is half a million to a Vietnamese shop and five hundred to a computer, so
a number that can be read both ways is refused rather than guessed.
"""

from __future__ import annotations

import re
from fractions import Fraction

# Wider numbers would not fit the integers of the fold once both sides share a denominator.
MOST_DIGITS, MOST_PLACES = 12, 4

PLAIN = re.compile(r"\d+(?:_\d+)*(?:\.\d+)?", re.ASCII)
GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)


def number(text: str) -> Fraction:
    """The number a text says; ValueError with the cure if it says none, or more than one."""
    if not PLAIN.fullmatch(text) or GROUPED.fullmatch(text):
        raise ValueError(_not_one(text))
    whole, _, places = text.replace("_", "").partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS or len(places.rstrip("0")) > MOST_PLACES:
        raise ValueError(
            f"{text[:40]} is too long; write at most {MOST_DIGITS} digits before the point "
            f"and {MOST_PLACES} after it"
        )
    return Fraction(f"{whole}.{places.rstrip('0') or '0'}")


def _not_one(text: str) -> str:
    digits = re.sub(r"\D", "", text, flags=re.ASCII)[:40]
    if GROUPED.fullmatch(text):
        return f"{text} can be read in two ways; write {digits}, or {text}0 for the decimal"
    cure = f"write {digits}" if digits and not text.startswith("-") else "write digits such as 3"
    return f"{text[:40]} is no number here; {cure}"


def written(value: Fraction) -> str:
    """A number as `number` reads it back; ValueError if it has no such form."""
    units = value * 10**MOST_PLACES
    if units.denominator != 1 or units < 0:
        raise ValueError(f"{value} cannot be written with {MOST_PLACES} decimal places")
    whole, rest = divmod(units.numerator, 10**MOST_PLACES)
    places = f"{rest:0{MOST_PLACES}d}".rstrip("0")
    text = f"{whole}.{places}" if places else str(whole)
    return f"{text}0" if GROUPED.fullmatch(text) else text
