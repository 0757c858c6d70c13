"""The published tables of CDNOW, to every printed digit."""

from __future__ import annotations

import numpy as np
import pytest
from tests.river.lifetime.cdnow import FITTED, LAST, WEEK, came_true, fitted_on

from thang.river.lifetime.bgnbd import BG, MBG
from thang.river.lifetime.fitting import Summit, climb
from thang.river.lifetime.models import Model
from thang.river.lifetime.pareto import PARETO
from thang.river.lifetime.rows import Float64

# Parameters in weeks, log-likelihood, and standard errors where they are published.
TABLE = {
    BG: ((0.24259, 4.4136, 0.79292, 2.42591), -9582.4292),
    MBG: ((0.52484, 6.1831, 0.89136, 1.6140), -9582.136),
    PARETO: ((0.55328, 10.5777, 0.60624, 11.6687), -9594.97618),
}
PARETO_ERRORS = (0.0476, 0.8427, 0.1873, 6.2111)
# Conditional forecast of the holdout weeks alone, of all 78 weeks; correlation, mean absolute
# error, and what is foretold for whoever had not come back.
HOLDOUT = {
    BG: (-0.1215, -0.0527, 0.6256, 0.7855, 0.225),
    MBG: (-0.1622, -0.0704, 0.6273, 0.7648, 0.185),
    PARETO: (-0.1150, -0.0499, 0.6302, 0.7545, 0.138),
}
TRACKED = {BG: 4160.5, MBG: 4050.0, PARETO: 4270.1}  # repeat purchases of everybody by week 78
MODELS = pytest.mark.parametrize("model", TABLE, ids=lambda model: model.name)


def fit(model: Model) -> Summit:
    cells = fitted_on().cells
    return climb(lambda theta: model.loglik(theta, cells), model.start(cells))


def in_weeks(model: Model, found: Summit) -> Float64:
    return np.exp(found.theta) / np.where(model.times, WEEK, 1)


def printed(digits: float) -> float:
    """Half a unit of the last digit that is printed, and a little for the rounding before."""
    text = f"{digits}"
    return 0.51 * 10.0 ** -len(text.partition(".")[2])


def test_the_summary_has_the_published_counts() -> None:
    summary = fitted_on()
    assert len(summary) == 2_357
    assert summary.frequency.sum() == 2_457
    assert (summary.frequency > 0).sum() == summary.cells.repeaters
    assert came_true().sum() == 1_882
    assert came_true()[summary.frequency == 0].mean() == pytest.approx(0.237, abs=5e-4)


@MODELS
def test_parameters_and_likelihood_to_every_printed_digit(model: Model) -> None:
    found, (parameters, loglik) = fit(model), TABLE[model]
    assert found.firm
    for mine, theirs in zip(in_weeks(model, found), parameters, strict=True):
        assert mine == pytest.approx(theirs, abs=printed(theirs))
    in_week_density = found.loglik + fitted_on().frequency.sum() * np.log(WEEK)
    assert in_week_density == pytest.approx(loglik, abs=printed(loglik))


def test_standard_errors_are_those_of_the_paper() -> None:
    found = fit(PARETO)
    errors = in_weeks(PARETO, found) * found.log_errors
    assert errors == pytest.approx(PARETO_ERRORS, abs=0.51e-4)


@MODELS
def test_the_forecast_of_the_holdout_errs_as_measured(model: Model) -> None:
    found, summary, actual = fit(model), fitted_on(), came_true()
    cells = summary.cells
    alive = model.alive(found.theta, cells.x, cells.t, cells.age)
    coming = model.moments(found.theta, cells.x, cells.age, LAST - FITTED, 0.0).first
    told = (alive * coming)[cells.place]
    before = summary.frequency.sum()
    measured = (
        told.sum() / actual.sum() - 1,
        (before + told.sum()) / (before + actual.sum()) - 1,
        np.corrcoef(told, actual)[0, 1],
        np.abs(told - actual).mean(),
        told[summary.frequency == 0].mean(),
    )
    for mine, theirs in zip(measured, HOLDOUT[model], strict=True):
        assert mine == pytest.approx(theirs, abs=printed(theirs))


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.name)
def test_the_unconditional_forecast_tracks_all_78_weeks_as_published(model: Model) -> None:
    theta, nobody = fit(model).theta, np.zeros(1)
    stays = model.alive(theta, nobody, nobody, nobody)[0]  # in MBG not everybody, from the first
    ages, people = np.unique(fitted_on().age, return_counts=True)
    told = sum(
        n * stays * model.moments(theta, nobody, nobody, float(age + LAST - FITTED), 0.0).first[0]
        for age, n in zip(ages, people, strict=True)
    )
    assert told == pytest.approx(TRACKED[model], abs=0.15)
