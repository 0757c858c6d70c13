"""The shop's five groups and one person's as JSON; money is minor units."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request

from thang.web.office import office_of
from thang.web.viewer import reader

router = APIRouter(prefix="/api", tags=["groups"])
Text = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("/groups", dependencies=[Depends(reader)])
def groups(request: Request) -> dict[str, Any]:
    """Who is in which group, how sure that is, what it rests on (`thang groups --json`)."""
    return asdict(office_of(request).shop.groups())


@router.get("/people/{person}/groups", dependencies=[Depends(reader)])
def groups_of(request: Request, person: Text) -> dict[str, Any] | None:
    """One person's groups with their evidence; null if nobody is judged yet."""
    found = office_of(request).shop.groups_of(person)
    return None if found is None else asdict(found)
