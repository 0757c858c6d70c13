"""A rule's text as words, numbers and signs, each with the column where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from thang.policy.exact import number

COMPARISONS = (">=", "<=", "==", "!=", ">", "<")
WORDS = ("and", "or", "not", "true", "false")

TOKEN = re.compile(
    r"(?P<number>\d[\d_.,]*)|(?P<word>[^\W\d]\w*)|(?P<sign>>=|<=|==|!=|[><*().])|(?P<space>\s+)",
)
INSTEAD = {
    "=": "==", "&": "and", "|": "or", "!": "not", "≥": ">=", "≤": "<=", "≠": "!=", "×": "*",
}  # fmt: skip


class RuleError(ValueError):
    """A rule that cannot be read: what is wrong, and the column (from 1) where.

    `missing` is the policy key of a quantity or level the rule speaks of and the
    policy does not have, such as `quantities.orders`.
    """

    def __init__(self, message: str, column: int, missing: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a rule; `kind` is number, word, sign or end."""

    kind: str
    text: str
    column: int
    value: Fraction = Fraction(0)

    def __str__(self) -> str:
        return self.text[:40] or "the end of the rule"


def tokens(text: str) -> list[Token]:
    """The tokens of a rule and one for its end; RuleError for a sign the language lacks."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _unknown_sign(text, at)
        if match.lastgroup != "space":
            found.append(_token(match))
        at = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _token(match: re.Match[str]) -> Token:
    text, column = match.group(), match.start() + 1
    if match.lastgroup != "number":
        return Token(str(match.lastgroup), text, column)
    try:
        return Token("number", text, column, number(text))
    except ValueError as error:
        raise RuleError(str(error), column) from None


def _unknown_sign(text: str, at: int) -> RuleError:
    sign = text[at]
    if sign in INSTEAD:
        return RuleError(f"{sign} is no sign of a rule; write {INSTEAD[sign]}", at + 1)
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return RuleError(
        f"{shown} is no sign of a rule; it is made of names, numbers, and, or, not, "
        "parentheses, * and comparisons",
        at + 1,
    )
