"""The nearest right word to a wrong one, for the end of a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, None when none is like it."""
    found = get_close_matches(word[:80].lower(), sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def hint(word: str, known: Iterable[str]) -> str:
    """` (did you mean orders?)`, or nothing."""
    near = nearest(word, known)
    return f" (did you mean {near}?)" if near else ""
