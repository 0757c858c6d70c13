"""The ladder: how many stand where, who moved within a month, the tightest spot, what to do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.policy.schema import Policy
from thang.web.charts.alluvial import Alluvial
from thang.web.charts.ladder import Climb, Ladder, Rung
from thang.web.charts.stack import Stack
from thang.web.office import Office, office_of
from thang.web.page import policy_of, render, url
from thang.web.viewer import Viewer, reader
from thang.web.words.quantities import NAMES
from thang.workspace.advice import Advice
from thang.workspace.freshness import State
from thang.workspace.movement import Movement
from thang.workspace.next_best import Advised

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class LadderPage:
    """Everything the page shows of one month."""

    moved: Movement
    people: int
    ladder: Ladder
    stack: Stack
    alluvial: Alluvial
    advice: Advice | None
    strategy: Advised | None  # that would bring the most, at the tightest spot if any does
    lacking: str
    as_share: bool
    has_before: bool
    older: str
    newer: str

    def stretch(self, source: str | None, target: str) -> str:
        """The address of the people of one ribbon."""
        if source == target:
            return url("/customers", level=target)
        if source is None:
            return _movers(self.moved.month, move="new", to=target)
        return _movers(self.moved.month, **{"from": source}, to=target)


@router.get("/", dependencies=[Depends(reader)])
def first_page() -> Response:
    """The first page is the ladder."""
    return RedirectResponse("/ladder", 303)


@router.get("/ladder")
def ladder(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    month: Annotated[str | None, Query(max_length=7)] = None,
    share: bool = False,
) -> Response:
    """The ladder and a month (YYYY-MM), by default the last full; `share`: months in per cent."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    page = ladder_page(office, month or None, as_share=share)
    return render(request, viewer, "ladder.html", page)


def ladder_page(office: Office, month: str | None, *, as_share: bool) -> LadderPage:
    """The page's context, out of the summaries of the last classification."""
    policy = policy_of(office)
    moved = office.shop.movement(month)
    found = office.shop.advice(moved)
    now = moved.stocks[-1]
    place = moved.months.index(moved.month)
    spot = moved.tightest
    keys = [level.key for level in policy.levels]
    best = office.shop.one_strategy(*(keys[spot.lower], keys[spot.upper]) if spot else ())
    return LadderPage(
        moved=moved,
        people=sum(now),
        ladder=_ladder(moved, policy),
        stack=_stack(moved, policy, as_share=as_share),
        alluvial=_alluvial(moved, policy),
        advice=found,
        strategy=best,
        lacking=NAMES.get(found.quantity, found.quantity.replace("_", " ")) if found else "",
        as_share=as_share,
        has_before=place > 0 and sum(moved.stocks[place - 1]) > 0,
        older=moved.months[place - 1] if place else "",
        newer=moved.months[place + 1] if place + 1 < len(moved.months) else "",
    )


def _ladder(moved: Movement, policy: Policy) -> Ladder:
    keys = [level.key for level in policy.levels]
    now = moved.stocks[-1]
    rungs = tuple(
        Rung(
            level=key,
            count=now[i],
            change=moved.entered[i] - moved.left[i],
            past=tuple(stock[i] for stock in moved.stocks),
            href=url("/customers", level=key),
            change_href=url("/customers", moved=moved.month, to=key),
        )
        for i, key in enumerate(keys)
    )
    climbs = tuple(
        Climb(
            up=climb.up,
            down=climb.down,
            of=climb.people,
            up_href=_movers(moved.month, move="up", **{"from": keys[climb.lower]}),
            down_href=_movers(moved.month, move="down", **{"from": keys[climb.upper]}),
            tightest=moved.tightest is not None and climb.lower == moved.tightest.lower,
        )
        for climb in moved.climbs
    )
    return Ladder(rungs, climbs)


def _stack(moved: Movement, policy: Policy, *, as_share: bool) -> Stack:
    months, share = moved.months[-12:], "true" if as_share else ""
    return Stack(
        months=months,
        levels=tuple(level.key for level in policy.levels),
        counts=moved.stocks[-12:],
        hrefs=tuple(url("/ladder", month=month, share=share) for month in months),
        current=months.index(moved.month) if moved.month in months else -1,
        as_share=as_share,
    )


def _alluvial(moved: Movement, policy: Policy) -> Alluvial:
    flows: Mapping[tuple[int, int], int] = {
        (flow.from_level, flow.to_level): flow.people for flow in moved.flows
    }
    return Alluvial(tuple(level.key for level in policy.levels), flows)


def _movers(month: str, **which: str) -> str:
    """The address of who moved in a month: `move` up, down or new, `from` and `to` rungs."""
    return url("/customers", moved=month, **which)
