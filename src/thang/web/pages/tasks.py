"""The tasks of the shop's people: what to do, for whom, by when; done, dropped, or open again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Role
from thang.web.access.paths import own_path
from thang.web.office import Office, office_of
from thang.web.page import render, url
from thang.web.viewer import Viewer, marketer, reader
from thang.web.words.catalogue import noted
from thang.workspace.freshness import State
from thang.workspace.tasking import AskedTasks, TaskList

router = APIRouter(include_in_schema=False)

SHOWN = (
    ("open", "", noted("Open")),
    ("open", "overdue", noted("Overdue")),
    ("open", "today", noted("Today")),
    ("done", "", noted("Done")),
    ("dropped", "", noted("Dropped")),
)
Word = Annotated[str, Query(max_length=80)]


def asked(
    state: Word = "open", when: Word = "", person: Word = "", strategy: Word = "", after: Word = ""
) -> AskedTasks:
    """Which tasks, out of the address."""
    return AskedTasks(state or "open", when, person.strip(), strategy, after)


@dataclass(frozen=True)
class TasksPage:
    """A page of tasks."""

    asked: AskedTasks
    told: TaskList
    who: dict[str, str]  # names of whoever settled something, by their id
    may_settle: bool

    shown = SHOWN

    def to(self, **other: Any) -> str:
        """The address of this list with something else in it, from its start."""
        kept = replace(self.asked, **{"after": "", **other})
        state = "" if kept.state == "open" else kept.state
        return url("/tasks", state=state, when=kept.when, person=kept.person,
                   strategy=kept.strategy, after=kept.after)  # fmt: skip

    def count(self, state: str, when: str) -> int:
        """How many tasks a way to look has."""
        return self.told.counts.get(when or state, 0)


@router.get("/tasks")
def tasks(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    asked: Annotated[AskedTasks, Depends(asked)],
) -> Response:
    """What is open, overdue, done or dropped."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    told = office.shop.tasks(asked, viewer.locale)
    who = {one.by: _name(office, one.by) for one in told.tasks if one.by}
    page = TasksPage(asked, told, who, viewer.role in (Role.OWNER, Role.MARKETER))
    return render(request, viewer, "tasks.html", page)


@router.post("/tasks/{task}")
def settle(
    request: Request,
    viewer: Annotated[Viewer, Depends(marketer)],
    task: Annotated[str, Path(max_length=80)],
    do: Annotated[str, Form(max_length=10)],
    back: Annotated[str, Form(max_length=500)] = "/tasks",
) -> Response:
    """Call a task done or dropped, or open it again."""
    office = office_of(request)
    office.shop.settle_task(task, do, viewer.id)
    office.desk.audit.note(viewer.id, "task settled", f"{task} {do}", office.now())
    return RedirectResponse(own_path(back), 303)


def _name(office: Office, person: str) -> str:
    found = office.desk.people.get(person)
    return found.name if found else person
