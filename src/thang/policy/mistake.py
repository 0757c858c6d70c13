"""A mistake in a policy, part by part: line, key, what is wrong, and the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from thang.model import WrongPolicy

TOLD = re.compile(
    r"(?P<file>[^:\n]*):(?P<line>\d+): (?:(?P<key>[\w.\[\]]+): )?(?P<reason>.*)", re.S
)
NEAREST = re.compile(r" ?\(did you mean (?P<word>[^()]+)\?\)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Line 0: it belongs to no line; an empty key: to the file as a whole."""

    line: int
    key: str
    reason: str
    nearest: str


def mistake_of(error: WrongPolicy, in_words: Callable[[str], str] = str) -> Mistake:
    """What an error says, part by part; `in_words` says the sentence in another language."""
    near = NEAREST.search(str(error))
    plain = NEAREST.sub("", str(error))
    told, said = TOLD.fullmatch(plain), in_words(plain)
    reason = TOLD.fullmatch(said)
    return Mistake(
        line=int(told["line"]) if told else 0,
        key=(told["key"] or "") if told else "",
        reason=reason["reason"] if reason else said,
        nearest=near["word"] if near else "",
    )
