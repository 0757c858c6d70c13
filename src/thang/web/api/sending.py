"""What would go out now, and how the channels stand, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request

from thang.web.office import office_of
from thang.web.viewer import reader

router = APIRouter(prefix="/api", tags=["channels"])


@router.get("/send", dependencies=[Depends(reader)])
def would(request: Request) -> dict[str, Any]:
    """What is due: what would be sent, and why the rest waits (`thang send --dry-run --json`)."""
    return asdict(office_of(request).shop.send(dry=True))


@router.get("/channels", dependencies=[Depends(reader)])
def channels(request: Request) -> dict[str, Any]:
    """How each channel stands: set or not, what went out, what rests, what went wrong last."""
    return {"channels": [asdict(one) for one in office_of(request).shop.channels()]}
