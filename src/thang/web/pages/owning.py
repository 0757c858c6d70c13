"""What an owner does when somebody asks for what is held of them, or to be forgotten."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi import Path as InPath
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.model import WrongInput
from thang.record.erasing import Erasure
from thang.web.office import Office, office_of
from thang.web.viewer import Viewer, owner

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, InPath(min_length=3, max_length=200)]
Owner = Annotated[Viewer, Depends(owner)]
SURE = "yes"
NAMED = {"Content-Disposition": 'attachment; filename="thang-bundle.zip"'}


@router.get("/customers/{person}/bundle.zip")
def bundle(request: Request, viewer: Owner, person: Ref) -> Response:
    """Everything held of one person, for them alone; noted in the audit list."""
    return bundled(office_of(request), viewer, person)


@router.post("/customers/{person}/erase")
def erase(
    request: Request, viewer: Owner, person: Ref, sure: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Forget one person for good; the audit list says that it was done and of nobody whom."""
    if sure != SURE:
        raise WrongInput("Tick that you are sure: what is erased cannot be brought back.")
    erased(office_of(request), viewer, person)
    return RedirectResponse("/customers", 303)


def bundled(office: Office, viewer: Viewer, person: str) -> Response:
    """The .zip, which lies on the disk no longer than it is being read."""
    with TemporaryDirectory(dir=office.shop.folder.path, prefix=".bundle-") as folder:
        file = Path(folder) / "bundle.zip"
        office.shop.bundle(person, file)
        content = file.read_bytes()
    office.desk.audit.note(viewer.id, "bundle handed out", person, office.now())
    return Response(content, media_type="application/zip", headers=NAMED)


def erased(office: Office, viewer: Viewer, person: str) -> Erasure:
    """The receipt of an erasure."""
    done = office.shop.erase(person)
    office.desk.audit.note(viewer.id, "person erased", f"receipt {done.id}", office.now())
    office.worker.wake()
    return done
