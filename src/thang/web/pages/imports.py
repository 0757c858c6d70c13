"""Bringing a file: chosen, its columns matched, checked before writing, imported; and undone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, File, Form, Path, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from thang.desk.jobs import Job
from thang.model import ThangError, WrongInput
from thang.web.imports import Imports
from thang.web.office import office_of
from thang.web.page import render, rendered
from thang.web.pages.import_pages import import_page, job_page
from thang.web.viewer import Viewer, marketer, reader
from thang.web.words.catalogue import noted, say
from thang.web.words.refusals import REASON_COLUMN, sentence
from thang.web.words.sentences import in_words

router = APIRouter(prefix="/import", include_in_schema=False)

BEAT = 0.25  # seconds between two looks at a job: at most four events a second
RETRY = 3000  # milliseconds after which a browser connects again
GONE = noted("There is no such import.")

Id = Annotated[str, Path(max_length=64)]
Marketer = Annotated[Viewer, Depends(marketer)]
Word = Annotated[str, Form(max_length=100)]


@router.get("")
def choose(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """The first step, and what was imported before."""
    return render(request, viewer, "imports.html", import_page(office_of(request)))


@router.post("")
def bring(
    request: Request,
    viewer: Marketer,
    file: Annotated[UploadFile | None, File()] = None,
    once: Word = "",
) -> Response:
    """Take a file in and look at it; the same form sent twice is one job."""
    office = office_of(request)
    try:
        if file is None or not file.filename:
            raise WrongInput("No file was chosen: choose one.")
        job = Imports(office).bring(file.file, file.filename, viewer.id, once)
    except ThangError as error:
        page = import_page(office, in_words(str(error), viewer.locale))
        return render(request, viewer, "imports.html", page, status=422)
    return RedirectResponse(f"/import/{job.id}", 303)


@router.get("/{job}")
def one(request: Request, viewer: Marketer, job: Id, step: str = "") -> Response:
    """One file at the step where it is; with htmx only what changes."""
    page = job_page(office_of(request), _job(request, viewer, job), viewer, step)
    return render(request, viewer, "import.html", page, fragment="job")


@router.post("/{job}/columns")
async def columns(request: Request, viewer: Marketer, job: Id) -> Response:
    """Keep what the columns mean, and check the file again."""
    form = await request.form()
    return await run_in_threadpool(_matched, request, viewer, job, form)


def _matched(request: Request, viewer: Viewer, job: str, form: FormData) -> Response:
    office, before = office_of(request), _job(request, viewer, job)
    chosen = Imports(office).columns(before, {n: str(role) for n, role in form.items()})
    day_first = {"day": True, "month": False}.get(str(form.get("dates", "")))
    try:
        after = Imports(office).match(before, chosen, day_first, viewer.id)
    except ThangError as error:
        page = job_page(
            office, before, viewer, "columns", in_words(str(error), viewer.locale), chosen
        )
        return render(request, viewer, "import.html", page, status=422)
    return RedirectResponse(f"/import/{after.id}", 303)


@router.post("/{job}/start")
def start(request: Request, viewer: Marketer, job: Id) -> Response:
    """Import what was checked; sent twice it is one import."""
    done = Imports(office_of(request)).start(_job(request, viewer, job), viewer.id)
    return RedirectResponse(f"/import/{done.id}", 303)


@router.post("/{job}/again")
def again(request: Request, viewer: Marketer, job: Id) -> Response:
    """Repeat what was cut off or stopped; what is in already is not counted twice."""
    done = Imports(office_of(request)).again(_job(request, viewer, job), viewer.id)
    return RedirectResponse(f"/import/{done.id}", 303)


@router.post("/{job}/stop")
def stop(request: Request, viewer: Marketer, job: Id) -> Response:
    """Stop reading; what is in stays in."""
    office = office_of(request)
    office.desk.jobs.cancel(_job(request, viewer, job).id, office.now())
    return RedirectResponse(f"/import/{job}", 303)


@router.get("/{job}/rows.csv")
def rows(request: Request, viewer: Marketer, job: Id) -> Response:
    """The rows that were refused, to be put right and brought again; noted in the audit list."""
    office = office_of(request)
    batch = _job(request, viewer, job).result.get("batch")
    if batch is None:
        raise HTTPException(404, say(viewer.locale, GONE))
    lines = office.shop.refused_csv(
        batch, say(viewer.locale, REASON_COLUMN), lambda reason: sentence(viewer.locale, reason)
    )
    office.desk.audit.note(viewer.id, "failed rows exported", str(batch), office.now())
    headers = {"Content-Disposition": 'attachment; filename="failed-rows.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/batches/{batch}/undo")
def undo(request: Request, viewer: Marketer, batch: int) -> Response:
    """Leave an import out of everything; it can be brought back."""
    return _word(request, viewer, batch, back=False)


@router.post("/batches/{batch}/restore")
def restore(request: Request, viewer: Marketer, batch: int) -> Response:
    """Count an import again."""
    return _word(request, viewer, batch, back=True)


@router.post("/batches/{batch}/reread")
def reread(request: Request, viewer: Marketer, batch: int) -> Response:
    """Read the rows that failed once more, now that columns or rules were put right."""
    job = Imports(office_of(request)).reread(batch, viewer.id)
    return RedirectResponse(f"/import/{job.id}", 303)


def _word(request: Request, viewer: Viewer, batch: int, *, back: bool) -> Response:
    Imports(office_of(request)).undo(batch, viewer.id, back=back)
    return RedirectResponse("/import#history", 303)


@router.get("/{job}/events")
async def events(request: Request, viewer: Marketer, job: Id) -> Response:
    """The job's box as it changes, as server-sent events; the last one ends the stream."""
    await run_in_threadpool(_job, request, viewer, job)
    return StreamingResponse(
        _told(request, viewer, job), media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )  # fmt: skip


async def _told(request: Request, viewer: Viewer, job: str) -> AsyncIterator[str]:
    """Each state that differs from the one before, numbered."""
    yield f"retry: {RETRY}\n\n"
    number, shown = _number(request.headers), None
    while not await request.is_disconnected():
        found = await run_in_threadpool(_job, request, viewer, job)
        now = (found.state, dict(found.progress), found.heartbeat_at)
        if now != shown:
            shown, number = now, number + 1
            yield _event(number, await run_in_threadpool(_box, request, viewer, found))
        if found.state.over:
            yield f"event: over\nid: {number + 1}\ndata: {found.state}\n\n"
            return
        await anyio.sleep(BEAT)


def _box(request: Request, viewer: Viewer, job: Job) -> str:
    page = job_page(office_of(request), job, viewer)
    return rendered(request, viewer, "import.html", page, "job")


def _event(number: int, text: str) -> str:
    lines = "".join(f"data: {line}\n" for line in text.splitlines() if line.strip())
    return f"id: {number}\n{lines}\n"


def _number(headers: Mapping[str, str]) -> int:
    last = headers.get("last-event-id", "")
    return int(last) if last.isascii() and last.isdigit() and len(last) < 12 else 0


def _job(request: Request, viewer: Viewer, job: str) -> Job:
    found = office_of(request).desk.jobs.get(job)
    if found is None or "upload" not in found.input:
        raise HTTPException(404, say(viewer.locale, GONE))
    return found
