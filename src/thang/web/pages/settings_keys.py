"""API keys: made, shown once, revoked; all for owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.keys import ApiKey, Scope
from thang.desk.secret import new_id
from thang.desk.verbs import make_key, revoke_key
from thang.model import WrongInput
from thang.web.office import office_of
from thang.web.page import render
from thang.web.viewer import Viewer, owner
from thang.web.words.catalogue import noted

router = APIRouter(prefix="/settings/keys", include_in_schema=False)

SENT_TWICE = noted("This key was made already and its secret was shown: make another one.")
SCOPES: Mapping[str, str] = {
    Scope.INGEST: noted("Bring events in"),
    Scope.READ: noted("Read, with phones and e-mails masked"),
    Scope.EXPORT: noted("Take whole lists out"),
    Scope.WRITE: noted("Change things"),
    Scope.EVENTS: noted("Send events, and nothing else: for a website or an app"),
}

Text = Annotated[str, Form(max_length=2000)]
Owner = Annotated[Viewer, Depends(owner)]


@dataclass(frozen=True, slots=True)
class KeysPage:
    """The keys; the secret of the one that was just made; a token that tells two forms apart."""

    keys: Sequence[ApiKey]
    makers: Mapping[str, str]
    scopes: Mapping[str, str]
    once: str
    secret: str = ""
    name: str = ""
    error: str = ""


@router.get("")
def keys(request: Request, viewer: Owner) -> Response:
    """Every key that was ever made."""
    return _shown(request, viewer)


@router.post("")
def make(
    request: Request, viewer: Owner, name: Text = "", once: Text = "",
    scopes: Annotated[list[Scope] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Make a key and show its secret; the same form sent again makes no second one."""
    office = office_of(request)
    place = ("form " + once, viewer.id, request.url.path)
    if once and office.desk.answers.begin(*place, b"", office.now()) is not None:
        return _shown(request, viewer, status=409, error=SENT_TWICE)
    try:
        _, secret = make_key(office.desk, name, scopes or (), viewer.id, office.now())
    except WrongInput as error:
        return _shown(request, viewer, status=422, name=name, error=str(error))
    office.desk.answers.keep(*place, 200, None)
    return _shown(request, viewer, secret=secret)


@router.post("/{key}/revoke")
def revoke(request: Request, viewer: Owner, key: Annotated[str, Path(max_length=64)]) -> Response:
    """End a key at once."""
    office = office_of(request)
    revoke_key(office.desk, key, viewer.id, office.now())
    return RedirectResponse("/settings/keys", 303)


def _shown(request: Request, viewer: Viewer, *, status: int = 200, **more: str) -> Response:
    desk = office_of(request).desk
    makers = {person.id: person.name for person in desk.people.all()}
    # The server's own keys end with it and are made by nobody: only the present one is shown.
    listed = [key for key in desk.keys.all() if key.created_by or key.revoked_at is None]
    page = KeysPage(listed, makers, SCOPES, new_id(), **more)
    return render(request, viewer, "settings_keys.html", page, status=status)
