"""What the daily run would do today, before anything is written; beginning it, and stopping it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.policy.playbook.nouns import Words
from thang.web.office import office_of
from thang.web.page import render
from thang.web.pages.campaigns import may_steer
from thang.web.viewer import Viewer, marketer, reader
from thang.web.words import strategies as words
from thang.workspace.acting.run import Ran, RanStrategy
from thang.workspace.freshness import State

router = APIRouter(include_in_schema=False)

Marketer = Annotated[Viewer, Depends(marketer)]


@dataclass(frozen=True)
class RunPage:
    """A run that was not made, the strategies that would meet most people first."""

    ran: Ran
    names: dict[str, Words]
    last_run: int | None
    may_steer: bool

    words = words

    @property
    def rows(self) -> tuple[RanStrategy, ...]:
        """Strategies that somebody would enter or go on in."""
        return tuple(sorted(self.ran.strategies, key=lambda one: -_entered(one)))

    @property
    def entered(self) -> int:
        """How many would enter some strategy, in whichever arm."""
        return sum(_entered(one) for one in self.ran.strategies)

    @property
    def blocked(self) -> Counter[str]:
        """How many strategies meet nobody, by why."""
        return Counter(self.ran.blocked.values())


@router.get("/campaigns/run")
def would(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """What a run would do today."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    names = {one.key: one.name for one in office.shop.playbook().strategies}
    page = RunPage(office.shop.run(dry=True), names, office.shop.last_run(), may_steer(viewer))
    return render(request, viewer, "campaigns_run.html", page)


@router.post("/campaigns/run")
def begin(request: Request, viewer: Marketer) -> Response:
    """Run now, and once a day from now on."""
    office = office_of(request)
    office.shop.run()
    office.desk.audit.note(viewer.id, "strategies run", "", office.now())
    return RedirectResponse("/campaigns?standing=met", 303)


@router.post("/campaigns/stop")
def stop(request: Request, viewer: Marketer) -> Response:
    """Run no more by itself."""
    office = office_of(request)
    office.shop.stop_running(viewer.id)
    office.desk.audit.note(viewer.id, "strategies stopped", "", office.now())
    return RedirectResponse("/campaigns", 303)


def _entered(one: RanStrategy) -> int:
    return one.treated + one.held + one.spared
