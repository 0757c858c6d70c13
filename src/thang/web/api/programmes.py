"""Programmes as JSON: rules, what was granted, doubtful referrals and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from thang.web.access.once import once
from thang.web.office import office_of
from thang.web.viewer import Viewer, marketer, reader

router = APIRouter(prefix="/api/programmes", tags=["programmes"])
Marketer = Annotated[Viewer, Depends(marketer)]
Ref = Annotated[str, Field(max_length=80)]


class Judged(BaseModel):
    """What somebody says of a referral, by the references of both."""

    model_config = ConfigDict(extra="forbid")

    referrer: Ref
    friend: Ref
    state: Literal["accepted", "refused"]
    why: str = Field(default="", max_length=500)


@router.get("", dependencies=[Depends(reader)])
def programmes(request: Request) -> dict[str, Any]:
    """The rules, what was granted, and the referrals that wait."""
    found = office_of(request).shop.programmes()
    told: dict[str, Any] = msgspec.to_builtins(found, enc_hook=float)
    return told


@router.post("/referrals", response_model=None)
def judge(request: Request, viewer: Marketer, judged: Judged) -> Response:
    """Pay for a doubtful referral, or do not."""
    office, of = office_of(request), judged

    def work() -> dict[str, Any]:
        office.shop.judge_referral(of.referrer, of.friend, of.state, viewer.id, of.why)
        office.desk.audit.note(
            viewer.id, "referral judged", f"{of.referrer} {of.state}", office.now()
        )
        return {"referrer": of.referrer, "friend": of.friend, "state": of.state}

    return once(request, viewer, judged.model_dump(), work)
