"""The stage adviser: where the business stands and why, the gate, the budget, the owner's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Role
from thang.model import WrongInput
from thang.policy.aims import STAGES
from thang.river.calendar import moment
from thang.web.office import Office, office_of
from thang.web.page import policy_of, render
from thang.web.pages import stage_words as words
from thang.web.viewer import Viewer, marketer, owner, reader
from thang.web.words.catalogue import noted
from thang.web.words.sentences import in_words
from thang.workspace.freshness import State
from thang.workspace.staged import Month, StageAnswer, Staged

router = APIRouter(include_in_schema=False)

MONTHS = 12  # that the table of past checks shows
CHOOSE = noted("Choose a stage.")
NUMBERS = noted("Write whole numbers.")

Text = Annotated[str, Form(max_length=2000)]
Number = Annotated[str, Form(max_length=20)]
Marketer = Annotated[Viewer, Depends(marketer)]
Owner = Annotated[Viewer, Depends(owner)]


@dataclass(frozen=True)
class StagePage:
    """Everything the page shows."""

    told: Staged
    months: tuple[tuple[str, Month], ...]  # the latest checks, the last first
    who: dict[str, str]  # names of whoever said something, by their id
    may_say: bool
    may_override: bool
    error: str = ""
    failed: str = ""  # the form that was refused

    words = words
    stages = STAGES


@router.get("/stage")
def stage(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """The stage as last judged."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    return render(request, viewer, "stage.html", stage_page(office, viewer))


@router.post("/stage/agree")
def agree(request: Request, viewer: Marketer) -> Response:
    """The computed stage is right."""
    shop = office_of(request).shop
    return _said(
        request, viewer, "stage agreed with", "say", lambda: shop.agree_with_stage(viewer.id)
    )


@router.post("/stage/word")
def word(
    request: Request, viewer: Marketer, stage: Text = "", reason: Text = "", months: Number = ""
) -> Response:
    """The business stands at another stage, for a reason and a while."""
    shop = office_of(request).shop
    return _said(
        request, viewer, "stage said", "say",
        lambda: shop.say_stage(place_of(stage), reason, viewer.id, _whole(months or "0")),
    )  # fmt: skip


@router.post("/stage/count")
def count(
    request: Request, viewer: Marketer, check: Text = "", k: Number = "", n: Number = ""
) -> Response:
    """What somebody counted for the gate."""
    shop = office_of(request).shop
    return _said(
        request, viewer, "counted for the gate", check,
        lambda: shop.count_for_gate(check, _whole(k), _whole(n), viewer.id),
    )  # fmt: skip


@router.post("/stage/published")
def published(request: Request, viewer: Marketer) -> Response:
    """The terms of referring are published."""
    shop = office_of(request).shop
    return _said(
        request, viewer, "terms published", "published", lambda: shop.publish_terms(viewer.id)
    )


@router.post("/stage/pilot")
def pilot(request: Request, viewer: Marketer, people: Number = "") -> Response:
    """So many of the viral are invited as of now."""
    shop = office_of(request).shop
    return _said(
        request, viewer, "pilot begun", "pilot",
        lambda: shop.start_pilot(_whole(people), viewer.id),
    )  # fmt: skip


@router.post("/stage/gate")
def gate(
    request: Request, viewer: Owner, do: Text = "", reason: Text = "", months: Number = ""
) -> Response:
    """The gate as the owner wants it: `do` open, close, or end the override."""
    shop = office_of(request).shop

    def work() -> StageAnswer:
        if do == "end":
            return shop.end_gate_override(viewer.id)
        return shop.override_gate(do == "open", reason, viewer.id, _whole(months or "0"))

    return _said(request, viewer, "gate overridden", "override", work)


def place_of(stage: str) -> int:
    """The place of a stage by its key, s1 to s5."""
    if stage not in STAGES:
        raise WrongInput(CHOOSE)
    return STAGES.index(stage)


def stage_page(
    office: Office, viewer: Viewer, error: str = "", failed: str = ""
) -> StagePage | None:
    """The page's context; None while nobody is judged."""
    told = office.shop.stage().told
    if told is None:
        return None
    said = (told.shown.override, told.shown.agreed, told.gate.override)
    who = {one.by: _name(office, one.by) for one in said if one}
    may_say = viewer.role in (Role.OWNER, Role.MARKETER)
    tz = policy_of(office).shop.tz
    months = tuple((f"{moment(one.at, tz):%Y-%m}", one) for one in told.months[::-1][:MONTHS])
    return StagePage(told, months, who, may_say, viewer.role == Role.OWNER, error, failed)


def _said(
    request: Request, viewer: Viewer, action: str, form: str, work: Callable[[], StageAnswer]
) -> Response:
    """Do it, note who did, and show the page; or the page with why not."""
    office = office_of(request)
    try:
        work()
    except WrongInput as error:
        page = stage_page(office, viewer, in_words(str(error), viewer.locale), form)
        return render(request, viewer, "stage.html", page, status=422)
    office.desk.audit.note(viewer.id, action, "", office.now())
    return RedirectResponse("/stage", 303)


def _whole(text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise WrongInput(NUMBERS) from None


def _name(office: Office, person: str) -> str:
    found = office.desk.people.get(person) if person else None
    return found.name if found else person
