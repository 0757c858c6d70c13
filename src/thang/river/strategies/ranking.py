"""Which of the strategies that fit somebody comes first: what it is expected to bring.

Expected is what the strategy adds to the chance of success, as far as experiments have shown it,
times what a success is worth to the shop, more where the stage puts its budget, less the cost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thang.policy.playbook.nouns import Strategy
from thang.river.lifetime.rows import Bool, Float64
from thang.river.measuring.several import shrunk
from thang.river.tables import Int64

# Before anything is measured every strategy is believed to win one in fifty, with little belief.
BELIEVED, DOUBT = 0.02, 0.03
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Effect:
    """What an experiment said of a strategy: added chance of success, and its standard error."""

    estimate: float
    error: float


def uplifts(keys: Sequence[str], measured: Mapping[str, Effect]) -> dict[str, float]:
    """What each strategy is believed to add: what was measured, drawn towards the others."""
    names = [key for key in keys if key in measured]
    found, errors = shrunk(
        [measured[key].estimate for key in names], [measured[key].error for key in names]
    )
    believed = dict.fromkeys(keys, BELIEVED)
    for key, estimate, error in zip(names, found.tolist(), errors.tolist(), strict=True):
        weight = DOUBT**2 / (DOUBT**2 + error**2)
        believed[key] = weight * estimate + (1 - weight) * BELIEVED
    return believed


def worth(strategy: Strategy, uplift: float, gain: Float64, share: float) -> Float64:
    """What one contact is expected to bring each person, in minor units.

    `gain`: what a success is worth, by person; `share`: of the budget, for the strategy's group.
    """
    found: Float64 = uplift * gain * (1.0 + share) - strategy.cost
    return found


@dataclass
class First:
    """The best strategy of each person so far; one pass over strategies, whatever their number."""

    people: int

    def __post_init__(self) -> None:
        self.strategy = np.full(self.people, -1, np.int64)
        self.score = np.full(self.people, -np.inf)

    def offer(self, number: int, able: Bool, score: Float64) -> None:
        """A strategy for those who are able; it must bring something."""
        better = able & (score > 0) & (score > self.score)
        self.strategy[better] = number
        self.score[better] = score[better]


def turn(seed: str, person: Int64) -> Float64:
    """A number from 0 to 1 for each person and seed: whose turn it is among equals."""
    start = int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest(), "big")
    with np.errstate(over="ignore"):
        x = person.astype(np.uint64) * GOLDEN + np.uint64(start)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    found: Float64 = x.astype(np.float64) / float(1 << 64)
    return found
