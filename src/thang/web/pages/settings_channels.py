"""How each channel stands: set or not, what went out, what rests and why, and a test to oneself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Role
from thang.model import SECOND, ThangError, WrongInput
from thang.simulate.providers.stand_in import Arrived
from thang.web.office import Office, office_of
from thang.web.page import render, url
from thang.web.viewer import Viewer, owner, reader
from thang.web.words.sending import CHANNELS, fault_words
from thang.web.words.sentences import in_words
from thang.workspace.standings import SET_BY, ChannelStanding

router = APIRouter(prefix="/settings/channels", include_in_schema=False)

BETWEEN = 10 * SECOND  # two tests of one shop


@dataclass(frozen=True)
class ChannelsPage:
    """The channels; `trouble` is what is wrong with the settings, `hooks` are owners' to see."""

    channels: tuple[ChannelStanding, ...]
    trouble: str
    fake: bool
    hooks: Mapping[str, str]
    arrived: tuple[Arrived, ...]
    may_test: bool
    tested: str = ""
    error: str = ""

    names = CHANNELS

    @property
    def on(self) -> tuple[ChannelStanding, ...]:
        """Those that reach somebody, and are set."""
        return tuple(one for one in self.channels if one.is_set and not one.staff)

    def fault(self, why: str) -> str:
        """A fault in words of the catalogue, or as the record has it."""
        return fault_words(why)


@router.get("")
def channels(
    request: Request, viewer: Annotated[Viewer, Depends(reader)], tested: str = ""
) -> Response:
    """Every channel as it stands now."""
    shown = tested if tested in SET_BY else ""
    return render(request, viewer, "settings_channels.html", _page(request, viewer, tested=shown))


@router.post("/test")
def try_out(
    request: Request,
    viewer: Annotated[Viewer, Depends(owner)],
    channel: Annotated[str, Form(max_length=20)] = "",
    to: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Send a word to an address of one's own; noted without the address."""
    office = office_of(request)
    try:
        if not to.strip():
            raise WrongInput("Say where to: a test goes to an address of your own.")
        _not_too_soon(request, office)
        office.desk.audit.note(viewer.id, "channel tested", channel, office.now())
        said = office.shop.send_trial(channel, to)
    except ThangError as error:
        said = in_words(str(error), viewer.locale)
    if not said:
        return RedirectResponse(url("/settings/channels", tested=channel), 303)
    page = _page(request, viewer, error=said)
    return render(request, viewer, "settings_channels.html", page, status=422)


def _not_too_soon(request: Request, office: Office) -> None:
    last = getattr(request.app.state, "tested_at", 0)
    if 0 <= office.now() - last < BETWEEN:
        raise WrongInput("One test every ten seconds: wait a little.")
    request.app.state.tested_at = office.now()


def _page(request: Request, viewer: Viewer, *, tested: str = "", error: str = "") -> ChannelsPage:
    shop = office_of(request).shop
    is_owner = viewer.role is Role.OWNER
    try:
        found, trouble = shop.channels(), shop.senders_trouble()
    except ThangError as wrong:
        found, trouble = (), str(wrong)
    return ChannelsPage(
        channels=found,
        trouble=in_words(trouble, viewer.locale) if trouble else "",
        fake=any(one.fake for one in found),
        hooks=shop.hooks() if is_owner else {},
        arrived=shop.arrived(),
        may_test=is_owner,
        tested=tested,
        error=error,
    )
