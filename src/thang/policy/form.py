"""The numbers and names of the levels as fields of a form, read from the rules as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from thang.policy.draft import Draft
from thang.policy.exact import number
from thang.policy.load import drafted
from thang.policy.overlay import is_null
from thang.policy.schema import Policy
from thang.policy.tokens import COMPARISONS, Token, tokens
from thang.policy.tree import Scalar

RULES = ("fact", "enter", "keep")
LANGUAGES = ("vi", "en")
MIRRORED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a form may change; `path` names it and nothing else.

    A number of a rule says what it is compared with: `left op value`, or
    `left op value x times`. `word` is the key of the level that it belongs to.
    """

    path: str
    word: str
    value: str
    left: str = ""
    op: str = ""
    times: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is a name; else it is a number."""
        return self.word == "name"

    @property
    def is_whole(self) -> bool:
        """Whether the number counts months, checks or days."""
        return not self.is_text and self.word not in RULES


@dataclass(frozen=True, slots=True)
class LevelForm:
    """What a form may change about one level."""

    key: str
    fields: tuple[Field, ...]
    rules: Mapping[str, str]  # as they are written, on one line each

    def rule(self, word: str) -> str:
        """A rule of the level; empty where it has none."""
        return self.rules.get(word, "")

    def of(self, word: str) -> tuple[Field, ...]:
        """The fields of one key of the level."""
        return tuple(field for field in self.fields if field.word == word)


def level_forms(policy: Policy) -> tuple[LevelForm, ...]:
    """The fields of every level, from the lowest, as the policy's text says them."""
    draft = drafted(policy.text)
    return tuple(
        LevelForm(level.key, tuple(_fields(draft, policy, level.key)), _rules(draft, level.key))
        for level in policy.levels
    )


def same_value(one: str, other: str, field: Field) -> bool:
    """Whether two spellings say the same: 1,000 and 1000 do, and so do 0.70 and 0.7."""
    if field.is_text:
        return one.strip() == other.strip()
    return _value(one) == _value(other)


def _value(text: str) -> Fraction | str:
    try:
        return number(text)
    except ValueError:
        return text


def _fields(draft: Draft, policy: Policy, key: str) -> Iterator[Field]:
    level, at = next(x for x in policy.levels if x.key == key), f"levels.{key}"
    for language in LANGUAGES:
        yield Field(f"{at}.name.{language}", "name", level.names.get(language, ""))
    for word in RULES:
        yield from _numbers(draft, f"{at}.{word}", word)
    if level.silence is not None:
        yield Field(f"{at}.silence.days", "silence", str(level.silence.days))
    if level.keep is not None:
        yield Field(f"{at}.hold_months", "hold_months", str(level.hold_months))
        yield Field(f"{at}.grace", "grace", str(level.grace))


def _rules(draft: Draft, key: str) -> dict[str, str]:
    nodes = {word: draft.find(f"levels.{key}.{word}") for word in RULES}
    return {w: " ".join(n.text.split()) for w, n in nodes.items() if isinstance(n, Scalar)}


def _numbers(draft: Draft, path: str, word: str) -> Iterator[Field]:
    node = draft.find(path)
    if not isinstance(node, Scalar) or is_null(node):
        return
    found = tokens(node.text)
    places = [i for i, token in enumerate(found) if token.kind == "number"]
    for count, i in enumerate(places):
        left, op, times = _around(found, i)
        yield Field(f"{path}.{count}", word, found[i].text.rstrip(".,"), left, op, times)


def _around(found: list[Token], i: int) -> tuple[str, str, str]:
    """What a number of a rule is compared with, and what it multiplies."""
    first, last, times = i, i, ""
    if _text(found, i + 1) == "*":
        last, times = i + 2, _text(found, i + 2)
    elif _text(found, i - 1) == "*":
        first, times = i - 2, _text(found, i - 2)
    op = _text(found, first - 1)
    if op in COMPARISONS:
        return _text(found, first - 2), op, times
    op = _text(found, last + 1)
    return _name_after(found, last + 2), MIRRORED.get(op, ""), times


def _name_after(found: list[Token], i: int) -> str:
    """The quantity of a term that begins at a place: `spend`, or the spend of `2 * spend`."""
    return _text(found, i + 2) if _text(found, i + 1) == "*" else _text(found, i)


def _text(found: list[Token], i: int) -> str:
    return found[i].text if 0 <= i < len(found) else ""
