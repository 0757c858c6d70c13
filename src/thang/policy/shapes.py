"""The kinds of value a policy key may take, and what each says of itself.

The loader, the JSON Schema for editors and the reference page all read these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from thang.policy.exact import written

NAME = r"(?!(?:and|or|not|true|false)$)[a-z][a-z0-9_]{0,39}"
KIND = r"[a-z0-9_]{1,64}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two others, both included."""

    low: int
    high: int

    @property
    def says(self) -> str:
        if self.low == self.high:
            return str(self.low)
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two others, both included."""

    low: Fraction
    high: Fraction

    @property
    def says(self) -> str:
        return f"a number from {written(self.low)} to {written(self.high)}"


@dataclass(frozen=True, slots=True)
class Truth:
    """Yes or no."""

    says: str = "true or false"


@dataclass(frozen=True, slots=True)
class Just:
    """`true`: the key itself is the message."""

    says: str = "true"


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people."""

    most: int

    @property
    def says(self) -> str:
        return f"text of 1 to {self.most} characters"


@dataclass(frozen=True, slots=True)
class Prose:
    """Words for people over several lines."""

    most: int

    @property
    def says(self) -> str:
        return f"text of 1 to {self.most} characters, over lines if need be"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a certain form: a name, a code, a time zone."""

    pattern: str
    says: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def says(self) -> str:
        return " or ".join(self.words)


@dataclass(frozen=True, slots=True)
class Either:
    """A few words, or else a number."""

    words: tuple[str, ...]
    other: Whole | Number

    @property
    def says(self) -> str:
        return " or ".join((*self.words, self.other.says))


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence of the rule language."""

    says: str = "a rule"


@dataclass(frozen=True, slots=True)
class Kinds:
    """Event kinds, each once."""

    least: int = 1
    says: str = "a list of event kinds"


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of a few words or numbers, each once, in an order that may matter."""

    of: OneOf | Word | Whole
    least: int = 1

    @property
    def says(self) -> str:
        return f"a list, each {self.of.says}"


@dataclass(frozen=True, slots=True)
class Weights:
    """Event kinds with what each weighs; in a list each weighs 1."""

    weight: Number
    says: str = "a list of event kinds, or a mapping of event kinds to weights"


@dataclass(frozen=True, slots=True)
class Field:
    """One key: what it takes, what it is for, and what leaving it out means if that is allowed.

    `absent` is None where a value is needed (a shop's file may leave it out all the
    same: then the default policy has it).
    """

    key: str
    shape: Shape
    doc: str
    absent: str | None = None

    @property
    def optional(self) -> bool:
        return self.absent is not None


@dataclass(frozen=True, slots=True)
class Record:
    """Keys that are fixed; `needs` says of a key without which other key it means nothing."""

    fields: tuple[Field, ...]
    needs: Mapping[str, str] = field(default_factory=dict)
    says: str = "keys with values"

    def field(self, key: str) -> Field | None:
        """The field of a key, None if there is none."""
        return next((one for one in self.fields if one.key == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.fields)


@dataclass(frozen=True, slots=True)
class Variants:
    """A record of which one of several first keys says the form: count, sum, days, …"""

    forms: Mapping[str, Record]
    says: str = "keys with values"

    def chosen(self, keys: Mapping[str, object]) -> list[str]:
        """The forms that these keys name; one, if they are right."""
        return [form for form in self.forms if form in keys]

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key of every form."""
        return tuple(dict.fromkeys(key for form in self.forms.values() for key in form.keys))


@dataclass(frozen=True, slots=True)
class Named:
    """Things the shop names itself; null drops one of them."""

    key: Word
    of: Shape
    noun: str
    says: str = "names with values"


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels: a list replaces all of them, a mapping changes some."""

    of: Record
    key: Word
    most: int = 24
    says: str = "a list of levels, or a mapping of level keys to what changes"


Leaf = (
    Whole | Number | Truth | Just | Text | Prose | Word | OneOf | Either | Rule
    | Kinds | Weights | Listed
)  # fmt: skip
Section = Record | Variants | Named | Ladder
Shape = Leaf | Section
