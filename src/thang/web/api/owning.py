"""A person's rights over HTTP: all that is held of them, and forgetting them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from thang.web.access.once import once
from thang.web.office import office_of
from thang.web.pages.owning import bundled, erased
from thang.web.viewer import Viewer, owner

router = APIRouter(prefix="/api/people", tags=["people"])
Ref = Annotated[str, Path(min_length=3, max_length=200)]
Owner = Annotated[Viewer, Depends(owner)]


@router.get("/{person}/bundle")
def bundle(request: Request, viewer: Owner, person: Ref) -> Response:
    """Everything held of one person as a .zip (`thang person bundle`)."""
    return bundled(office_of(request), viewer, person)


@router.delete("/{person}")
def erase(
    request: Request,
    viewer: Owner,
    person: Ref,
    sure: Annotated[bool, Query(description="Must be true: it cannot be undone.")],
) -> JSONResponse:
    """Forget one person for good; the receipt counts what went and names nobody."""
    office = office_of(request)

    def work() -> Mapping[str, Any]:
        told = asdict(erased(office, viewer, person))
        del told["numbers"]
        return told

    if not sure:
        return JSONResponse({"state": "not begun"})
    return once(request, viewer, {"person": person}, work)
