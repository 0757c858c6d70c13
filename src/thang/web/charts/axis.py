"""Round numbers along an axis, from nothing up to just above the greatest value."""

from __future__ import annotations

STEPS = (1, 2, 2.5, 5, 10)


def ticks(greatest: float, wanted: int = 5) -> tuple[float, ...]:
    """Evenly spaced, starting at 0 and ending at or above `greatest`; about so many steps.

    Counts are whole: no step is smaller than one.
    """
    if greatest <= 0:
        return (0.0, 1.0)
    step = _step(greatest / wanted)
    steps = int(-(-greatest // step))
    return tuple(step * i for i in range(steps + 1))


def _step(least: float) -> float:
    """The smallest round number that is at least `least` and whole."""
    unit = 1.0
    while True:
        for factor in STEPS:
            step = unit * factor
            if step >= least and step == int(step):
                return step
        unit *= 10
