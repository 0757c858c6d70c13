"""What a comparison can show at all: its power, and how many people or months are missing."""

from __future__ import annotations

from math import ceil, inf

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

MOST_MONTHS = 120


def power_of_rates(
    base: float, lift: float, people: int, held: float, level: float = 0.95
) -> float:
    """The chance that a two-sided test of shares finds a lift of `base` to `base (1 + lift)`.

    `held`: the share of the people who are held out.
    """
    treated = base * (1 + lift)
    n, m = people * (1 - held), people * held
    if min(n, m) < 1 or not 0 < base < 1 or not 0 < treated < 1:
        return 0.0
    error = np.sqrt(treated * (1 - treated) / n + base * (1 - base) / m)
    return _power((treated - base) / error, level)


def power_of_means(
    effect: float, sd: float, people: int, held: float, level: float = 0.95
) -> float:
    """The same of means, both arms spreading by `sd`."""
    n, m = people * (1 - held), people * held
    if min(n, m) < 1 or sd <= 0:
        return 0.0
    return _power(effect / (sd * np.sqrt(1 / n + 1 / m)), level)


def _power(apart: float, level: float) -> float:
    z = float(ndtri((1 + level) / 2))
    return float(ndtr(abs(apart) - z) + ndtr(-abs(apart) - z))


def people_needed(
    base: float, lift: float, held: float, wanted: float = 0.8, level: float = 0.95
) -> float:
    """How many people it takes to find such a lift with this chance; inf where there is none."""
    treated = base * (1 + lift)
    if lift == 0 or not 0 < base < 1 or not 0 < treated < 1 or not 0 < held < 1:
        return inf
    z = float(ndtri((1 + level) / 2) + ndtri(wanted))
    spread = treated * (1 - treated) / (1 - held) + base * (1 - base) / held
    return float(ceil(z * z * spread / (treated - base) ** 2))


def months_needed(
    base: float, lift: float, people: int, held: float, wanted: float = 0.8
) -> int | None:
    """How many months of as many people each; None where ten years would not do."""
    if people <= 0:
        return None
    found = people_needed(base, lift, held, wanted) / people
    return ceil(found) if found <= MOST_MONTHS else None


def arms_as_meant(treated: int, held: int, share_held: float) -> float:
    """P of arms as uneven as these if the coin was fair: below 0.001 something is broken.

    Pearson's test of the sample ratio.
    """
    n = treated + held
    if not n or not 0 < share_held < 1:
        return 1.0
    meant = n * share_held
    found = (held - meant) ** 2 / meant + (treated - n + meant) ** 2 / (n - meant)
    return float(chdtrc(1, found))
