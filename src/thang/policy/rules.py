"""The small language of rules: `orders >= 3 and (spend >= premier_bar or not programme)`.

rule       = both { "or" both }
both       = one { "and" one }
one        = "not" one | "(" rule ")" | "true" | "false" | level ".enter" | comparison
comparison = name | term (">=" | ">" | "<=" | "<" | "==" | "!=") term
term       = number | name | number "*" name | name "*" number
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from thang.policy.expressions import ONE, ZERO, depth, entries_in, names_in, term_text, to_text
from thang.policy.nearest import hint
from thang.policy.schema import Always, And, Compare, EntryOf, Expr, Not, Or, Term
from thang.policy.tokens import COMPARISONS, WORDS, RuleError, Token, tokens

__all__ = ["RuleError", "entries_in", "names_in", "parse", "to_text"]

MOST_DEPTH, MOST_NODES = 32, 500

Made = TypeVar("Made", bound=Expr)


def parse(text: str, names: Collection[str], levels: Collection[str]) -> Expr:
    """The rule a text says, about these quantities and levels; RuleError names the column."""
    parser = Parser(tokens(text), names, levels)
    if parser.next.kind == "end":
        raise RuleError("the rule is empty; write a condition such as orders >= 3, or false", 1)
    expr = parser.rule()
    parser.ended()
    if depth(expr) > MOST_DEPTH:
        raise _too_deep(1)
    return expr


def _too_deep(column: int) -> RuleError:
    return RuleError(
        f"the rule is nested more than {MOST_DEPTH} deep; give its inner parts quantities of "
        "their own",
        column,
    )


@dataclass(slots=True)
class Parser:
    """Recursive descent over the tokens of one rule."""

    tokens: list[Token]
    names: Collection[str]
    levels: Collection[str]
    at: int = 0
    nested: int = 0
    made: int = 0

    @property
    def next(self) -> Token:
        """The token not yet read."""
        return self.tokens[self.at]

    def rule(self) -> Expr:
        """Alternatives."""
        return self._chain("or", self._both, Or)

    def ended(self) -> None:
        """Refuse whatever stands after a whole rule."""
        token = self.next
        if token.kind == "end":
            return
        if token.text in COMPARISONS:
            raise RuleError(
                f"{token} cannot compare a condition; compare quantities, and join two "
                "comparisons with and",
                token.column,
            )
        raise RuleError(
            f"{token} stands where and, or, or the end of the rule should be"
            f"{hint(token.text, ('and', 'or'))}",
            token.column,
        )

    def _both(self) -> Expr:
        return self._chain("and", self._one, And)

    def _chain(self, word: str, part: Callable[[], Expr], joined: type[And] | type[Or]) -> Expr:
        parts = [part()]
        while self._took(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else self._make(joined(tuple(parts)))

    def _one(self) -> Expr:
        token = self._take()
        if token.text == "not":
            return self._make(Not(self._nested(token, self._one)))
        if token.text == "(":
            return self._nested(token, lambda: self._group(token))
        if token.text in ("true", "false"):
            return self._make(Always(token.text == "true"))
        if self.next.text == "." and token.kind == "word":
            return self._make(self._entry(token))
        return self._make(self._comparison(token))

    def _nested(self, token: Token, part: Callable[[], Expr]) -> Expr:
        self.nested += 1
        if self.nested > MOST_DEPTH:
            raise _too_deep(token.column)
        expr = part()
        self.nested -= 1
        return expr

    def _group(self, opening: Token) -> Expr:
        expr = self.rule()
        if self.next.kind == "end":
            raise RuleError(
                f"the parenthesis at character {opening.column} is never closed; add )",
                opening.column,
            )
        if not self._took(")"):
            self.ended()
        return expr

    def _entry(self, level: Token) -> EntryOf:
        self.at += 1
        word = self._take()
        if word.text != "enter":
            raise RuleError(
                f"after {level}. only enter may stand; write {level}.enter", word.column
            )
        if level.text not in self.levels:
            raise RuleError(
                f"{level} is no level of this policy{hint(level.text, self.levels)}",
                level.column,
                f"levels.{level.text}",
            )
        return EntryOf(level.text)

    def _comparison(self, first: Token) -> Compare:
        left = self._term(first)
        sign = self.next
        if sign.text in COMPARISONS:
            self.at += 1
            return Compare(left, sign.text, self._term(self._take()))
        if left.name is None or left.factor != 1:
            raise RuleError(
                f"{term_text(left)} alone is no condition; compare it, as in orders >= 3",
                first.column,
            )
        return Compare(left, ">", ZERO)

    def _term(self, token: Token) -> Term:
        if not self._took("*"):
            return self._factor(token)
        parts = [self._factor(token), self._factor(self._take())]
        numbers = [part.factor for part in parts if part.name is None]
        names = [part.name for part in parts if part.name is not None]
        if len(numbers) != 1:
            raise RuleError(
                "* stands between one number and one quantity, as in 0.7 * own_bar", token.column
            )
        if numbers[0] == 0:
            raise RuleError(f"0 * {names[0]} is always 0; write 0", token.column)
        return Term(numbers[0], names[0])

    def _factor(self, token: Token) -> Term:
        if token.kind == "number":
            return Term(token.value)
        if token.kind != "word" or token.text in WORDS:
            raise RuleError(f"{token} stands where a quantity or a number should be", token.column)
        if token.text not in self.names:
            raise self._no_quantity(token)
        return Term(ONE, token.text)

    def _no_quantity(self, token: Token) -> RuleError:
        if token.text in self.levels:
            return RuleError(
                f"{token} is a level; write {token}.enter to ask its entry rule", token.column
            )
        known = hint(token.text, [*self.names, *WORDS])
        return RuleError(
            f"{token} is no quantity of this policy{known}",
            token.column,
            f"quantities.{token.text}",
        )

    def _take(self) -> Token:
        token = self.next
        if token.kind == "end":
            raise RuleError("the rule ends too early; a condition is missing", token.column)
        self.at += 1
        return token

    def _took(self, text: str) -> bool:
        found = self.next.text == text
        self.at += found
        return found

    def _make(self, expr: Made) -> Made:
        self.made += 1
        if self.made > MOST_NODES:
            raise RuleError(
                f"the rule has more than {MOST_NODES} parts; give some of them a quantity of "
                "their own",
                self.next.column,
            )
        return expr
