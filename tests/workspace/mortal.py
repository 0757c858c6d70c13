"""A process that classifies and dies on the way: `python -m workspace.mortal FOLDER DAY WHERE TURN`.

WHERE is `module:Class.method`, or `progress` for what the shop's door hears; TURN says after
which of its calls the process ends.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from thang.workspace.shop import Workspace

from .shops import clock


def dying(method: Callable[..., Any], turn: int) -> Callable[..., Any]:
    """The same method, after whose n-th call nothing comes any more."""
    calls = count(1)

    def called(*args: Any, **named: Any) -> Any:
        answer = method(*args, **named)
        if next(calls) == turn:
            os._exit(9)
        return answer

    return called


def main(folder: str, day: str, where: str, turn: str, everybody: str) -> None:
    progress = dying(lambda *_: None, int(turn) if where == "progress" else 0)
    if where != "progress":
        module, name = where.split(":")
        owner, method = name.split(".")
        victim = getattr(importlib.import_module(module), owner)
        setattr(victim, method, dying(getattr(victim, method), int(turn)))
    shop = Workspace(Path(folder), clock())
    shop.classify(day, everybody=everybody == "1", progress=progress)


if __name__ == "__main__":
    main(*sys.argv[1:])
