"""Chance, whoever throws: a seeded `random.Random` in bulk, or Hypothesis when it hunts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Dice(Protocol):
    """What the generators need of chance; `random.Random` has it."""

    def choice(self, seq: Sequence[T], /) -> T:
        """One of them."""
        ...

    def randint(self, a: int, b: int, /) -> int:
        """A whole number from a to b, both included."""
        ...


class Drawn:
    """Dice thrown by Hypothesis, so that what fails is made small."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def choice(self, seq: Sequence[T], /) -> T:
        """One of them; the earlier ones are the simpler ones."""
        chosen: T = self._draw(st.sampled_from(seq))
        return chosen

    def randint(self, a: int, b: int, /) -> int:
        """A whole number from a to b, both included."""
        return int(self._draw(st.integers(a, b)))


def chance(dice: Dice, one_in: int) -> bool:
    """True once in so many throws."""
    return dice.randint(1, one_in) == one_in
