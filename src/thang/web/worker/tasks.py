"""What the worker can be asked to do, by the job's kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from thang.desk.jobs import Job
from thang.web.worker.bench import Bench
from thang.web.worker.importing import CHECK, IMPORT, check_file, import_file


def classify(bench: Bench, job: Job) -> dict[str, Any]:
    """Place everybody who is to be placed, and say how far it is."""

    def progress(what: str, done: int, of: int) -> None:
        bench.desk.jobs.progress(job.id, {"step": what, "done": done, "of": of}, bench.now())

    done = bench.shop.classify(everybody=bool(job.input.get("everybody")), progress=progress)
    return {"people": done.people, "folded": done.folded}


TASKS: Mapping[str, Callable[[Bench, Job], dict[str, Any]]] = {
    "classify": classify,
    CHECK: check_file,
    IMPORT: import_file,
}
