"""People, keys, sessions and the audit log as JSON; what the settings' pages do, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from thang.desk.keys import ApiKey, Scope
from thang.desk.people import Person, Role
from thang.desk.verbs import (
    change_role,
    end_sessions,
    invite,
    invite_again,
    make_key,
    revoke_key,
    shut_out,
)
from thang.web.access.cookies import session_token
from thang.web.access.once import once
from thang.web.office import Office, office_of
from thang.web.page import policy_of
from thang.web.pages.settings import take_backup
from thang.web.pages.settings_people import welcome_link
from thang.web.viewer import Viewer, owner, reader

router = APIRouter(prefix="/api/settings", tags=["settings"])

Reader = Annotated[Viewer, Depends(reader)]
Owner = Annotated[Viewer, Depends(owner)]
Id = Annotated[str, Path(max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class Invitation(BaseModel):
    """Somebody to invite."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    role: Role = Role.VIEWER


class PersonChange(BaseModel):
    """What is to be otherwise with an account."""

    model_config = ConfigDict(extra="forbid")
    role: Role | None = None
    disabled: bool | None = None


class KeyWanted(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


@router.get("")
def facts(request: Request, viewer: Reader) -> dict[str, Any]:
    """Who asks, and the shop's facts."""
    shop = policy_of(office_of(request)).shop
    me = {"id": viewer.id, "name": viewer.name, "role": viewer.role, "locale": viewer.locale}
    return {"me": me, "shop": {"tz": shop.tz, "currency": shop.currency}}


@router.get("/people")
def people(request: Request, _: Owner) -> dict[str, Any]:
    """Everybody with an account."""
    return {"people": [_told(person) for person in office_of(request).desk.people.all()]}


@router.post("/people", status_code=201)
def invite_person(request: Request, viewer: Owner, wanted: Invitation) -> JSONResponse:
    """Make an account and the one-time link for its password, which is told only once."""
    office = office_of(request)

    def work() -> Mapping[str, Any]:
        made, token = invite(
            office.desk, wanted.name, wanted.role, viewer.id, viewer.locale, office.now()
        )
        return {**_told(made), "link": welcome_link(request, token)}

    return once(request, viewer, wanted.model_dump(), work, status=201, hidden=("link",))


@router.patch("/people/{person}")
def change_person(
    request: Request, viewer: Owner, person: Id, wanted: PersonChange
) -> dict[str, Any]:
    """Another role; shut out, or let in again."""
    office = office_of(request)
    _one(office, person)
    if wanted.role is not None:
        change_role(office.desk, person, wanted.role, viewer.id, office.now())
    if wanted.disabled is not None:
        shut_out(office.desk, person, viewer.id, office.now(), out=wanted.disabled)
    return _told(_one(office, person))


@router.post("/people/{person}/link", status_code=201)
def link(request: Request, viewer: Owner, person: Id) -> JSONResponse:
    """Another one-time link; those before are void."""
    office = office_of(request)
    _one(office, person)

    def work() -> Mapping[str, Any]:
        token = invite_again(office.desk, person, viewer.id, office.now())
        return {"link": welcome_link(request, token)}

    return once(request, viewer, person, work, status=201, hidden=("link",))


@router.get("/keys")
def keys(request: Request, _: Owner) -> dict[str, Any]:
    """Every key, without its secret."""
    return {"keys": [_key(key) for key in office_of(request).desk.keys.all()]}


@router.post("/keys", status_code=201)
def make(request: Request, viewer: Owner, wanted: KeyWanted) -> JSONResponse:
    """Make a key; its secret is told only once."""
    office = office_of(request)

    def work() -> Mapping[str, Any]:
        key, secret = make_key(office.desk, wanted.name, wanted.scopes, viewer.id, office.now())
        return {**_key(key), "secret": secret}

    return once(request, viewer, wanted.model_dump(), work, status=201, hidden=("secret",))


@router.delete("/keys/{key}", status_code=204)
def revoke(request: Request, viewer: Owner, key: Id) -> Response:
    """End a key at once."""
    office = office_of(request)
    if all(one.id != key for one in office.desk.keys.all()):
        raise HTTPException(404, "There is no such key.")
    revoke_key(office.desk, key, viewer.id, office.now())
    return Response(status_code=204)


@router.get("/sessions")
def sessions(request: Request, viewer: Reader) -> dict[str, Any]:
    """Where the asker is signed in."""
    office = office_of(request)
    found = office.desk.sessions.of_person(viewer.id, office.now())
    return {"sessions": [asdict(session) for session in found]}


@router.delete("/sessions", status_code=204)
def end_others(request: Request, viewer: Reader) -> Response:
    """Sign out everywhere but here."""
    return _ended(request, viewer, "")


@router.delete("/sessions/{session}", status_code=204)
def end(request: Request, viewer: Reader, session: Id) -> Response:
    """Sign out in one place."""
    return _ended(request, viewer, session)


@router.get("/audit")
def audit(
    request: Request,
    _: Owner,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    most: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """Lines of the log, the newest first, and whether it is as it was written."""
    log = office_of(request).desk.audit
    entries, damage = log.latest(most, before), log.verify()
    return {
        "entries": [asdict(entry) for entry in entries],
        "next": entries[-1].seq if len(entries) == most else None,
        "damage": asdict(damage) if damage else None,
    }


@router.post("/backup", response_class=Response)
def backup(request: Request, viewer: Owner) -> Response:
    """The whole shop as one .zip."""
    return take_backup(request, viewer)


def _ended(request: Request, viewer: Viewer, session: str) -> Response:
    if viewer.key:
        raise HTTPException(403, "A key has no sessions.")
    office = office_of(request)
    here = session_token(request, office)
    end_sessions(office.desk, viewer.id, office.now(), session=session, but=here)
    return Response(status_code=204)


def _one(office: Office, person: str) -> Person:
    found = office.desk.people.get(person)
    if found is None:
        raise HTTPException(404, "There is nobody with this account.")
    return found


def _told(person: Person) -> dict[str, Any]:
    return asdict(person)


def _key(key: ApiKey) -> dict[str, Any]:
    return asdict(key)
