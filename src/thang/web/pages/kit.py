"""Every component on one page, with plainly invented numbers: for screenshots and for axe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from thang.web.charts.alluvial import NEW, Alluvial
from thang.web.charts.ladder import Climb, Ladder, Rung
from thang.web.charts.lines import Band
from thang.web.charts.stack import Stack
from thang.web.page import render, url
from thang.web.viewer import Viewer, reader
from thang.web.words.speech import spoken

router = APIRouter()

LEVELS = ("lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan")
MONTHS = tuple(f"2025-{m:02}" for m in (12,)) + tuple(f"2026-{m:02}" for m in range(1, 12))
NOW = (5662, 7149, 6722, 3186, 1037, 215, 29)
CLIMBS = (
    (951, 324, 5492),
    (885, 165, 6945),
    (608, 65, 6385),
    (241, 19, 2865),
    (61, 1, 875),
    (11, 1, 165),
)
TIGHTEST = 2
GROWTH = (5, 14, 25, 55, 110, 200, 300)  # thousandths a month, by level


@dataclass(frozen=True, slots=True)
class KitPage:
    """What the kit shows where a component needs numbers."""

    ladder: Ladder
    stack: Stack
    shares: Stack
    alluvial: Alluvial
    band: Band

    def flow(self, source: str | None, target: str) -> str:
        """Where a ribbon leads."""
        return url("/customers", came_from=source or "new", level=target)

    def shown(self, value: float) -> str:
        """The band's values, which are thousands of đồng."""
        return spoken().money_short(round(value * 1000))


@router.get("/_kit", response_class=HTMLResponse, include_in_schema=False)
def kit(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> HTMLResponse:
    """The page of all components."""
    return render(request, viewer, "kit.html", kit_page())


def kit_page() -> KitPage:
    """The invented shop of the kit: twelve months that grow evenly."""
    history = tuple(_row(len(MONTHS) - 1 - m) for m in range(len(MONTHS)))
    hrefs = tuple(url("/ladder", month=month) for month in MONTHS)
    return KitPage(
        ladder=_ladder(history),
        stack=Stack(MONTHS, LEVELS, history, hrefs),
        shares=Stack(MONTHS, LEVELS, history, hrefs, as_share=True),
        alluvial=Alluvial(LEVELS, _flows()),
        band=_band(),
    )


def _row(ago: int) -> tuple[int, ...]:
    """The counts so many months before the last."""
    return tuple(
        round(n * 1000**ago / (1000 + growth) ** ago) for n, growth in zip(NOW, GROWTH, strict=True)
    )


def _ladder(history: tuple[tuple[int, ...], ...]) -> Ladder:
    rungs = tuple(
        Rung(
            level,
            NOW[i],
            NOW[i] - history[-2][i],
            tuple(row[i] for row in history),
            url("/customers", level=level),
        )
        for i, level in enumerate(LEVELS)
    )
    climbs = tuple(
        Climb(
            up,
            down,
            of,
            url("/customers", level=LEVELS[i + 1], moved="up"),
            url("/customers", level=LEVELS[i], moved="down"),
            i == TIGHTEST,
        )
        for i, (up, down, of) in enumerate(CLIMBS)
    )
    return Ladder(rungs, climbs)


def _flows() -> dict[tuple[int, int], int]:
    flows = {(NEW, 0): 620, (NEW, 1): 410, (NEW, 2): 224}
    for i, (up, down, of) in enumerate(CLIMBS):
        flows |= {(i, i + 1): up, (i + 1, i): down, (i, i): of - up}
    return flows | {(6, 6): 18}


def _band() -> Band:
    middle = tuple(float(40 + 9 * i) for i in range(13))
    return Band(
        labels=tuple(str(i) for i in range(13)),
        low=tuple(v - 1.6 * i for i, v in enumerate(middle)),
        middle=middle,
        high=tuple(v + 2.1 * i for i, v in enumerate(middle)),
    )
