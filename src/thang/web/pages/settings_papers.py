"""What was done by whom (for owners), and what this program is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from thang import __version__
from thang.desk.audit import Damage, Entry
from thang.desk.verbs import COMMAND_LINE
from thang.web.access.parts import Part, parts
from thang.web.office import office_of
from thang.web.page import render
from thang.web.viewer import Viewer, owner, reader

router = APIRouter(prefix="/settings", include_in_schema=False)

LINES = 50


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Lines of the log, the newest first; `names` of those accounts and keys that it mentions."""

    entries: Sequence[Entry]
    names: Mapping[str, str]
    lines: int
    damage: Damage | None
    older: int | None
    command_line: str = COMMAND_LINE


@dataclass(frozen=True, slots=True)
class AboutPage:
    """The program's version, and what it stands on."""

    version: str
    parts: Sequence[Part]


@router.get("/audit")
def audit(
    request: Request,
    viewer: Annotated[Viewer, Depends(owner)],
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    """The log, and whether it is as it was written."""
    desk = office_of(request).desk
    found = desk.audit.latest(LINES + 1, before)
    names = {person.id: person.name for person in desk.people.all()}
    names |= {key.id: f"{key.name} ({key.prefix}…)" for key in desk.keys.all()}
    page = AuditPage(
        entries=found[:LINES], names=names, lines=desk.audit.count(), damage=desk.audit.verify(),
        older=found[LINES - 1].seq if len(found) > LINES else None,
    )  # fmt: skip
    return render(request, viewer, "settings_audit.html", page)


@router.get("/about")
def about(request: Request, viewer: Annotated[Viewer, Depends(reader)]) -> Response:
    """Version, licence, and those of everything this stands on."""
    return render(request, viewer, "settings_about.html", AboutPage(__version__, parts()))
