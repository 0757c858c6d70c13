"""The way out that stands in every advertising message: no account, one press, nothing shown.

A mail program may press it for the person, by one POST that no page of ours has sent (RFC 8058).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import Response

from thang.model import WrongInput
from thang.web.office import office_of
from thang.web.page import render
from thang.web.viewer import Rule, Viewer, anyone, guest
from thang.web.words.sending import CHANNELS

router = APIRouter(include_in_schema=False)
Token = Annotated[str, Path(max_length=60)]


@dataclass(frozen=True, slots=True)
class Holder(Rule):
    """The rule of the way out: whoever holds its address may go."""

    async def __call__(self, request: Request) -> Viewer:
        """A stranger; the letters of the address are judged by the page."""
        return guest(request)


@dataclass(frozen=True, slots=True)
class WayOutPage:
    """What the page says; `channel` in words, empty where the address leads nowhere."""

    token: str
    channel: str
    done: bool = False
    everywhere: bool = False


@router.get("/out/{token}")
def way_out(request: Request, viewer: Annotated[Viewer, Depends(anyone)], token: Token) -> Response:
    """Asks whether to stop: nothing is changed by opening the address."""
    try:
        found = office_of(request).shop.way_out(token)
    except WrongInput:
        return render(request, viewer, "way_out.html", WayOutPage("", ""), status=404)
    page = WayOutPage(token, CHANNELS.get(found.channel, found.channel))
    return render(request, viewer, "way_out.html", page)


@router.post("/out/{token}")
def opt_out(
    request: Request, viewer: Annotated[Viewer, Depends(Holder(None))], token: Token,
    everywhere: Annotated[str, Form(max_length=10)] = "",
) -> Response:  # fmt: skip
    """No more advertising on this channel, or on any."""
    try:
        found = office_of(request).shop.opt_out(token, everywhere=bool(everywhere))
    except WrongInput:
        return render(request, viewer, "way_out.html", WayOutPage("", ""), status=404)
    channel = CHANNELS.get(found.channel, found.channel)
    page = WayOutPage(token, channel, done=True, everywhere=bool(everywhere))
    return render(request, viewer, "way_out.html", page)
