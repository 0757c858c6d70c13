"""From the made-up shop to one's own and back: the other's folder, its own accounts, one server.

Whoever looks around in the demo need not stop the server to begin in earnest, and what is
invented never lies beside what is real.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Person, Role
from thang.record.folder import has_shop
from thang.web.known import forget, make_known
from thang.web.office import Office, office_of
from thang.web.pages.login import welcomed
from thang.web.viewer import Viewer, owner
from thang.workspace.shop import Workspace

router = APIRouter(include_in_schema=False)
OWN = "shop"  # where the command line looks, too


@router.post("/shops/own")
def to_own(request: Request, viewer: Annotated[Viewer, Depends(owner)]) -> Response:
    """Leave the demo for one's own shop, laid out now if there is none, and bring a file there."""
    before = office_of(request)
    if not before.demo:
        return RedirectResponse("/import", 303)
    after = _taken(request, before.shop.folder.path.parent / OWN)
    if after.desk.people.owned():
        return RedirectResponse("/login?next=/import", 303)
    return welcomed(request, after, _first(after, viewer), "/import")


@router.post("/shops/demo")
def to_demo(request: Request, viewer: Annotated[Viewer, Depends(owner)]) -> Response:
    """Back to the demo from which one came."""
    demo: Path | None = getattr(request.app.state, "demo", None)
    if demo is None:
        return RedirectResponse("/ladder", 303)
    after = _taken(request, demo)
    known = [person for person in after.desk.people.all() if person.role is Role.OWNER]
    return welcomed(request, after, known[0] if known else _first(after, viewer), "/ladder")


def _taken(request: Request, folder: Path) -> Office:
    """Let go of the shop that is served, and take hold of another."""
    state, before = request.app.state, office_of(request)
    if not has_shop(folder):
        policy = before.shop.policy_in_force()
        Workspace.init(folder, policy.shop.currency, policy.shop.tz)
    after = Office.open(folder, before.host, secure=before.secure)
    if before.demo:
        state.demo = before.shop.folder.path
    if address := getattr(state, "address", ""):
        forget(before)
        make_known(after, address)
    state.office = after
    after.worker.start()
    before.close()
    return after


def _first(office: Office, viewer: Viewer) -> Person:
    """The owner of a new shop: whoever looked around, who may choose a password by the terminal."""
    nobody = secrets.token_urlsafe(32)
    made = office.desk.people.add(viewer.name, Role.OWNER, viewer.locale, office.now(), nobody)
    office.desk.audit.note(made.id, "shop begun", made.id, office.now())
    return made
