"""Settings that are one's own: password, sessions, language, colours; and what the shop is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from thang.desk.backup import backup
from thang.desk.sessions import Session
from thang.desk.verbs import change_password, end_sessions, strong
from thang.model import WrongInput
from thang.policy.schema import Shop
from thang.river.calendar import moment
from thang.web.access.cookies import session_token
from thang.web.office import Office, office_of
from thang.web.page import policy_of, render
from thang.web.pages.first_run import UNLIKE
from thang.web.pages.login import WAIT, tries_of, welcomed
from thang.web.viewer import Viewer, owner, reader
from thang.web.words.catalogue import noted

router = APIRouter(include_in_schema=False)

NOT_THE_OLD = noted("The present password is another one: type it again.")

Text = Annotated[str, Form(max_length=2000)]
Reader = Annotated[Viewer, Depends(reader)]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The shop's facts, and where the viewer is signed in."""

    shop: Shop
    sessions: Sequence[Session]
    here: str
    error: str = ""


@router.get("/settings")
def settings(request: Request, viewer: Reader) -> Response:
    """The viewer's own settings, and the shop's facts."""
    return render(request, viewer, "settings.html", _page(request, viewer))


@router.post("/settings/password")
def password(
    request: Request, viewer: Reader, old: Text = "", password: Text = "", again: Text = ""
) -> Response:
    """Change one's own password; everywhere else one is signed out."""
    office = office_of(request)
    now, tries, key = office.now(), tries_of(request), f"name {viewer.name.casefold()}"
    try:
        if not tries.take(now, key):
            raise WrongInput(WAIT)
        person = office.desk.people.check_password(viewer.name, old)
        if person is None:
            raise WrongInput(NOT_THE_OLD)
        tries.forgive(now, key)
        if strong(office.desk, password, person.name) != again:
            raise WrongInput(UNLIKE)
        change_password(office.desk, person, password, viewer.id, now)
    except WrongInput as error:
        page = _page(request, viewer, str(error))
        return render(request, viewer, "settings.html", page, status=422)
    return welcomed(request, office, person, "/settings")


@router.post("/settings/sessions/end")
def end(request: Request, viewer: Reader, session: Text = "") -> Response:
    """Sign out in one place, or, where none is named, everywhere but here."""
    office = office_of(request)
    here = session_token(request, office)
    end_sessions(office.desk, viewer.id, office.now(), session=session, but=here)
    return RedirectResponse("/settings", 303)


@router.post("/settings/backup")
def take_backup(request: Request, viewer: Annotated[Viewer, Depends(owner)]) -> Response:
    """The whole shop as one .zip; whoever takes it is noted."""
    office = office_of(request)
    pieces = backup(office.shop.folder.path)
    office.desk.audit.note(viewer.id, "backup made", "", office.now())
    day = moment(office.now(), policy_of(office).shop.tz)
    name = f"thang-{day:%Y-%m-%d-%H%M}.zip"
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type="application/zip", headers=kept)


def _page(request: Request, viewer: Viewer, error: str = "") -> SettingsPage:
    office: Office = office_of(request)
    desk, now = office.desk, office.now()
    found = desk.sessions.of_token(session_token(request, office), now)
    return SettingsPage(
        shop=policy_of(office).shop,
        sessions=desk.sessions.of_person(viewer.id, now),
        here=found[0].id if found else "",
        error=error,
    )
