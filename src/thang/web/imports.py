"""What can be done with a file that was brought: the same calls for the pages and for the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import PurePath
from threading import Event
from time import monotonic
from typing import BinaryIO

from thang.desk.jobs import Job, State
from thang.model import Unavailable, WrongInput
from thang.web.incoming import Incoming, Upload
from thang.web.office import Office
from thang.web.worker.importing import CHECK, IMPORT
from thang.workspace.recognising import Recognised
from thang.workspace.undoing import PastImport

PATIENCE = 5.0  # seconds for which undoing waits for another writer


class Imports:
    """The verbs over uploads, jobs and imports of an office."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.incoming = Incoming(office.shop.folder.incoming)

    def bring(self, source: BinaryIO, name: str, by: str, token: str = "") -> Job:
        """Take a file in and have it looked at; asked twice with one token it is one job."""
        upload = self.incoming.keep(source, name, by, self._office.now())
        job = self._add(CHECK, asked(upload), by, f"upload {by} {token}" if token else "")
        if job.input["upload"] != upload.id:
            self.incoming.drop(upload.id)
        return job

    def columns(self, job: Job, form: Mapping[str, str]) -> dict[str, str]:
        """Column → role, out of a form's fields `c-0`, `c-1`, …; those left out have none."""
        found = self.incoming.found(job.input["upload"]) or {"recognised": {"header": []}}
        names = enumerate(found["recognised"]["header"])
        said = {name: form.get(f"c-{place}", "") for place, name in names}
        return {name: role for name, role in said.items() if role}

    def match(self, job: Job, columns: Mapping[str, str], day_first: bool | None, by: str) -> Job:
        """Keep what the columns of a job's file mean, and have it checked again."""
        found = self.incoming.found(job.input["upload"])
        self.incoming.get(job.input["upload"])
        if found is None:
            raise WrongInput("The file was not looked at yet: wait a moment.")
        self._office.shop.remember(recognised(found), columns, day_first)
        return self._add(CHECK, job.input, by)

    def start(self, job: Job, by: str) -> Job:
        """Import a file that was checked; asked twice it is one import."""
        self.incoming.get(job.input["upload"])
        if job.kind != CHECK or job.state is not State.DONE or not job.result.get("sure"):
            raise WrongInput("The file was not checked yet: look at its columns first.")
        return self._add(IMPORT, job.input, by, f"import {job.input['upload']}")

    def straight(self, source: BinaryIO, name: str, by: str) -> Job:
        """Import a file without a look at what it would do: for programs that know their files."""
        upload = self.incoming.keep(source, name, by, self._office.now())
        return self._add(IMPORT, asked(upload), by, f"import {upload.id}")

    def again(self, job: Job, by: str) -> Job:
        """The same work once more, where it did not come to its end; once, however often asked."""
        self.incoming.get(job.input["upload"])
        if not job.state.over or job.state is State.DONE:
            return job
        return self._add(job.kind, job.input, by, f"again {job.id}")

    def reread(self, batch: int, by: str) -> Job:
        """Bring the rows that an import refused again, as a file of their own: to be looked at,
        matched and imported like any other.
        """
        past = self._office.shop.one_import(batch)
        rows = BytesIO(self._office.shop.refused_table(past.id))
        self._office.desk.audit.note(by, "failed rows read again", str(batch), self._office.now())
        return self.bring(rows, f"{PurePath(past.file).stem}-{past.id}.csv", by)

    def undo(self, batch: int, by: str, *, back: bool = False) -> PastImport:
        """Take an import back or bring it back; everybody is placed anew, and the deed noted."""
        done = _patiently(lambda: self._office.shop.undo(batch, back=back))
        what = "import restored" if back else "import undone"
        self._office.desk.audit.note(by, what, str(batch), self._office.now())
        self._office.worker.wake()
        return done

    def _add(self, kind: str, asked: Mapping[str, object], by: str, token: str = "") -> Job:
        job = self._office.desk.jobs.add(kind, asked, by, self._office.now(), token)
        self._office.worker.wake()
        return job


def _patiently(work: Callable[[], PastImport]) -> PastImport:
    """Try again for a moment while a classification, which writes a line or two, holds the lock."""
    ends, pause = monotonic() + PATIENCE, Event()
    while True:
        try:
            return work()
        except Unavailable:
            if monotonic() > ends:
                raise
        pause.wait(0.1)


def asked(upload: Upload) -> dict[str, object]:
    """What a job is told of a file."""
    return {"upload": upload.id, "name": upload.name, "size": upload.size}


def recognised(found: Mapping[str, object]) -> Recognised:
    """What the child found, as it was."""
    told = dict(found["recognised"])  # type: ignore[call-overload]
    told["header"] = tuple(told["header"])
    told["samples"] = tuple(map(tuple, told["samples"]))
    told["needs"] = tuple(told["needs"])
    return Recognised(**told)
