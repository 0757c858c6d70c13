"""What the pages of imports show: where a file is, what was found in it, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from thang.desk.jobs import Job, State
from thang.desk.secret import new_id
from thang.model import WrongInput
from thang.web.guard.limits import MB
from thang.web.imports import Imports
from thang.web.incoming import ENDINGS, Upload, most_upload
from thang.web.office import Office
from thang.web.viewer import Viewer
from thang.web.words.catalogue import noted
from thang.web.words.refusals import Words, words_of
from thang.web.words.roles import ROLE_WORDS
from thang.web.words.sentences import in_words
from thang.web.worker.importing import CHECK, IMPORT
from thang.workspace.refusals import Example, Refusals
from thang.workspace.undoing import PastImport

SILENT = 20_000_000  # microseconds without a sign of life after which it is said
LATEST = 200  # jobs looked through for the history
STEPS = (
    noted("Choose a file"),
    noted("Match columns"),
    noted("Check and import"),
    noted("See what changed"),
)


@dataclass(frozen=True)
class ImportPage:
    """The first step with the history below it; `once` tells two forms apart."""

    history: Sequence[tuple[PastImport, str]]
    waiting: Sequence[Job]
    once: str
    trouble: str
    most: int
    steps: tuple[str, ...] = STEPS
    endings: str = ",".join(ENDINGS)


@dataclass(frozen=True)
class Column:
    """One column of a file, with the role that it seems to have."""

    number: int
    name: str
    samples: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class Reason:
    """Refused rows of one kind in words."""

    words: Words
    rows: int


@dataclass(frozen=True)
class Progress:
    """Rows so far; `total`: about how many there are, 0 where only reading tells."""

    rows: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    total: int = 0

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Progress:
        """What a child told; nothing yet is nought."""
        told = {name: int(said.get(name) or 0) for name in cls.__dataclass_fields__}
        if told["total"]:
            told["total"] = max(told["total"], told["rows"])
        return cls(**told)


@dataclass(frozen=True)
class JobPage:
    """One file at its step. `view` is the part of the page that is shown."""

    job: Job
    name: str
    size: int
    view: str
    step: int
    trouble: str = ""
    silent: bool = False
    progress: Progress = Progress()
    columns: Sequence[Column] = ()
    needs: Sequence[str] = ()
    fixed: bool = True
    dates: str = ""
    checked: Mapping[str, Any] = field(default_factory=dict)
    reasons: Sequence[Reason] = ()
    examples: Sequence[tuple[Example, Words]] = ()
    refused: int = 0
    past: PastImport | None = None
    steps: tuple[str, ...] = STEPS
    roles: Mapping[str, str] = field(default_factory=lambda: ROLE_WORDS)

    @property
    def importing(self) -> bool:
        """Whether the job writes, or only looks."""
        return self.job.kind == IMPORT


def import_page(office: Office, trouble: str = "") -> ImportPage:
    """Past imports, and files on their way."""
    jobs = office.desk.jobs.latest(IMPORT, LATEST)
    of_batch = {job.result["batch"]: job.id for job in reversed(jobs) if "batch" in job.result}
    return ImportPage(
        history=[(past, of_batch.get(past.id, "")) for past in office.shop.imports()[:LATEST]],
        waiting=_waiting(office, jobs),
        once=new_id(),
        trouble=trouble,
        most=most_upload() // MB,
    )


def _waiting(office: Office, jobs: Sequence[Job]) -> list[Job]:
    """The last job of each file that is still here."""
    imports = Imports(office)
    last: dict[str, Job] = {}
    for job in sorted([*jobs, *office.desk.jobs.latest(CHECK, LATEST)], key=lambda j: j.created_at):
        last[job.input["upload"]] = job
    return [job for upload, job in last.items() if _here(imports, upload) is not None]


def _here(imports: Imports, upload: str) -> Upload | None:
    try:
        return imports.incoming.get(upload)
    except WrongInput:
        return None


def job_page(
    office: Office,
    job: Job,
    viewer: Viewer,
    step: str = "",
    trouble: str = "",
    chosen: Mapping[str, str] | None = None,
) -> JobPage:
    """A job as it stands; `chosen` are columns that somebody just chose wrongly."""
    named: dict[str, Any] = {"job": job, "name": job.input["name"], "size": job.input["size"]}
    if not job.state.over:
        silent = office.now() - (job.heartbeat_at or office.now()) > SILENT
        view = "working" if job.state is State.RUNNING else "queued"
        progress = Progress.of(job.progress)
        return JobPage(**named, view=view, step=_step(job), silent=silent, progress=progress)
    if job.state is not State.DONE:
        said = trouble or in_words(job.message, viewer.locale)
        return JobPage(**named, view=str(job.state), step=_step(job), trouble=said)
    if job.kind == IMPORT:
        return _imported(office, named, job.result["batch"])
    return _looked_at(office, named, step, trouble, chosen)


def _step(job: Job) -> int:
    return 3 if job.kind == IMPORT else 2


def _imported(office: Office, named: dict[str, Any], batch: int) -> JobPage:
    past = office.shop.one_import(batch)
    found = office.shop.refusals(batch) if past.refused else ()
    return JobPage(
        **named, view="imported", step=4, past=past, refused=past.refused, **_told(found)
    )


def _looked_at(
    office: Office,
    named: dict[str, Any],
    step: str,
    trouble: str,
    chosen: Mapping[str, str] | None,
) -> JobPage:
    imports = Imports(office)
    upload = named["job"].input["upload"]
    found = imports.incoming.found(upload)
    if found is None or _here(imports, upload) is None:
        return JobPage(**named, view="gone", step=1, trouble=trouble)
    told, checked = found["recognised"], found["checked"]
    dates = {True: "day", False: "month"}.get(told["day_first"], "")
    named |= {"fixed": told["fixed"], "needs": told["needs"], "dates": dates}
    if checked is None or (step == "columns" and not told["fixed"]):
        columns = _columns(told, told["guesses"] if chosen is None else chosen)
        said = trouble or found["trouble"]
        return JobPage(**named, view="columns", step=2, columns=columns, trouble=said)
    refusals = [
        Refusals(r["reason"], r["rows"], tuple(Example(**e) for e in r["examples"]))
        for r in checked["refusals"]
    ]
    refused = checked["tally"]["refused"]
    return JobPage(
        **named, view="checked", step=3, checked=checked, refused=refused, **_told(refusals)
    )  # fmt: skip


def _columns(told: Mapping[str, Any], roles: Mapping[str, str]) -> list[Column]:
    return [
        Column(place, name, tuple(samples), roles.get(name, ""))
        for place, (name, samples) in enumerate(zip(told["header"], told["samples"], strict=True))
        if name
    ]


def _told(found: Sequence[Refusals]) -> dict[str, Any]:
    """Refused rows by kind, and examples in the order of the file."""
    rows = [(e, words_of(one.reason, e.found)) for one in found for e in one.examples]
    return {
        "reasons": [Reason(words_of(one.reason), one.rows) for one in found],
        "examples": sorted(rows, key=lambda row: row[0].row or 0),
    }
