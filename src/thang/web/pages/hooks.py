"""Where providers call us: each at an address of its own, which nobody else knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Path
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from thang.channels.hooks.nouns import Malformed, Told, Unsigned
from thang.model import ThangError
from thang.web.office import office_of
from thang.web.viewer import Rule, Viewer, anyone, guest

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("thang.hooks")

Channel = Annotated[str, Path(max_length=20)]
Token = Annotated[str, Path(max_length=60)]
LONGEST = 200  # letters of a challenge


@dataclass(frozen=True, slots=True)
class Provider(Rule):
    """The rule of hooks: whoever knows the address; what they say is judged by its signature."""

    async def __call__(self, request: Request) -> Viewer:
        """A stranger with the right address; 404 for everybody else."""
        shop = office_of(request).shop
        named = (request.path_params["channel"], request.path_params["token"])
        if not await run_in_threadpool(shop.is_hook, *named):
            raise HTTPException(404)
        return guest(request)


@router.get("/hooks/{channel}/{token}")
def verify(
    request: Request, _: Annotated[Viewer, Depends(anyone)], channel: Channel, token: Token
) -> Response:
    """Messenger asks once whether the address is ours; the SMS gateway reports in the query."""
    if not office_of(request).shop.is_hook(channel, token):
        raise HTTPException(404)
    challenge = request.query_params.get("hub.challenge", "")
    if channel == "messenger":
        ours = request.query_params.get("hub.verify_token") == token
        if not (ours and challenge.isascii() and challenge.isalnum() and len(challenge) <= LONGEST):
            raise HTTPException(403)
        return PlainTextResponse(challenge)
    if channel != "sms":
        return PlainTextResponse("")
    return _heard(request, channel, Told(query=dict(request.query_params)))


@router.post("/hooks/{channel}/{token}")
async def hear(
    request: Request, _: Annotated[Viewer, Depends(Provider(None))], channel: Channel
) -> Response:
    """What a provider tells: 200 once it is written down."""
    try:
        body = await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Told(body, headers, dict(request.query_params))
    return await run_in_threadpool(_heard, request, channel, call)


def _heard(request: Request, channel: str, call: Told) -> Response:
    try:
        changed = office_of(request).shop.hear_from(channel, call)
    except Unsigned:
        return PlainTextResponse("The signature is not right.", 403)
    except Malformed:
        return PlainTextResponse("This cannot be read.", 400)
    except ThangError:
        log.warning("a provider's call could not be written down", channel=channel)
        return PlainTextResponse("Not now.", 503, {"retry-after": "60"})
    log.info("a provider called", channel=channel, changed=changed)
    return PlainTextResponse("")
