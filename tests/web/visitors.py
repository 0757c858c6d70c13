"""Browsers for tests of the web door: strangers, people of each role, and programs with keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from thang.desk.people import Person, Role
from thang.web.access.cookies import session_name
from thang.web.app import create_app
from thang.web.office import Office
from thang.web.viewer import TOKEN_HEADER, form_token
from thang.workspace.shop import Workspace

BASE = "http://127.0.0.1:8010"
PASSWORD = "mười hai quả mơ chín"  # noqa: S105
OURS = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}


def open_shop(folder: Path) -> Office:
    """An office over an empty shop; the worker is not started."""
    if not folder.exists():
        Workspace.init(folder)
    return Office.open(folder)


def stranger(app: FastAPI, **options: Any) -> TestClient:
    """A browser nobody is signed in with; it says, as browsers do, that our page sent the form."""
    return TestClient(app, base_url=BASE, headers=OURS, follow_redirects=False, **options)


def person(office: Office, role: str) -> Person:
    """Somebody plainly invented with a role."""
    name = f"Người thử {role}"
    found = office.desk.people.named(name)
    return found or office.desk.people.add(name, Role(role), "en", office.now(), PASSWORD)


def signed_in(app: FastAPI, role: str, **options: Any) -> TestClient:
    """A browser with a session; what it sends carries the form's token in a header."""
    office: Office = app.state.office
    token = office.desk.sessions.begin(person(office, role).id, "test", office.now())
    browser = stranger(app, **options)
    browser.cookies.set(session_name(office), token, domain="127.0.0.1", path="/")
    browser.headers[TOKEN_HEADER] = form_token(token)
    return browser


def program(app: FastAPI, *scopes: str) -> TestClient:
    """A caller of the API with a key of these scopes, and nothing that a browser sends."""
    office: Office = app.state.office
    _, secret = office.desk.keys.create("test", scopes, "test", office.now())
    headers = {"Authorization": f"Bearer {secret}"}
    return TestClient(app, base_url=BASE, headers=headers, follow_redirects=False)


@dataclass(frozen=True)
class Shop:
    """An office and its application together."""

    office: Office
    app: FastAPI

    @classmethod
    def at(cls, folder: Path) -> Shop:
        """Lay out an empty shop and open its web door."""
        office = open_shop(folder)
        return cls(office, create_app(office))


def token_in(html: str) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf" value="([^"]*)"', html)
    assert found is not None
    return found[1]
