"""Value: what customers will bring, how far that may be trusted, who leaves profit and who not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from thang.web.charts.curves import Curve
from thang.web.charts.lines import Band
from thang.web.office import Office, office_of
from thang.web.page import render
from thang.web.viewer import Viewer, reader
from thang.web.words.catalogue import noted
from thang.workspace.freshness import State
from thang.workspace.valued import Cohort, Customer, Summed, Test

router = APIRouter(include_in_schema=False)

STEP = 3  # months between the points of the forecast
LATER = 12  # months after the first order that the cohorts are shown for
COHORTS = 12  # the latest of them
SHOWN = 5  # people of a short list
TINTS = 5
MODELS = {"bg": "BG/NBD", "mbg": "MBG/NBD", "pareto": "Pareto/NBD"}
KINDS = {
    "goods": noted("goods"),
    "discount": noted("discounts"),
    "shipping": noted("shipping"),
    "fee": noted("fees"),
    "return": noted("returned parcels"),
    "contact": noted("messages"),
    "support": noted("support"),
    "acquisition": noted("winning customers"),
    "gift": noted("gifts"),
}


@dataclass(frozen=True)
class Line:
    """One person of a short list."""

    title: str
    who: Customer

    @property
    def href(self) -> str:
        """Their own page."""
        return f"/customers/{self.who.ref}"


@dataclass(frozen=True)
class Row:
    """A cohort: of its people, who bought again so many months later, with a tint for each."""

    month: str
    people: int
    cells: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class ValuePage:
    """Everything the page shows."""

    told: Summed
    best: tuple[Line, ...]
    worst: tuple[Line, ...]
    forecast: Band | None
    lorenz: Curve | None
    whale: Curve | None
    cohorts: tuple[Row, ...]
    later: tuple[int, ...]
    kinds: tuple[str, ...]

    @property
    def test(self) -> Test | None:
        """How the chosen model did."""
        return self.told.tests[0] if self.told.tests else None

    def model(self, name: str) -> str:
        """What the literature calls a model."""
        return MODELS[name]


@router.get("/value")
def value(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """The shop's value, as last judged."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    return render(request, viewer, "value.html", value_page(office))


def value_page(office: Office) -> ValuePage | None:
    """The page's context; None while nobody is judged."""
    found = office.shop.value()
    told = found.summed
    if told is None:
        return None
    titles = office.shop.titles([one.ref for one in (*found.best[:SHOWN], *found.worst[:SHOWN])])
    return ValuePage(
        told=told,
        best=tuple(Line(titles[one.ref], one) for one in found.best[:SHOWN]),
        worst=tuple(Line(titles[one.ref], one) for one in found.worst[:SHOWN]),
        forecast=_forecast(told),
        lorenz=Curve(told.revenue.points) if told.revenue.points else None,
        whale=Curve(told.whale.points, level=_end(told)) if told.whale else None,
        cohorts=_cohorts(told.cohorts[-COHORTS:]),
        later=tuple(range(1, min(LATER, _longest(told.cohorts[-COHORTS:])) + 1)),
        kinds=tuple(KINDS[kind] for kind in told.missing),
    )


def _end(told: Summed) -> float:
    """Where the whale curve ends: at what is left of all gains."""
    return told.whale.points[-1][1] if told.whale else 1.0


def _forecast(told: Summed) -> Band | None:
    """What has come by each third month, its bounds in proportion to those of the whole."""
    if told.totals is None or not told.growth:
        return None
    months = [*range(STEP, told.horizon_months, STEP), told.horizon_months]
    come = (0.0, *(told.growth[month - 1] for month in months))
    low, middle, high = (
        tuple(one * share for share in come)
        for one in (told.totals.low, told.totals.value, told.totals.high)
    )
    return Band(("0", *(str(month) for month in months)), low, middle, high)


def _longest(cohorts: tuple[Cohort, ...]) -> int:
    return max((len(one.active) - 1 for one in cohorts), default=0)


def _cohorts(cohorts: tuple[Cohort, ...]) -> tuple[Row, ...]:
    """Retention by month, tinted by its share of the best month's."""
    shares = [[n / max(one.people, 1) for n in one.active[1 : LATER + 1]] for one in cohorts]
    most = max((share for row in shares for share in row), default=0.0)
    return tuple(
        Row(one.month, one.people, tuple((share, _tint(share, most)) for share in row))
        for one, row in zip(cohorts, shares, strict=True)
    )


def _tint(share: float, most: float) -> int:
    return 0 if most <= 0 else min(int(share / most * TINTS + 0.999), TINTS)
