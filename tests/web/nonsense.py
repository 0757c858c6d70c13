"""What no page may say: the marks of a value that was never there or a message half made."""

from __future__ import annotations

import re

_WORDS = re.compile(r"\b(?:nan|inf)\b|>None|%\(|\{\{|Traceback|few_data|few_answers")


def nonsense(text: str) -> list[str]:
    """The marks found, whole words only: a person's reference may hold the letters of `nan`."""
    return _WORDS.findall(text)
