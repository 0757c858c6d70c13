"""What became of people: the whole shop against the spared, each strategy, moves, and waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from thang.model import DAY
from thang.policy.playbook.nouns import Words
from thang.river.calendar import moment
from thang.web.charts.intervals import Interval, Scale
from thang.web.office import office_of
from thang.web.page import policy_of, render
from thang.web.viewer import Viewer, reader
from thang.web.words.catalogue import noted
from thang.workspace.freshness import State
from thang.workspace.north_star import NorthStar, Quarter, Span
from thang.workspace.outcomes import FEWEST, Outcomes, Rung, Tried

router = APIRouter(include_in_schema=False)

TINTS = 5
MISSING = {
    "level_ups": noted("net level-ups above zero in two quarters in a row"),
    "margin": noted("margin a person that does not fall behind"),
    "kept": noted("people who keep their new rung half a year later"),
    "opt_outs": noted("no more people who opt out"),
    "incidents": noted("no more complaints and tickets"),
}
GUARDS = {
    "opt_outs": noted("People who opt out"),
    "incidents": noted("Complaints and tickets"),
}


@dataclass(frozen=True)
class Season:
    """A quarter, with what a chart draws of it."""

    told: Quarter
    month: str  # YYYY-MM
    level_ups: Interval | None
    margin: Interval | None
    orders: Interval | None


@dataclass(frozen=True)
class Line:
    """A strategy that met people; `shown` None: too few to say."""

    told: Tried
    name: Words | None
    shown: Interval | None

    @property
    def verdict(self) -> str:
        """In one word: few, helps, harms, or open."""
        if self.shown is None:
            return "few"
        if self.told.found and self.shown.tone:
            return {"up": "helps", "down": "harms"}[self.shown.tone]
        return "open"

    @property
    def lacking(self) -> int:
        """How many people the smaller arm lacks before anything is said."""
        return max(FEWEST - min(self.told.treated.n, self.told.held.n), 0)


@dataclass(frozen=True)
class OutcomesPage:
    """Everything the page shows."""

    told: Outcomes
    seasons: tuple[Season, ...]
    lines: tuple[Line, ...]
    rungs: tuple[Rung, ...]  # the highest first
    soon: Scale
    ups: Scale = field(init=False)
    effects: Scale = field(init=False)
    fewest: int = FEWEST
    missing = MISSING
    guards = GUARDS

    def __post_init__(self) -> None:
        """All of one kind share one scale."""
        object.__setattr__(self, "ups", Scale.of([one.level_ups for one in self.seasons]))
        object.__setattr__(self, "effects", Scale.of([one.shown for one in self.lines]))

    @property
    def star(self) -> NorthStar:
        """The whole shop against the spared."""
        return self.told.star

    def tint(self, share: float) -> str:
        """The class of a cell of the matrix."""
        return f"tint{min(int(share * TINTS) + 1, TINTS)}" if share > 0 else ""

    def soon_of(self, rung: Rung) -> Interval | None:
        """The chance of a higher rung within 90 days, as a chart draws it."""
        return _soon(rung)


@router.get("/outcomes")
def outcomes(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """What became of people, as of the last classification."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    told = office.shop.outcomes()
    tz = policy_of(office).shop.tz
    names = {one.key: one.name for one in office.shop.playbook().strategies}
    page = OutcomesPage(
        told,
        tuple(_season(one, tz) for one in told.star.quarters[::-1]),
        tuple(_lines(told.strategies, names)),
        told.rungs[::-1],
        Scale.of([_soon(rung) for rung in told.rungs]),
    )
    return render(request, viewer, "outcomes.html", page)


def _season(one: Quarter, tz: str) -> Season:
    month = f"{moment(one.begins + DAY, tz):%Y-%m}"
    return Season(one, month, _drawn(one.level_ups), _drawn(one.margin), _drawn(one.orders))


def _drawn(span: Span) -> Interval | None:
    if span.estimate is None or span.low is None or span.high is None:
        return None
    return Interval(span.low, span.estimate, span.high)


def _lines(tried: Sequence[Tried], names: dict[str, Words]) -> list[Line]:
    """Those that something is known of first, then by how many people they met."""
    found = [Line(one, names.get(one.strategy), _effect(one)) for one in tried]
    return sorted(
        found, key=lambda one: (one.shown is None, -(one.told.treated.n + one.told.held.n))
    )


def _effect(one: Tried) -> Interval | None:
    """In people of a hundred."""
    if one.estimate is None or one.low is None or one.high is None:
        return None
    return Interval(100 * one.low, 100 * one.estimate, 100 * one.high)


def _soon(rung: Rung) -> Interval | None:
    if rung.soon is None or rung.soon[2] <= 0:
        return None
    share, low, high = rung.soon
    return Interval(low, share, high)
