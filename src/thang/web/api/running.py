"""The daily run of the strategies, as JSON: what it would do, and begin or stop it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from thang.web.access.once import once
from thang.web.office import office_of
from thang.web.viewer import Viewer, marketer, reader

router = APIRouter(prefix="/api/run", tags=["strategies"])
Marketer = Annotated[Viewer, Depends(marketer)]


@router.get("", dependencies=[Depends(reader)])
def would(request: Request) -> dict[str, Any]:
    """What a run would do now, written down nowhere (`thang run --dry-run --json`)."""
    return asdict(office_of(request).shop.run(dry=True))


@router.post("", response_model=None)
def begin(request: Request, viewer: Marketer) -> Response:
    """Run now, and once a day from now on."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        found = asdict(office.shop.run())
        office.desk.audit.note(viewer.id, "strategies run", "", office.now())
        return found

    return once(request, viewer, {}, work)


@router.delete("", response_model=None)
def stop(request: Request, viewer: Marketer) -> Response:
    """Run no more by itself."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        office.shop.stop_running(viewer.id)
        office.desk.audit.note(viewer.id, "strategies stopped", "", office.now())
        return {"stopped": True}

    return once(request, viewer, {}, work)
