"""What the phone's bar of five has no room for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from thang.web.page import render
from thang.web.viewer import Viewer, reader

router = APIRouter(include_in_schema=False)


@router.get("/more", response_class=HTMLResponse)
def more(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> HTMLResponse:
    """The rest of the navigation, language, colours and the way out."""
    return render(request, viewer, "more.html", None)
