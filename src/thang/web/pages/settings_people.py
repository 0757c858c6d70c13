"""Who works here: inviting, roles, shutting out; all for owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Person, Role
from thang.desk.verbs import change_role, invite, invite_again, shut_out
from thang.model import WrongInput
from thang.web.office import office_of
from thang.web.page import render, url
from thang.web.viewer import Viewer, owner

router = APIRouter(prefix="/settings/people", include_in_schema=False)

Text = Annotated[str, Form(max_length=2000)]
Owner = Annotated[Viewer, Depends(owner)]
Id = Annotated[str, Path(max_length=64)]
LIST = "/settings/people"


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody with an account; a link that was just made, to be handed over."""

    people: Sequence[Person]
    link: str = ""
    link_for: str = ""
    name: str = ""
    error: str = ""


@router.get("")
def people(request: Request, viewer: Owner) -> Response:
    """Everybody with an account."""
    return _shown(request, viewer)


@router.post("")
def invite_person(
    request: Request, viewer: Owner, role: Annotated[Role, Form()], name: Text = ""
) -> Response:
    """Make an account, and show the link by which its person chooses a password."""
    office = office_of(request)
    try:
        made, token = invite(office.desk, name, role, viewer.id, viewer.locale, office.now())
    except WrongInput as error:
        return _shown(request, viewer, status=422, name=name, error=str(error))
    return _shown(request, viewer, link=welcome_link(request, token), link_for=made.name)


@router.post("/{person}/link")
def link(request: Request, viewer: Owner, person: Id) -> Response:
    """Another link, for who lost theirs or forgot their password."""
    office = office_of(request)
    token = invite_again(office.desk, person, viewer.id, office.now())
    found = office.desk.people.get(person)
    name = found.name if found else ""
    return _shown(request, viewer, link=welcome_link(request, token), link_for=name)


@router.post("/{person}/role")
def role(request: Request, viewer: Owner, person: Id, role: Annotated[Role, Form()]) -> Response:
    """What the person may do from now on."""
    office = office_of(request)
    change_role(office.desk, person, role, viewer.id, office.now())
    return RedirectResponse(LIST, 303)


@router.post("/{person}/out")
def out(request: Request, viewer: Owner, person: Id, out: Annotated[bool, Form()]) -> Response:
    """Shut the person out at once, or let them in again."""
    office = office_of(request)
    shut_out(office.desk, person, viewer.id, office.now(), out=out)
    return RedirectResponse(LIST, 303)


def welcome_link(request: Request, token: str) -> str:
    """The address to hand over, at the host by which we were asked."""
    return str(request.base_url).rstrip("/") + url("/welcome", token=token)


def _shown(request: Request, viewer: Viewer, *, status: int = 200, **more: str) -> Response:
    everybody = office_of(request).desk.people.all()
    return render(
        request, viewer, "settings_people.html", PeoplePage(everybody, **more), status=status
    )
