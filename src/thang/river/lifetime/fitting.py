"""The climb to the best parameters: damped Newton in their logarithms, under a weak prior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from thang.river.lifetime.rows import Float64

LONGEST = 1.5  # of one step, in any log-parameter
FARTHEST = 25.0  # a log-parameter that leaves this has no optimum to find
ROUNDS = 60
LARGE = 3_000  # customers from whom on the data need no prior
UNSURE = 0.5  # standard error of a log-parameter from which on they do
HELD = 3.0  # prior standard deviations from its mean, where it is what stops the data
ENOUGH = 1e-9  # of the log-likelihood, still to be won


@dataclass(frozen=True)
class Slope:
    """The log-likelihood at a place, and its first and second derivatives there."""

    value: float
    gradient: Float64
    hessian: Float64


@dataclass(frozen=True)
class Prior:
    """Independent normals on linear combinations of the log-parameters, one a row of `of`."""

    of: Float64
    mean: Float64
    sd: Float64

    def slope(self, theta: Float64) -> Slope:
        """The log-density but for its constant."""
        off, weight = self.of @ theta - self.mean, self.sd**-2
        pull = self.of.T * weight
        return Slope(-0.5 * float(off @ (weight * off)), -pull @ off, -pull @ self.of)


@dataclass(frozen=True)
class Summit:
    """Where the climb ended: `firm` if at an optimum that the data or the prior hold."""

    theta: Float64
    loglik: float
    covariance: Float64
    firm: bool
    rounds: int
    prior: Prior | None

    @property
    def log_errors(self) -> Float64:
        """Standard errors of the log-parameters."""
        errors: Float64 = np.sqrt(np.diag(self.covariance))
        return errors

    @property
    def leans(self) -> bool:
        """Whether the prior says more than the data in any direction, or holds them back in one."""
        if self.prior is None:
            return False
        of, sd = self.prior.of, self.prior.sd
        spread = np.einsum("ij,jk,ik->i", of, self.covariance, of)
        held = np.abs(of @ self.theta - self.prior.mean) > HELD * sd
        return bool((held | (spread > 0.5 * sd**2)).any())


def climb(loglik: Callable[[Float64], Slope], start: Float64, prior: Prior | None = None) -> Summit:
    """The maximum of `loglik` (plus `prior`) over the log-parameters, from `start`."""

    def slope(theta: Float64) -> Slope:
        here = loglik(theta)
        return here if prior is None else together(here, prior.slope(theta))

    theta, here, firm, rounds = start, slope(start), False, 0
    while rounds < ROUNDS:
        rounds += 1
        step = newton_step(here)
        left = 0.5 * float(step @ here.gradient)
        firm = left <= max(ENOUGH, 1e-14 * abs(here.value))
        if firm:  # the last step is taken, and too short to look around once more
            theta = theta + step
            break
        theta, here, moved = search(slope, theta, here, step)
        if not moved or np.abs(theta).max() > FARTHEST:
            break
    covariance, definite = inverted(-here.hessian)
    pure = here.value if prior is None else here.value - prior.slope(theta).value
    return Summit(theta, pure, covariance, firm and definite, rounds, prior)


def together(one: Slope, other: Slope) -> Slope:
    """The sum of two."""
    return Slope(
        one.value + other.value, one.gradient + other.gradient, one.hessian + other.hessian
    )


def newton_step(here: Slope) -> Float64:
    """Uphill by curvature: negative or flat curvature counts as if it were positive."""
    bend, axes = np.linalg.eigh(-here.hessian)
    bend = np.maximum(np.abs(bend), 1e-8 * max(1.0, float(np.abs(bend).max())))
    step: Float64 = axes @ ((axes.T @ here.gradient) / bend)
    return step * min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-300))


def search(
    slope: Callable[[Float64], Slope], theta: Float64, here: Slope, step: Float64
) -> tuple[Float64, Slope, bool]:
    """The step, halved until it wins (or loses no more than rounding would)."""
    slack = 1e-13 * abs(here.value)
    for half in range(30):
        ahead = slope(theta + step * 0.5**half)
        if np.isfinite(ahead.value) and ahead.value >= here.value - slack:
            if np.isfinite(ahead.hessian).all():
                return theta + step * 0.5**half, ahead, True
    return theta, here, False


def inverted(information: Float64) -> tuple[Float64, bool]:
    """The covariance, and whether the information was definite; flat directions stay finite."""
    bend, axes = np.linalg.eigh(0.5 * (information + information.T))
    floor = max(1e-10 * float(np.abs(bend).max()), 1e-12)
    covariance: Float64 = (axes / np.maximum(bend, floor)) @ axes.T
    return covariance, bool((bend > floor).all())
