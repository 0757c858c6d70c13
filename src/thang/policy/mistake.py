"""A mistake in a policy, taken apart: the line, the key, what is wrong, and the nearest right word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from thang.model import WrongPolicy

TOLD = re.compile(r"(?P<file>[^:\n]*):(?P<line>\d+): (?:(?P<key>[\w.\[\]]+): )?(?P<reason>.*)", re.S)
NEAREST = re.compile(r" ?\(did you mean (?P<word>[^()]+)\?\)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Line 0: it belongs to no line; an empty key: to the file as a whole."""

    line: int
    key: str
    reason: str
    nearest: str


def mistake_of(error: WrongPolicy) -> Mistake:
    """What an error says, part by part."""
    told = TOLD.fullmatch(str(error))
    line, key, reason = (
        (int(told["line"]), told["key"] or "", told["reason"]) if told else (0, "", str(error))
    )
    near = NEAREST.search(reason)
    return Mistake(line, key, NEAREST.sub("", reason), near["word"] if near else "")
