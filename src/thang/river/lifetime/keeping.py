"""A fit to keep: parameters are frozen for a quarter, and customers scored by them meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np

from thang.model import WrongInput
from thang.river.lifetime.choosing import Backtest
from thang.river.lifetime.fitted import Fitted
from thang.river.lifetime.fitting import Summit
from thang.river.lifetime.models import MODELS
from thang.river.lifetime.rows import Summary
from thang.river.lifetime.spending import Spending
from thang.river.lifetime.value import Lifetime

VERSION = 1


def kept(found: Lifetime) -> dict[str, Any]:
    """Everything but the customers, in numbers, words and lists that JSON can hold."""
    spending = found.spending
    return {
        "version": VERSION,
        "buying": kept_fit(found.buying),
        "leaving": None if found.leaving is found.buying else kept_fit(found.leaving),
        "spending": {
            "status": spending.status,
            "summit": None if spending.summit is None else kept_summit(spending.summit),
            "unit": spending.unit,
            "payers": spending.payers,
            "dropped": spending.dropped,
            "correlation": spending.correlation,
        },
        "tests": [dict(vars(test)) for test in found.tests],
    }


def kept_fit(fit: Fitted) -> dict[str, Any]:
    """A model by its name, and where its climb ended."""
    return {
        "model": fit.model.name,
        "status": fit.status,
        "summit": kept_summit(fit.summit),
    }


def kept_summit(summit: Summit) -> dict[str, Any]:
    """The prior is left out: what it did is in the status."""
    return {
        "theta": summit.theta.tolist(),
        "loglik": summit.loglik,
        "covariance": summit.covariance.tolist(),
        "firm": summit.firm,
        "rounds": summit.rounds,
    }


def restored(what: dict[str, Any], summary: Summary) -> Lifetime:
    """The fit that was kept, for these customers. Raises `WrongInput` for another version's."""
    if what.get("version") != VERSION:
        raise WrongInput(
            f"These parameters of lifetime value are of version {what.get('version')!r}, not "
            f"{VERSION}: fit the shop anew."
        )
    buying = restored_fit(what["buying"])
    leaving = buying if what["leaving"] is None else restored_fit(what["leaving"])
    money = dict(what["spending"])
    if money["summit"] is not None:
        money["summit"] = restored_summit(money["summit"])
    tests = tuple(Backtest(**test) for test in what["tests"])
    return Lifetime(summary, buying, leaving, Spending(**money), tests)


def restored_fit(what: dict[str, Any]) -> Fitted:
    """A model with its parameters."""
    return Fitted(MODELS[what["model"]], restored_summit(what["summit"]), what["status"])


def restored_summit(what: dict[str, Any]) -> Summit:
    """Without the prior."""
    arrays = {name: np.array(what[name], np.float64) for name in ("theta", "covariance")}
    return Summit(**(what | arrays), prior=None)
