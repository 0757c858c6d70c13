"""The page behind a one-time link: the first owner, or somebody invited, chooses a password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from thang.desk.verbs import redeem
from thang.model import WrongInput
from thang.web.access.paths import FIRST_PAGE
from thang.web.office import Office, office_of
from thang.web.page import render
from thang.web.pages.login import welcomed
from thang.web.viewer import Viewer, anyone
from thang.web.words.catalogue import noted

router = APIRouter(include_in_schema=False)

UNLIKE = noted("The two passwords are not the same: type them again.")

Text = Annotated[str, Form(max_length=2000)]
Stranger = Annotated[Viewer, Depends(anyone)]


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """What the link is good for, and the form as it was filled in."""

    token: str
    valid: bool
    first: bool
    demo: bool
    name: str = ""
    error: str = ""


@router.get("/welcome")
def welcome(
    request: Request, viewer: Stranger, token: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The form of a link that still works, or how to come by a new one."""
    page = _page(office_of(request), token)
    return render(request, viewer, "first_run.html", page, status=200 if page.valid else 410)


@router.post("/welcome")
def settle(
    request: Request, viewer: Stranger, token: Text = "", name: Text = "",
    password: Text = "", again: Text = "",
) -> Response:  # fmt: skip
    """Use the link up, and be signed in."""
    office = office_of(request)
    try:
        if password != again:
            raise WrongInput(UNLIKE)
        person = redeem(office.desk, token, name, password, viewer.locale, office.now())
    except WrongInput as error:
        page = _page(office, token, name, str(error))
        return render(request, viewer, "first_run.html", page, status=422)
    return welcomed(request, office, person, FIRST_PAGE)


@router.post("/welcome/demo")
def look_around(request: Request, viewer: Stranger, token: Text = "") -> Response:
    """A made-up shop can be looked at without an account: its owner's password is nobody's."""
    office = office_of(request)
    page = _page(office, token)
    if not page.demo:
        return render(request, viewer, "first_run.html", page, status=410)
    nobody = secrets.token_urlsafe(32)
    person = redeem(office.desk, token, "Demo", nobody, viewer.locale, office.now())
    return welcomed(request, office, person, FIRST_PAGE)


def _page(office: Office, token: str, name: str = "", error: str = "") -> WelcomePage:
    link = office.desk.links.look(token, office.now())
    first = link is not None and not link.person
    return WelcomePage(
        token=token, valid=link is not None, first=first, demo=first and office.demo,
        name=link.name if link and link.person else name, error=error,
    )  # fmt: skip
