"""What the worker can be asked to do, by the job's kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from subprocess import Popen
from typing import Any

from thang.desk.desk import Desk
from thang.desk.jobs import Job
from thang.workspace.held import HeldWorkspace


@dataclass
class Bench:
    """What a task works with; `child` is the process that imports, while there is one."""

    shop: HeldWorkspace
    desk: Desk
    child: Popen[str] | None = field(default=None)

    def now(self) -> int:
        """Microseconds since 1970, by the shop's clock."""
        return self.shop.folder.now()

    def cancel(self) -> None:
        """Stop the child, if any."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()


def classify(bench: Bench, job: Job) -> dict[str, Any]:
    """Place everybody who is to be placed, and say how far it is."""

    def progress(what: str, done: int, of: int) -> None:
        bench.desk.jobs.progress(job.id, {"step": what, "done": done, "of": of}, bench.now())

    done = bench.shop.classify(everybody=bool(job.input.get("everybody")), progress=progress)
    return {"people": done.people, "folded": done.folded}


TASKS: Mapping[str, Callable[[Bench, Job], dict[str, Any]]] = {"classify": classify}
