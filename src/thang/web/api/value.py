"""The shop's value and one person's as JSON; money is minor units."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request

from thang.web.office import office_of
from thang.web.viewer import reader

router = APIRouter(prefix="/api", tags=["value"])
Text = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("/value", dependencies=[Depends(reader)])
def value(request: Request) -> dict[str, Any]:
    """What customers will bring and what they leave, as last judged (`thang value --json`)."""
    return asdict(office_of(request).shop.value())


@router.get("/people/{person}/value", dependencies=[Depends(reader)])
def value_of(request: Request, person: Text) -> dict[str, Any] | None:
    """One person's value and profit with bounds and what they rest on; null if not judged."""
    found = office_of(request).shop.value_of(person)
    return None if found is None else asdict(found)
