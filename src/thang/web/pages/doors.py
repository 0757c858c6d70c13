"""Where platforms tell what happens: each at an address of its own, which nobody else knows.

A call is on disk before it is answered, and looked into afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Path
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from thang.model import ThangError
from thang.sources.live.contract import Call
from thang.web.office import office_of
from thang.web.viewer import Rule, Viewer, anyone, guest
from thang.workspace.connecting.connecting import Knock

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("thang.doors")

Source = Annotated[str, Path(max_length=20)]
Token = Annotated[str, Path(max_length=60)]


@dataclass(frozen=True, slots=True)
class Platform(Rule):
    """The rule of doors: whoever knows the address; what they say is judged by its signature."""

    async def __call__(self, request: Request) -> Viewer:
        """A stranger with the right address; 404 for everybody else."""
        shop = office_of(request).shop
        named = (request.path_params["source"], request.path_params["token"])
        if not await run_in_threadpool(shop.is_door, *named):
            raise HTTPException(404)
        return guest(request)


@router.get("/in/{source}/{token}")
def greet(
    request: Request, _: Annotated[Viewer, Depends(anyone)], source: Source, token: Token
) -> Response:
    """Some platforms ask once whether the address is ours."""
    if not office_of(request).shop.is_door(source, token):
        raise HTTPException(404)
    call = Call(query=dict(request.query_params))
    answer = office_of(request).shop.hello(source, token, call)
    if answer is None:
        raise HTTPException(403)
    return PlainTextResponse(answer)


@router.post("/in/{source}/{token}")
async def take(
    request: Request, _: Annotated[Viewer, Depends(Platform(None))], source: Source
) -> Response:
    """What a platform tells: 200 once it is on disk, 401 if the platform has not signed it."""
    try:
        body = await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Call(body, headers, dict(request.query_params))
    return await run_in_threadpool(_taken, request, source, call)


def _taken(request: Request, source: str, call: Call) -> Response:
    office = office_of(request)
    try:
        knock = office.shop.take_in(source, request.url.path, call)
    except ThangError:
        log.warning("a platform's call could not be kept", source=source)
        knock = Knock.CLOSED
    if knock is Knock.CLOSED:
        return PlainTextResponse("Not now.", 503, {"retry-after": "60"})
    if knock is Knock.FORGED:
        log.warning("a call with a wrong signature", source=source)
        return PlainTextResponse("The signature is not right.", 401)
    office.worker.wake()
    return PlainTextResponse("")
