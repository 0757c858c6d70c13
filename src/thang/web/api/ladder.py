"""A month's movement on the ladder as JSON, with the one thing to do about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request

from thang.web.office import office_of
from thang.web.page import policy_of
from thang.web.viewer import reader

router = APIRouter(prefix="/api", tags=["ladder"])


@router.get("/movement", dependencies=[Depends(reader)])
def movement(
    request: Request, month: Annotated[str | None, Query(max_length=7)] = None
) -> dict[str, Any]:
    """Stocks of thirteen months and one month's flows; levels are places in `levels`."""
    office = office_of(request)
    moved = office.shop.movement(month)
    found = office.shop.advice(moved)
    return asdict(moved) | {
        "levels": [level.key for level in policy_of(office).levels],
        "advice": asdict(found) | {"query": dict(found.query)} if found else None,
    }
