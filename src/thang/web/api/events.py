"""Live events over HTTP, in the wire format of Segment's clients: 200 means on disk."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from thang.model import Unavailable
from thang.web.intake.access import FULL, SHARE, Sender, later
from thang.web.intake.described import ANSWERS, BODY
from thang.web.intake.intake import counted
from thang.web.intake.queue import Room
from thang.web.office import office_of
from thang.web.viewer import Viewer, anyone, guest
from thang.web.words.sentences import in_words
from thang.workspace.arriving import Fate, Sending

router = APIRouter(prefix="/v1", tags=["events"])

SNIPPET = Path(__file__).parent.parent / "intake" / "thang.js"
HOUR = 3600
PREFLIGHT = {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "authorization, content-type, content-encoding",
    "access-control-max-age": "86400",
}


class Call(StrEnum):
    """What can be sent."""

    BATCH = "batch"
    TRACK = "track"
    IDENTIFY = "identify"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"


Named = Annotated[Call, PathParameter(alias="call")]


@router.post("/{call}", response_class=Response, responses=ANSWERS, openapi_extra=BODY)
async def take(
    request: Request, _call: Named, sender: Annotated[Viewer, Depends(Sender(None))]
) -> Response:
    """Store calls; answered once they are on disk, with what became of each."""
    loop = asyncio.get_running_loop()
    settled: asyncio.Future[list[Fate]] = loop.create_future()
    office = office_of(request)
    sending = Sending(sender.name, request.state.bundle, office.now())
    room = office.intake.put(sending, lambda told: _tell(loop, settled, told))
    if room is Room.FULL:
        raise later(request, 503, FULL)
    if room is Room.SHARE:
        raise later(request, 429, SHARE)
    try:
        return _answer(await settled)
    except Unavailable as error:
        raise later(request, 503, in_words(str(error), guest(request).locale)) from None


@router.options("/{call}", include_in_schema=False)
def preflight(_call: Named, _: Annotated[Viewer, Depends(anyone)]) -> Response:
    """A browser on the shop's website asks whether it may send."""
    return Response(status_code=204, headers=PREFLIGHT)


@router.get("/thang.js", include_in_schema=False)
def snippet(_: Annotated[Viewer, Depends(anyone)]) -> Response:
    """The script for a website."""
    headers = {"cache-control": f"public, max-age={HOUR}"}
    return FileResponse(SNIPPET, media_type="text/javascript", headers=headers)


def _tell(
    loop: asyncio.AbstractEventLoop, settled: asyncio.Future[list[Fate]],
    told: list[Fate] | Exception,
) -> None:  # fmt: skip
    """From the writing thread: what became of a request that may have gone in the meantime."""

    def settle() -> None:
        if settled.done():
            return
        if isinstance(told, Exception):
            settled.set_exception(told)
        else:
            settled.set_result(told)

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)


def _answer(fates: list[Fate]) -> Response:
    told: dict[str, Any] = {"success": True, **counted(fates)}
    told["results"] = [fate.as_json() for fate in fates]
    return Response(msgspec.json.encode(told), media_type="application/json")
