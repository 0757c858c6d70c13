"""The programmes: points and what they earn, privileges, referrals that wait for people."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Role
from thang.web.office import office_of
from thang.web.page import render
from thang.web.viewer import Viewer, marketer, reader
from thang.web.words.catalogue import noted
from thang.workspace.freshness import State
from thang.workspace.public_forms import Written
from thang.workspace.rewarding import Exchanged, ProgrammesAnswer

router = APIRouter(include_in_schema=False)

WHY = {"many": noted("Many within a month"), "ring": noted("Leads back to themself")}
Ref = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True)
class ProgrammesPage:
    """What the page shows; `found` is one person whose points were asked for."""

    told: ProgrammesAnswer
    names: dict[str, str]
    may_say: bool
    asked: str
    found: int | None
    once: str  # names this form's one exchange, however often it is sent
    bought: Exchanged | None
    forms: tuple[Written, ...]  # what the shop's customers wrote; empty for who may not see it
    code: str  # with which whoever was asked for refers

    why = WHY


@router.get("/programmes")
def programmes(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    person: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Rules, what was granted, and who has how many points."""
    return _page(request, viewer, person.strip(), None)


@router.post("/programmes/referrals")
def judge(
    request: Request,
    viewer: Annotated[Viewer, Depends(marketer)],
    referrer: Ref,
    friend: Ref,
    state: Annotated[str, Form(max_length=10)],
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Pay for a doubtful referral, or do not."""
    office = office_of(request)
    office.shop.judge_referral(referrer, friend, state, viewer.id, why)
    office.desk.audit.note(viewer.id, "referral judged", f"{referrer} {state}", office.now())
    return RedirectResponse("/programmes", 303)


@router.post("/programmes/exchange")
def exchange(
    request: Request,
    viewer: Annotated[Viewer, Depends(marketer)],
    person: Ref,
    points: Annotated[int, Form(ge=1, le=10**9)],
    once: Annotated[str, Form(min_length=8, max_length=60)],
) -> Response:
    """Points for a voucher; the code is shown on the page that answers."""
    office = office_of(request)
    bought = office.shop.exchange(person, points, f"desk/{once}")
    office.desk.audit.note(viewer.id, "points exchanged", person, office.now())
    return _page(request, viewer, person, bought)


def _page(request: Request, viewer: Viewer, asked: str, bought: Exchanged | None) -> Response:
    shop = office_of(request).shop
    state = shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    told = shop.programmes()
    people = {ref for one in told.standing.doubtful for ref in (one.referrer, one.friend)}
    may = viewer.role in (Role.OWNER, Role.MARKETER)
    page = ProgrammesPage(
        told, shop.titles(sorted(people)), may, asked,
        shop.points_of(asked) if asked else None, token_urlsafe(12), bought,
        shop.written_forms() if may else (), shop.referral_code(asked) if asked and may else "",
    )  # fmt: skip
    return render(request, viewer, "programmes.html", page)
