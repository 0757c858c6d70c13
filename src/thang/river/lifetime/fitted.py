"""A model fitted to a shop: with the prior where the data are few or flat, and a status."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thang.model import WrongInput
from thang.river.lifetime.expecting import Moments
from thang.river.lifetime.fitting import LARGE, UNSURE, Summit, climb
from thang.river.lifetime.models import Model
from thang.river.lifetime.rows import Cells, Float64

MANY_ROWS = 100_000  # from which a first look at some of them saves passes over all
PRIORS = ("auto", "weak", "none")


@dataclass(frozen=True)
class Fitted:
    """`status`: `converged`; `prior_dominated`, in some direction the weak prior says more than
    the data; `weakly_identified`, the data leave a parameter open; `boundary`, no optimum within
    reach; `no_repeat_buyers`, nothing but the prior and the time observed.
    """

    model: Model
    summit: Summit
    status: str

    @property
    def theta(self) -> Float64:
        """The log-parameters, in days."""
        return self.summit.theta

    def parameters(self, unit: float = 1.0) -> dict[str, float]:
        """By their names, in units of `unit` days."""
        natural = np.exp(self.theta) / np.where(self.model.times, unit, 1.0)
        return dict(zip(self.model.parameters, natural.tolist(), strict=True))

    def errors(self, unit: float = 1.0) -> dict[str, float]:
        """Their standard errors (Laplace), likewise."""
        found = self.parameters(unit)
        return {
            name: found[name] * float(error)
            for name, error in zip(found, self.summit.log_errors, strict=True)
        }

    def alive(self, cells: Cells) -> Float64:
        """P(alive) of each unique row."""
        return self.model.alive(self.theta, cells.x, cells.t, cells.age)

    def moments(self, cells: Cells, horizon: float, discount: float) -> Moments:
        """Of each pair (x, T), for those alive."""
        return self.model.moments(self.theta, cells.pair_x, cells.pair_age, horizon, discount)


def fitted(model: Model, cells: Cells, prior: str = "auto") -> Fitted:
    """The best parameters. `auto` takes the weak prior below 3,000 customers or where unsure."""
    if prior not in PRIORS:
        raise WrongInput(f"There is no prior {prior!r}: choose one of {', '.join(PRIORS)}.")
    if prior == "none" or (prior == "auto" and cells.customers >= LARGE and cells.repeaters):
        free = climb(lambda theta: model.loglik(theta, cells), near(model, cells))
        sure = free.firm and free.log_errors.max() <= UNSURE
        if prior == "none" or sure:
            return Fitted(model, free, status_of(free, cells))
    held = climb(lambda theta: model.loglik(theta, cells), model.start(cells), model.prior())
    return Fitted(model, held, status_of(held, cells))


def near(model: Model, cells: Cells) -> Float64:
    """Where to begin: with very many rows, at the optimum of one in sixteen."""
    if len(cells) < MANY_ROWS:
        return model.start(cells)
    few = cells.thinned(16)
    found = climb(lambda theta: model.loglik(theta, few), model.start(few), model.prior())
    return found.theta


def status_of(summit: Summit, cells: Cells) -> str:
    """What kind of answer it is."""
    if not cells.repeaters:
        return "no_repeat_buyers"
    if not summit.firm:
        return "boundary"
    if summit.prior is None:
        return "weakly_identified" if summit.log_errors.max() > UNSURE else "converged"
    return "prior_dominated" if summit.leans else "converged"
