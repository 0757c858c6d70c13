"""The reading verbs of the command line over HTTP, in their own shapes."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Annotated, Any

import pyarrow as pa
from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from thang.web.office import office_of
from thang.web.viewer import Viewer, reader, whole_exporter

router = APIRouter(prefix="/api", tags=["verbs"])
Text = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("/ladder", dependencies=[Depends(reader)])
def ladder(
    request: Request,
    month: Annotated[str | None, Query(max_length=7)] = None,
) -> dict[str, Any]:
    """How many stand on each rung, and who moved in a month (`thang ladder --json`)."""
    shape = asdict(office_of(request).shop.ladder(month))
    shape.pop("month")
    return shape


@router.get("/people/{person}/explanation", dependencies=[Depends(reader)])
def explanation(
    request: Request,
    person: Text,
    at: Annotated[str | None, Query(max_length=10)] = None,
) -> dict[str, Any]:
    """Why one person stands where they stand (`thang explain --json`)."""
    return office_of(request).shop.explain(person, at)


@router.get("/tables/{table}", response_class=Response)
def table(
    request: Request, viewer: Annotated[Viewer, Depends(whole_exporter)], table: Text
) -> Response:
    """A whole table as an Arrow stream (`thang export`)."""
    found = office_of(request).shop.export(table)
    office_of(request).desk.audit.note(viewer.id, "table exported", table, office_of(request).now())
    into = BytesIO()
    with pa.ipc.new_stream(into, found.schema) as stream:
        stream.write_table(found)
    return Response(into.getvalue(), media_type="application/vnd.apache.arrow.stream")
