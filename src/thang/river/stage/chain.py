"""At which stage the business stands: an ordered chain of four questions, each with its reasons.

P(S1) = 1 - q1, P(S2) = q1 (1 - q2), P(S3) = q1 q2 (1 - q3), P(S4) = q1 q2 q3 (1 - q4) and
P(S5) = q1 q2 q3 q4: a continuation ratio, which sums to 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log

from scipy.special import ndtr

from thang.policy.aims import STAGES, StageRules
from thang.river.stage.questions import Growth, Question, fitted, launched, mature, scaled
from thang.river.stage.signals import Signals

LIKELY = 0.5
SIZE_SPREAD = 0.3
FITS_FROM, FITTING = 0.55, 2  # of the second question, at checks in a row: growth counts from there
STICKS = 0.95  # a month: a business that was large stays large for a while


@dataclass(frozen=True, slots=True)
class Reading:
    """What one check says: the chances of the five stages, and the questions behind them.

    `confidence`: the greatest chance, times the share of the signals that are there up to that
    stage. `enough`: anything is known of fit, or the business has not begun.
    """

    at: int
    chances: tuple[float, ...]
    confidence: float
    enough: bool
    launched: bool | None
    questions: tuple[Question, ...]

    @property
    def leads(self) -> int:
        """The likeliest stage, a place in `STAGES`."""
        return max(range(len(STAGES)), key=lambda stage: self.chances[stage])


def read(
    signals: Signals, before: Growth, rules: StageRules, *, monthly: bool = True
) -> tuple[Reading, Growth]:  # fmt: skip
    """One check, and what it leaves to the next; between the months it leaves nothing new."""
    fit = fitted(signals, rules)
    growth = _grown(before, fit.chance, signals.active) if monthly else before
    growth = replace(growth, size=max(_size(growth, signals.active, rules), growth.size))
    parts = (launched(signals), fit, scaled(signals, growth, rules), mature(signals, rules))
    return _reading(signals, parts), growth


def readings(checks: Sequence[Signals], rules: StageRules) -> list[Reading]:
    """Every check in order of time, one a month; each knows those before it."""
    growth, found = Growth(), []
    for signals in checks:
        reading, growth = read(signals, growth, rules)
        found.append(reading)
    return found


def stages(answers: Iterable[float]) -> tuple[float, ...]:
    """The chances of the five stages by those of the four questions, in order."""
    left, chances = 1.0, []
    for answer in answers:
        chances.append(left * (1 - answer))
        left *= answer
    return (*chances, left)


def _grown(before: Growth, fit: float, active: int) -> Growth:
    """A month later: still fitting, or fitting at last, and no longer quite as large."""
    fitting = before.fitting + 1 if fit >= FITS_FROM else 0
    months, then = before.months, before.size_then
    if months is not None:
        months += 1
    elif fitting >= FITTING:
        months, then = 0, max(active, 1)
    return Growth(fitting, months, then, STICKS * before.size)


def _size(growth: Growth, active: int, rules: StageRules) -> float:
    """The chance that the business is as many times larger than when it fitted as is asked."""
    if growth.months is None:
        return 0.0
    apart = log(max(active, 1) / growth.size_then) - log(float(rules.size_mult))
    return float(ndtr(apart / SIZE_SPREAD))


def _reading(signals: Signals, questions: tuple[Question, ...]) -> Reading:
    begun, fit, *_ = questions
    told = any(part.chance is not None for part in fit.parts[:2])
    chances = stages(question.chance for question in questions)
    asked = questions[: chances.index(max(chances)) + 1]
    confidence = max(chances) * sum(question.known for question in asked) / len(asked)
    enough = told or begun.chance < LIKELY
    return Reading(signals.at, chances, confidence, enough, signals.launched, questions)
