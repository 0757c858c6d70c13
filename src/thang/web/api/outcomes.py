"""What became of people, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request

from thang.web.office import office_of
from thang.web.viewer import reader

router = APIRouter(prefix="/api", tags=["outcomes"])


@router.get("/outcomes", dependencies=[Depends(reader)])
def outcomes(request: Request) -> dict[str, Any]:
    """Moves with intervals, time to the next rung, strategies (`thang outcomes --json`)."""
    return asdict(office_of(request).shop.outcomes())
