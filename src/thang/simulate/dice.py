"""Chance, from one seed, the same in every Python and on every machine.

Only the stream of uniform numbers comes from the library, because only that stream is
promised to stay; each shape is made of it here. What is drawn ends as whole seconds and
whole thousands of đồng, so that the last bit of a logarithm decides nothing.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A stream of chance; `name` parts one seed into streams that do not disturb each other."""

    def __init__(self, seed: int, name: str) -> None:
        self._next = random.Random(f"{seed}/{name}").random  # noqa: S311 - a game, no secret

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self._next() < probability

    def between(self, low: float, high: float) -> float:
        """Evenly from `low` to `high`."""
        return low + (high - low) * self._next()

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` - 1."""
        return int(self._next() * count)

    def one_of(self, things: Sequence[T]) -> T:
        """Each of the things as often as the others."""
        return things[self.below(len(things))]

    def weighted(self, things: Sequence[tuple[T, float]]) -> T:
        """Each of the things as often as its weight says."""
        ends = list(accumulate(weight for _, weight in things))
        place = bisect_right(ends, self._next() * ends[-1])
        return things[min(place, len(things) - 1)][0]

    def exponential(self, mean: float) -> float:
        """Waiting for what comes once in `mean`."""
        return -mean * math.log(1.0 - self._next())

    def normal(self) -> float:
        """The bell curve: mean 0, deviation 1."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self._next()))
        return radius * math.cos(2.0 * math.pi * self._next())

    def gamma(self, shape: float, mean: float) -> float:
        """Gamma by its shape and its mean (Marsaglia and Tsang's squeeze)."""
        if shape < 1.0:
            root = math.pow(1.0 - self._next(), 1.0 / shape)
            return self.gamma(shape + 1.0, mean * (shape + 1.0) / shape) * root
        d = shape - 1.0 / 3.0
        while True:
            x = self.normal()
            v = (1.0 + x / math.sqrt(9.0 * d)) ** 3
            if v > 0.0 and math.log(1.0 - self._next()) < 0.5 * x * x + d - d * v + d * math.log(v):
                return d * v * mean / shape

    def beta(self, a: float, b: float) -> float:
        """Beta, as a share of two gammas."""
        one, other = self.gamma(a, a), self.gamma(b, b)
        return one / (one + other)


def rank_of(z: float) -> float:
    """How much of a bell curve lies below `z`: from 0 to 1, both left out."""
    return min(max(0.5 * (1.0 + math.erf(z / math.sqrt(2.0))), 1e-9), 1.0 - 1e-9)


def pareto(rank: float, shape: float, most: float) -> float:
    """The Pareto value (from 1) at a rank, capped: one hub must not know the whole shop."""
    return min(math.pow(1.0 - rank, -1.0 / shape), most)
