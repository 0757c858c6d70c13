"""Templates without logic: `{{ person.first_name | default:"bạn" }}` and `{% if … %}`, no more.

A template names fields from a list, hands them through filters of a list, and may leave a
part out with `if`. There are no loops, no sums and no attributes, so that whatever somebody
writes ends at once, and what it can say is known before it says it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from thang.model import WrongInput
from thang.policy.nearest import hint
from thang.river.sending.filters import FILTERS, Value

MOST_SOURCE = 64 * 1024
MOST_OUTPUT = 64 * 1024
DEEPEST = 8  # an `if` within an `if` within …

TAG = re.compile(r"\{\{|\{%")
CLOSED_BY = {"{{": "}}", "{%": "%}"}
FIELD = re.compile(r"\s*([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*)\s*")
FILTER = re.compile(r"\|\s*([a-z_]+)\s*(?::\s*(?:\"([^\"\n]*)\"|(\d{1,4}))\s*)?")
IF = re.compile(r"\s*if\s+(not\s+)?([a-z0-9_.]+)\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """A field handed through filters, each with what was written after its colon."""

    name: str
    filters: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A part that is there if a field says something (or, `negated`, if it says nothing)."""

    name: str
    negated: bool
    then: tuple[Piece, ...]
    other: tuple[Piece, ...]


Piece = str | Said | Choice


@dataclass(frozen=True, slots=True)
class Merge:
    """A template that was read and whose every name is known."""

    pieces: tuple[Piece, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every field it says something of."""
        return frozenset(_names(self.pieces))

    def fill(self, values: Mapping[str, Value], escape: Callable[[str], str] | None = None) -> str:
        """The text for one person; WrongInput if a field is unknown of them, or it is too long.

        `escape` is applied to what the fields say, never to the template's own text.
        """
        parts: list[str] = []
        room = MOST_OUTPUT
        for text in _filled(self.pieces, values, escape or (lambda said: said)):
            room -= len(text.encode("utf-8", "surrogatepass"))
            if room < 0:
                raise WrongInput(
                    f"The message is longer than {MOST_OUTPUT // 1024} KB: shorten its template."
                )
            parts.append(text)
        return "".join(parts)


def _names(pieces: tuple[Piece, ...]) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case Said(name):
                yield name
            case Choice(_, _, then, other):
                yield from _names(then + other)


def escaped(text: str) -> str:
    """What a field says, safe between tags of HTML and in quoted attributes."""
    return html.escape(text, quote=True)


def _filled(
    pieces: tuple[Piece, ...], values: Mapping[str, Value], escape: Callable[[str], str]
) -> Iterator[str]:
    for piece in pieces:
        match piece:
            case str():
                yield piece
            case Said():
                yield escape(_said(piece, values))
            case Choice(name, negated, then, other):
                chosen = then if bool(values.get(name)) is not negated else other
                yield from _filled(chosen, values, escape)


def _said(said: Said, values: Mapping[str, Value]) -> str:
    value = values.get(said.name)
    for name, given in said.filters:
        value = FILTERS[name].apply(value, given)
    if value is None or (value == "" and "default" not in dict(said.filters)):
        raise WrongInput(
            f"{said.name} is not known of this person: "
            f'give it a stand-in, such as {{{{ {said.name} | default:"…" }}}}.'
        )
    return str(value)


def read_merge(text: str, fields: Collection[str]) -> Merge:
    """Read a template; WrongInput says what is wrong with it, on which line, and the cure."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_SOURCE:
        raise WrongInput(f"A template has at most {MOST_SOURCE // 1024} KB: shorten this one.")
    return _Reader(text, fields).read()


class _Reader:
    """Walks once over a template from tag to tag; open `if`s wait on a stack."""

    def __init__(self, text: str, fields: Collection[str]) -> None:
        self._text, self._fields = text, fields
        self._at = 0
        self._open: list[_Open] = [_Open("", False, 1)]

    def read(self) -> Merge:
        end = 0
        while (tag := TAG.search(self._text, end)) is not None:
            self._keep(end, tag.start())
            self._at, close = tag.start(), CLOSED_BY[tag[0]]
            last = self._text.find(close, tag.end())
            if last < 0:
                raise self._wrong(f"{tag[0]} has no {close}")
            inside = self._text[tag.end() : last]
            if tag[0] == "{{":
                self._add(self._field(inside))
            else:
                self._turn(inside)
            end = last + len(close)
        self._keep(end, len(self._text))
        if len(self._open) > 1:
            raise self._wrong(f"the if of line {self._open[-1].line} has no {{% endif %}}")
        return Merge(tuple(self._open[0].then))

    def _keep(self, first: int, last: int) -> None:
        text = self._text[first:last]
        for sign in CLOSED_BY.values():
            if sign in text:
                self._at = first + text.index(sign)
                raise self._wrong(f"{sign} stands alone; write {{{{ field }}}} or {{% if field %}}")
        if text:
            self._add(text)

    def _add(self, piece: Piece) -> None:
        self._open[-1].now.append(piece)

    def _field(self, inside: str) -> Said:
        name = FIELD.match(inside)
        if name is None:
            raise self._wrong(f"{{{{{inside[:40]}}}}} does not begin with the name of a field")
        self._known(name[1])
        filters, at = [], name.end()
        while at < len(inside):
            found = FILTER.match(inside, at)
            if found is None:
                raise self._wrong(
                    f'expected a filter at {inside[at : at + 20]!r}, such as | default:"bạn"'
                )
            filters.append(self._filter(found))
            at = found.end()
        return Said(name[1], tuple(filters))

    def _filter(self, found: re.Match[str]) -> tuple[str, str | None]:
        name, given = found[1], found[2] if found[2] is not None else found[3]
        if name not in FILTERS:
            raise self._wrong(f"there is no filter {name[:60]}{hint(name[:60], FILTERS)}")
        fault = FILTERS[name].fault(given)
        if fault:
            raise self._wrong(f"the filter {name} {fault}")
        return name, given

    def _known(self, name: str) -> None:
        if name not in self._fields:
            raise self._wrong(f"there is no field {name[:60]}{hint(name[:60], self._fields)}")

    def _turn(self, inside: str) -> None:
        asked = IF.fullmatch(inside)
        word = inside.strip()
        if asked is not None:
            self._known(asked[2])
            if len(self._open) > DEEPEST:
                raise self._wrong(f"an if may stand in at most {DEEPEST} others; write it flatter")
            self._open.append(_Open(asked[2], asked[1] is not None, self._line))
        elif word in ("else", "endif") and len(self._open) > 1:
            self._close() if word == "endif" else self._else()
        else:
            raise self._wrong(
                f"{{%{inside[:40]}%}} means nothing here; "
                "there is {% if field %}, {% else %} and {% endif %}, and no loop"
            )

    def _else(self) -> None:
        if self._open[-1].other is not None:
            raise self._wrong("an if has two {% else %}; keep one")
        self._open[-1].other = []

    def _close(self) -> None:
        done = self._open.pop()
        other = tuple(done.other or ())
        self._add(Choice(done.name, done.negated, tuple(done.then), other))

    @property
    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def _wrong(self, what: str) -> WrongInput:
        return WrongInput(f"Template, line {self._line}: {what}.")


class _Open:
    """An `if` that is not closed yet."""

    def __init__(self, name: str, negated: bool, line: int) -> None:
        self.name, self.negated, self.line = name, negated, line
        self.then: list[Piece] = []
        self.other: list[Piece] | None = None

    @property
    def now(self) -> list[Piece]:
        """Where the next piece goes."""
        return self.then if self.other is None else self.other
