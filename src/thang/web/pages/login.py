"""Signing in and out, and the choice of language and colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.agents import family
from thang.desk.people import Person
from thang.web.access.cookies import (
    LOCALE,
    THEME,
    give_session,
    remember,
    session_token,
    take_session,
)
from thang.web.access.paths import after_login, own_path
from thang.web.access.tries import Tries
from thang.web.office import Office, office_of
from thang.web.page import render
from thang.web.viewer import THEMES, Viewer, anyone, reader
from thang.web.words.catalogue import LOCALES, noted

router = APIRouter(include_in_schema=False)

WRONG = noted("This name and this password do not go together.")
WAIT = noted("Too many tries: wait a minute, then try again.")

Text = Annotated[str, Form(max_length=2000)]
Stranger = Annotated[Viewer, Depends(anyone)]


@dataclass(frozen=True, slots=True)
class LoginPage:
    """The form as it was filled in; the password is never shown again."""

    next: str
    owned: bool
    name: str = ""
    error: str = ""


@router.get("/login")
def login(request: Request, viewer: Stranger, next: Annotated[str, Query()] = "") -> Response:
    """The form, unless somebody is signed in already."""
    if viewer.id:
        return RedirectResponse(after_login(next), 303)
    owned = office_of(request).desk.people.owned()
    return render(request, viewer, "login.html", LoginPage(after_login(next), owned))


@router.post("/login")
def sign_in(
    request: Request, viewer: Stranger, name: Text = "", password: Text = "", next: Text = ""
) -> Response:
    """Sign in. A wrong name and a wrong password cost and say the same."""
    office = office_of(request)
    now, tries = office.now(), tries_of(request)
    keys = (f"name {name.casefold()}", f"address {_address(request)}")
    if not tries.take(now, *keys):
        page = LoginPage(after_login(next), owned=True, name=name, error=WAIT)
        return render(
            request, viewer, "login.html", page, status=429, headers={"Retry-After": "60"}
        )
    person = office.desk.people.check_password(name, password)
    if person is None:
        known = office.desk.people.named(name)
        office.desk.audit.note("", "sign-in refused", known.id if known else "", now)
        page = LoginPage(after_login(next), owned=True, name=name, error=WRONG)
        return render(request, viewer, "login.html", page, status=401)
    tries.forgive(now, *keys)
    office.desk.audit.note(person.id, "signed in", person.id, now)
    return welcomed(request, office, person, after_login(next))


@router.post("/logout")
def sign_out(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """Sign out here."""
    office = office_of(request)
    office.desk.sessions.end(session_token(request, office))
    office.desk.audit.note(viewer.id, "signed out", viewer.id, office.now())
    away = RedirectResponse("/login", 303)
    take_session(away, office)
    return away


@router.post("/language")
def language(request: Request, viewer: Stranger, locale: Text, next: Text = "") -> Response:
    """Read in another language from now on, here and wherever the person signs in."""
    back = RedirectResponse(_without_language(own_path(next)), 303)
    if locale in LOCALES:
        office = office_of(request)
        remember(back, office, LOCALE, locale)
        if viewer.id:
            office.desk.people.set_locale(viewer.id, locale)
    return back


@router.post("/theme", dependencies=[Depends(anyone)])
def theme(request: Request, theme: Text = "", next: Text = "") -> Response:
    """Light or dark colours in this browser; anything else follows the system."""
    back = RedirectResponse(own_path(next), 303)
    remember(back, office_of(request), THEME, theme if theme in THEMES else "")
    return back


def welcomed(request: Request, office: Office, person: Person, path: str) -> Response:
    """Send a person on with a new session; the one their browser came with ends."""
    office.desk.sessions.end(session_token(request, office))
    agent = family(request.headers.get("user-agent", ""))
    answer = RedirectResponse(path, 303)
    give_session(answer, office, office.desk.sessions.begin(person.id, agent, office.now()))
    remember(answer, office, LOCALE, person.locale)
    return answer


def tries_of(request: Request) -> Tries:
    """The application's own count: one process serves a shop."""
    state = request.app.state
    if not hasattr(state, "tries"):
        state.tries = Tries()
    found: Tries = state.tries
    return found


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _without_language(path: str) -> str:
    """A language in the address would win over the one just chosen."""
    parts = urlsplit(path)
    kept = "&".join(p for p in parts.query.split("&") if p and not p.startswith("lang="))
    return parts.path + (f"?{kept}" if kept else "")
