"""At which stage the business stands: an ordered chain of four questions, each with its reasons.

P(S1) = 1 - q1, P(S2) = q1 (1 - q2), P(S3) = q1 q2 (1 - q3), P(S4) = q1 q2 q3 (1 - q4) and
P(S5) = q1 q2 q3 q4: a continuation ratio, which sums to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from scipy.special import ndtr

from thang.policy.aims import STAGES, StageRules
from thang.river.stage.questions import Growth, Question, fitted, launched, mature, scaled
from thang.river.stage.signals import Signals

SIZE_SPREAD = 0.3
FITS_FROM = 0.55  # of the second question, at two checks in a row: from then on growth is measured
STICKS = 0.95  # a month: a business that was large stays large for a while


@dataclass(frozen=True, slots=True)
class Reading:
    """What one check says: the chances of the five stages, and the questions behind them."""

    at: int
    questions: tuple[Question, ...]
    chances: tuple[float, ...]
    launched: bool | None
    enough: bool  # anything is known of fit, or the business has not begun

    @property
    def leads(self) -> int:
        """The likeliest stage, a place in `STAGES`."""
        return max(range(len(STAGES)), key=lambda stage: self.chances[stage])

    @property
    def confidence(self) -> float:
        """The greatest chance, times the share of the signals that are there up to that stage."""
        asked = self.questions[: self.leads + 1]
        return max(self.chances) * sum(question.known for question in asked) / len(asked)


def readings(checks: Sequence[Signals], rules: StageRules) -> list[Reading]:
    """Every check in order of time, one a month; each knows those before it."""
    growth, found = Growth(), []
    for number, signals in enumerate(checks):
        fit = fitted(signals, rules)
        growth = _grown(growth, signals, fit.chance, number, rules)
        parts = (launched(signals), fit, scaled(signals, growth, number, rules))
        found.append(_reading(signals, (*parts, mature(signals, rules))))
    return found


def _grown(
    growth: Growth, signals: Signals, fit: float, number: int, rules: StageRules
) -> Growth:  # fmt: skip
    fitting = growth.fitting + 1 if fit >= FITS_FROM else 0
    since, then = growth.fitted_at, growth.size_then
    if since is None and fitting >= 2:
        since, then = number, max(signals.active, 1)
    size = 0.0
    if since is not None:
        apart = log(max(signals.active, 1) / then) - log(float(rules.size_mult))
        size = float(ndtr(apart / SIZE_SPREAD))
    return Growth(fitting, since, then, max(size, STICKS * growth.size))


def _reading(signals: Signals, questions: tuple[Question, ...]) -> Reading:
    left, chances = 1.0, []
    for question in questions:
        chances.append(left * (1 - question.chance))
        left *= question.chance
    _, fit, *_ = questions
    told = any(part.chance is not None for part in fit.parts[:2])
    begun = questions[0].chance >= 0.5
    return Reading(signals.at, questions, (*chances, left), signals.launched, told or not begun)
