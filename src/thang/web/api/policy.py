"""The policy as JSON: read, tried, applied, and its versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from thang.model import WrongPolicy
from thang.policy.load import effective, read_policy
from thang.policy.mistake import mistake_of
from thang.policy.tree import MOST_TEXT
from thang.record import OutdatedError
from thang.web.access.once import once
from thang.web.office import office_of
from thang.web.pages.policy_work import put
from thang.web.viewer import Viewer, marketer, owner, reader
from thang.workspace.applying import MOST_NOTE, Wish
from thang.workspace.versions import plain_difference

router = APIRouter(prefix="/api/policy", tags=["policy"])
Number = Annotated[int, Path(ge=1, le=10**9)]


class Asked(BaseModel):
    """A policy to try; `whole`: fold everybody of a big shop, and not a sample."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MOST_TEXT)
    whole: bool = False


class Wanted(BaseModel):
    """A policy to put in force; `mark` as `GET /api/policy` gave it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MOST_TEXT)
    mark: str = Field(max_length=100)
    note: str = Field(default="", max_length=MOST_NOTE)


@router.get("", dependencies=[Depends(reader)])
def policy(request: Request) -> dict[str, Any]:
    """The shop's file as it is, what it means with the defaults, and the mark to apply over."""
    here = office_of(request).shop.policy_standing()
    said: dict[str, Any] = {"text": here.text, "version": here.number, "mark": here.mark}
    try:
        known = read_policy(here.text)
    except WrongPolicy as error:
        return said | {"policy": None, "mistake": asdict(mistake_of(error))}
    return said | {"policy": effective(known), "fingerprint": known.fingerprint, "mistake": None}


@router.post("/preview", dependencies=[Depends(marketer)], response_model=None)
def preview(request: Request, asked: Asked) -> dict[str, Any] | Response:
    """Whom a policy would move: counts, movements, twenty examples with the rule that decides."""
    try:
        found = office_of(request).shop.preview_policy(asked.text, whole=asked.whole)
    except WrongPolicy as error:
        return _mistaken(error)
    return asdict(found) | {"is_sample": found.is_sample}


@router.post("", response_model=None)
def apply(request: Request, viewer: Annotated[Viewer, Depends(owner)], wanted: Wanted) -> Response:
    """Put a policy in force; 409 if another one was applied since the mark was given."""
    wish = Wish(wanted.text, wanted.note, viewer.id, wanted.mark)
    try:
        return once(
            request,
            viewer,
            wanted.model_dump(),
            lambda: asdict(put(office_of(request), viewer, wish)),
        )
    except WrongPolicy as error:
        return _mistaken(error)
    except OutdatedError as error:
        raise HTTPException(409, str(error)) from None


@router.get("/versions", dependencies=[Depends(reader)])
def versions(request: Request) -> list[dict[str, Any]]:
    """All versions without their texts, the latest first."""
    found = (asdict(version) for version in office_of(request).shop.policy_versions())
    return [{name: value for name, value in one.items() if name != "text"} for one in found]


@router.get("/versions/{number}", dependencies=[Depends(reader)])
def version(request: Request, number: Number) -> dict[str, Any]:
    """One version with its text."""
    return asdict(_version(request, number))


@router.get("/versions/{number}/diff", dependencies=[Depends(reader)])
def diff(
    request: Request,
    number: Number,
    against: Annotated[int | None, Query(ge=1, le=10**9)] = None,
) -> dict[str, Any]:
    """What turns a version into another one, by default into the file as it is now."""
    shop = office_of(request).shop
    other = _version(request, against).text if against else shop.policy_standing().text
    return asdict(plain_difference(_version(request, number).text, other))


def _version(request: Request, number: int) -> Any:
    for found in office_of(request).shop.policy_versions():
        if found.number == number:
            return found
    raise HTTPException(404, f"There is no policy version {number}.")


def _mistaken(error: WrongPolicy) -> Response:
    """The problem with the line, the key, the reason and the nearest right word."""
    mistake = asdict(mistake_of(error))
    body = {
        "type": "about:blank", "title": "Cannot be used as it is", "status": 422,
        "detail": str(error), "mistake": mistake,
    }  # fmt: skip
    return JSONResponse(body, 422, media_type="application/problem+json")
