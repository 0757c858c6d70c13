"""Refusals in the viewer's language: the core says one English sentence, this finds its skeleton.

The catalogue `sentences.po` holds each sentence with its holes numbered. A hole such as
`{1:form}` takes a phrase of the group `form` (its msgctxt), which is said in the viewer's
language too; every other hole is somebody's own text, and kept letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from thang.web.words.catalogue import LOCALES, translations

DOMAIN = "sentences"
HOLE = re.compile(r"\{(\d)(?::([a-z]+))?\}")
TAIL = (
    "cure"  # a phrase that may be missing, and may follow any text: tried as part of its sentence
)
DEEPEST = 6  # phrases within phrases


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A sentence's own words around its holes, and the words for it with the holes' places."""

    literals: tuple[str, ...]
    groups: tuple[str, ...]
    words: tuple[str | int, ...]

    def holes(self, text: str) -> tuple[str, ...] | None:
        """The texts in the holes if this is the sentence; each hole ends as soon as it may."""
        first, last = self.literals[0], self.literals[-1]
        if len(self.literals) == 1:
            return () if text == first else None
        at, end = len(first), len(text) - len(last)
        if end < at or not text.startswith(first) or not text.endswith(last):
            return None
        found = []
        for literal in self.literals[1:-1]:
            place = text.find(literal, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(literal)
        return (*found, text[at:end])

    @property
    def weight(self) -> int:
        """How much of a sentence are its own words."""
        return sum(map(len, self.literals))


@dataclass(slots=True)
class Shelf:
    """The skeletons of a group, by the first whole word, else the last, that each must have."""

    first: dict[str, list[Skeleton]] = field(default_factory=dict)
    last: dict[str, list[Skeleton]] = field(default_factory=dict)
    rest: list[Skeleton] = field(default_factory=list)

    def put(self, one: Skeleton) -> None:
        """Where `like` finds it."""
        start, _, more = one.literals[0].partition(" ")
        _, gap, end = one.literals[-1].rpartition(" ")
        if more or len(one.literals) == 1:
            self.first.setdefault(start, []).append(one)
        elif gap:
            self.last.setdefault(end, []).append(one)
        else:
            self.rest.append(one)

    def like(self, text: str) -> Iterator[Skeleton]:
        """The skeletons that a text may be of."""
        yield from self.first.get(text.partition(" ")[0], ())
        yield from self.last.get(text.rpartition(" ")[2], ())
        yield from self.rest


Shelves = Mapping[str, Shelf]


def in_words(sentence: str, locale: str) -> str:
    """A refusal's English sentence in a language; one that nobody translated, as it is."""
    shelves = _shelves(locale)
    found = _said(shelves, "", sentence, DEEPEST)
    return found[1] if found else translations(locale).gettext(sentence) if sentence else ""


def _said(shelves: Shelves, group: str, text: str, deep: int) -> tuple[int, str] | None:
    """The words of the skeleton that holds the most of a text, and how much that is."""
    if deep == 0 or group not in shelves:
        return None
    best: tuple[int, str] | None = None
    for one in shelves[group].like(text):
        holes = one.holes(text)
        if holes is None:
            continue
        told = [
            (of and _said(shelves, of, hole, deep - 1)) or (0, hole)
            for of, hole in zip(one.groups, holes, strict=True)
        ]
        weight = one.weight + sum(heavy for heavy, _ in told)
        if best is None or weight > best[0]:
            best = weight, "".join(w if isinstance(w, str) else told[w][1] for w in one.words)
    return best


def written(locale: str) -> Catalog | None:
    """The catalogue of sentences of a language as it lies in the source; None if there is none."""
    po = files(__package__).joinpath(locale, "LC_MESSAGES", f"{DOMAIN}.po")
    if locale not in LOCALES or not po.is_file():
        return None
    with po.open("rb") as file:
        return read_po(file, locale=locale, domain=DOMAIN)


@cache
def _shelves(locale: str) -> Shelves:
    catalog = written(locale)
    messages = [m for m in catalog or () if m.id and m.string and not m.fuzzy]
    texts = [(m.context or "", str(m.id), str(m.string)) for m in messages]
    return shelved(texts)


def shelved(texts: Iterable[tuple[str, str, str]]) -> Shelves:
    """Skeletons made findable: group, English and translation of each."""
    texts = list(texts)
    tails = [("", ""), *((said, words) for group, said, words in texts if group == TAIL)]
    shelves: dict[str, Shelf] = {}
    for group, said, words in texts:
        has_tail = any(match[2] == TAIL for match in HOLE.finditer(said))
        for tail, its_words in tails if has_tail else tails[:1]:
            one = skeleton(*_with_tail(said, words, tail, its_words))
            shelves.setdefault(group, Shelf()).put(one)
    return shelves


def _with_tail(said: str, words: str, tail: str, its_words: str) -> tuple[str, str]:
    """A sentence with one of the phrases that may follow in it, for they touch what is before."""
    match = next((match for match in HOLE.finditer(said) if match[2] == TAIL), None)
    if match is None:
        return said, words
    free, place = len(HOLE.findall(said)), f"{{{match[1]}}}"
    return (
        said.replace(match[0], _counted(tail, free)),
        words.replace(place, _counted(its_words, free)),
    )


def _counted(text: str, first: int) -> str:
    """A phrase whose holes are counted from a number on."""
    return HOLE.sub(lambda match: f"{{{int(match[1]) + first}}}", text)


def skeleton(said: str, words: str) -> Skeleton:
    """A sentence of the catalogue and its translation, taken apart."""
    pieces = HOLE.split(said)
    literals, numbers, groups = pieces[::3], pieces[1::3], pieces[2::3]
    if not all(literals[1:-1]):
        raise ValueError(f"Two holes touch in {said!r}: nobody could tell where one ends.")
    order = {number: place for place, number in enumerate(numbers)}
    parts = HOLE.split(words)
    spoken: list[str | int] = []
    for text, number in zip(parts[::3], [*parts[1::3], None], strict=True):
        spoken += [text] if number is None else [text, order[number]]
    return Skeleton(tuple(literals), tuple(group or "" for group in groups), tuple(spoken))
