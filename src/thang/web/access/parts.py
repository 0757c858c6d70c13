"""The libraries this program stands on, with their licences, as they are installed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution

PROGRAM = "thang"


@dataclass(frozen=True, slots=True)
class Part:
    """One library."""

    name: str
    version: str
    licence: str


@lru_cache
def parts() -> Sequence[Part]:
    """What is installed of what we need, and of what that needs in turn; by name."""
    seen: dict[str, Part] = {}
    waiting = list(_needs(_found(PROGRAM)))
    while waiting:
        name = waiting.pop()
        package = _found(name)
        if package is None or _key(name) in seen:
            continue
        seen[_key(name)] = Part(package.metadata["Name"], package.version, _licence(package))
        waiting.extend(_needs(package))
    return [seen[name] for name in sorted(seen)]


def _found(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _needs(package: Distribution | None) -> Iterator[str]:
    """What a library always needs; extras are nobody's business here."""
    for need in (package.requires or ()) if package else ():
        name = re.match(r"[A-Za-z0-9._-]+", need)
        if name and "extra ==" not in need:
            yield name[0]


def _licence(package: Distribution) -> str:
    """In one line: the expression, else the classifiers, else the first line that is said."""
    said = package.metadata
    for expression in said.get_all("License-Expression") or ():
        return str(expression)
    named = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or ()
             if c.startswith("License :: ")]  # fmt: skip
    return ", ".join(named) or _first_line(said.get_all("License") or ())


def _first_line(said: Sequence[str]) -> str:
    return said[0].strip().split("\n")[0][:80] if said else ""


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
