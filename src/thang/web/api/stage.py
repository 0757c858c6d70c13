"""The stage, the gate and the budget as JSON, and what the shop says of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from thang.web.access.once import once
from thang.web.office import Office, office_of
from thang.web.pages.stage import place_of
from thang.web.viewer import Viewer, marketer, owner, reader
from thang.workspace.staged import StageAnswer

router = APIRouter(prefix="/api/stage", tags=["stage"])
Months = Annotated[int, Field(ge=0, le=36)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Marketer = Annotated[Viewer, Depends(marketer)]


class Said(BaseModel):
    """The stage as the shop says it: null agrees with the computed one. `months` 0: as the policy
    has it.
    """

    model_config = ConfigDict(extra="forbid")

    stage: Literal["s1", "s2", "s3", "s4", "s5"] | None
    reason: str = Field(default="", max_length=2000)
    months: Months = 0


class Counted(BaseModel):
    """`k` of `n` parcels in time, or test referrals that arrived."""

    model_config = ConfigDict(extra="forbid")

    check: Literal["on_time", "attributed"]
    k: Count
    n: Count


class Begun(BaseModel):
    """So many people are invited to the pilot, 0 calls it off."""

    model_config = ConfigDict(extra="forbid")

    people: Count


class Wanted(BaseModel):
    """The gate as the owner wants it; null: as its checks say."""

    model_config = ConfigDict(extra="forbid")

    opened: bool | None
    reason: str = Field(default="", max_length=2000)
    months: Months = 0


@router.get("", dependencies=[Depends(reader)])
def stage(request: Request) -> dict[str, Any]:
    """Where the business stands and why, the gate, the budget (`thang stage --json`)."""
    return asdict(office_of(request).shop.stage())


@router.post("/word", response_model=None)
def word(request: Request, viewer: Marketer, said: Said) -> Response:
    """Agree with the computed stage, or say another one with a reason."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        if said.stage is None:
            return _noted(
                office, viewer, "stage agreed with", office.shop.agree_with_stage(viewer.id)
            )
        place = place_of(said.stage)
        told = office.shop.say_stage(place, said.reason, viewer.id, said.months)
        return _noted(office, viewer, "stage said", told)

    return once(request, viewer, said.model_dump(), work)


@router.post("/count", response_model=None)
def count(request: Request, viewer: Marketer, counted: Counted) -> Response:
    """What events cannot tell, as somebody counted it."""
    office, of = office_of(request), counted

    def work() -> dict[str, Any]:
        told = office.shop.count_for_gate(of.check, of.k, of.n, viewer.id)
        return _noted(office, viewer, "counted for the gate", told)

    return once(request, viewer, counted.model_dump(), work)


@router.post("/published", response_model=None)
def published(request: Request, viewer: Marketer) -> Response:
    """The terms are published, and every channel's orders come to one person."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        return _noted(office, viewer, "terms published", office.shop.publish_terms(viewer.id))

    return once(request, viewer, {}, work)


@router.post("/pilot", response_model=None)
def pilot(request: Request, viewer: Marketer, begun: Begun) -> Response:
    """Begin a pilot with so many of the viral."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        return _noted(
            office, viewer, "pilot begun", office.shop.start_pilot(begun.people, viewer.id)
        )

    return once(request, viewer, begun.model_dump(), work)


@router.post("/gate", response_model=None)
def gate(request: Request, viewer: Annotated[Viewer, Depends(owner)], wanted: Wanted) -> Response:
    """Open or close the gate against its checks, with a reason; or let them decide again."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        if wanted.opened is None:
            told = office.shop.end_gate_override(viewer.id)
        else:
            told = office.shop.override_gate(wanted.opened, wanted.reason, viewer.id, wanted.months)
        return _noted(office, viewer, "gate overridden", told)

    return once(request, viewer, wanted.model_dump(), work)


def _noted(office: Office, viewer: Viewer, action: str, told: StageAnswer) -> dict[str, Any]:
    office.desk.audit.note(viewer.id, action, "", office.now())
    return asdict(told)
