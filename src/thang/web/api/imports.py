"""Imports as JSON: bring a file, see what became of it, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, File, Path, Query, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from thang.desk.jobs import Job
from thang.web.access.once import once
from thang.web.imports import Imports
from thang.web.office import Office, office_of
from thang.web.viewer import Viewer, ingester, marketer, reader
from thang.web.words.refusals import words_of
from thang.web.worker.importing import IMPORT
from thang.workspace.undoing import PastImport

router = APIRouter(prefix="/api/imports", tags=["imports"])

Reader = Annotated[Viewer, Depends(reader)]
Id = Annotated[str, Path(max_length=64)]
SIZES = Query(ge=1, le=200)


@router.post("", status_code=202)
def bring(
    request: Request,
    viewer: Annotated[Viewer, Depends(ingester)],
    file: Annotated[UploadFile, File()],
) -> JSONResponse:
    """Import a file; the job that does so can be asked under `/api/imports/{id}`."""
    office = office_of(request)
    digest = _digest(file.file)

    def work() -> Mapping[str, Any]:
        return _job(office, Imports(office).straight(file.file, file.filename or "", viewer.id))

    return once(request, viewer, {"name": file.filename, "digest": digest}, work, status=202)


@router.get("")
def imports(
    request: Request,
    _: Reader,
    limit: Annotated[int, SIZES] = 50,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> dict[str, Any]:
    """Past imports, the latest first; `next` is the `before` of the following page, if any."""
    found = [past for past in office_of(request).shop.imports() if not before or past.id < before]
    page = found[:limit]
    return {
        "imports": [past.as_json() for past in page],
        "next": page[-1].id if len(found) > limit else None,
    }


@router.get("/{id}")
def one(request: Request, _: Reader, id: Id) -> dict[str, Any]:
    """A job by its id, or an import by its number, with its refused rows counted by reason."""
    office = office_of(request)
    job = office.desk.jobs.get(id)
    if job is not None and job.kind == IMPORT:
        return _job(office, job)
    past = _past(office, id)
    return {**past.as_json(), "reasons": _reasons(office, past)}


@router.post("/{id}/undo")
def undo(
    request: Request,
    viewer: Annotated[Viewer, Depends(marketer)],
    id: Id,
    back: Annotated[bool, Query(description="Bring it back instead.")] = False,
) -> JSONResponse:
    """Leave an import out of everything, by its number; `back=true` counts it again."""
    office = office_of(request)
    past = _past(office, id)

    def work() -> Mapping[str, Any]:
        return Imports(office).undo(past.id, viewer.id, back=back).as_json()

    return once(request, viewer, {"back": back}, work)


@router.post("/{id}/reread")
def reread(request: Request, viewer: Annotated[Viewer, Depends(marketer)], id: Id) -> JSONResponse:
    """Read the rows that an import refused once more, by its number; what is right is stored."""
    office = office_of(request)
    past = _past(office, id)

    def work() -> Mapping[str, Any]:
        done = asdict(office.shop.read_again(past.id))
        office.desk.audit.note(viewer.id, "failed rows read again", id, office.now())
        office.worker.wake()
        return done

    return once(request, viewer, {}, work)


def _digest(file: BinaryIO) -> str:
    """What tells one body from another under one Idempotency-Key."""
    found = sha256()
    while piece := file.read(1 << 20):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def _past(office: Office, number: str) -> PastImport:
    if number.isascii() and number.isdigit():
        for past in office.shop.imports():
            if past.id == int(number):
                return past
    raise HTTPException(404, "There is no such import.")


def _job(office: Office, job: Job) -> dict[str, Any]:
    told = {
        "id": job.id, "file": job.input["name"], "state": str(job.state),
        "progress": dict(job.progress), "message": job.message, "import": None,
    }  # fmt: skip
    if "batch" in job.result:
        past = _past(office, str(job.result["batch"]))
        told["import"] = {**past.as_json(), "reasons": _reasons(office, past)}
    return told


def _reasons(office: Office, past: PastImport) -> list[dict[str, Any]]:
    return [
        {
            "reason": reason,
            "rows": rows,
            "title": words_of(reason).title,
            "cure": words_of(reason).cure,
        }
        for reason, rows in office.shop.refused_reasons(past.id).items()
    ]
