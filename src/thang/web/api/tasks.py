"""Staff tasks as JSON, and what becomes of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from thang.web.access.once import once
from thang.web.office import office_of
from thang.web.pages.tasks import asked
from thang.web.viewer import Viewer, marketer, reader
from thang.workspace.tasking import AskedTasks

router = APIRouter(prefix="/api/tasks", tags=["strategies"])


class Settled(BaseModel):
    """What became of a task."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["open", "done", "dropped"]


@router.get("")
def tasks(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    asked: Annotated[AskedTasks, Depends(asked)],
) -> dict[str, Any]:
    """Tasks by state, by when they fall due, of a person or a strategy; `after` the page before."""
    return asdict(office_of(request).shop.tasks(asked, viewer.locale))


@router.post("/{task}", response_model=None)
def settle(
    request: Request,
    viewer: Annotated[Viewer, Depends(marketer)],
    task: Annotated[str, Path(max_length=80)],
    settled: Settled,
) -> Response:
    """Call a task done or dropped, or open it again."""
    office = office_of(request)

    def work() -> dict[str, Any]:
        office.shop.settle_task(task, settled.state, viewer.id)
        office.desk.audit.note(viewer.id, "task settled", f"{task} {settled.state}", office.now())
        return {"id": task, "state": settled.state}

    return once(request, viewer, {"task": task} | settled.model_dump(), work)
