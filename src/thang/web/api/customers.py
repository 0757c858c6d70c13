"""Lists of customers and one person's story as JSON; contacts are masked, whoever asks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request

from thang.policy.schema import Policy
from thang.web.access.masking import mask_email, mask_phone
from thang.web.office import office_of
from thang.web.page import policy_of
from thang.web.pages.customers import asked
from thang.web.viewer import reader
from thang.workspace.choosing import Asked
from thang.workspace.customers import Row
from thang.workspace.names import Card
from thang.workspace.timeline import Act, Entry

router = APIRouter(prefix="/api", tags=["customers"])
Ref = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("/customers", dependencies=[Depends(reader)])
def customers(request: Request, what: Annotated[Asked, Depends(asked)]) -> dict[str, Any]:
    """A page of customers: filters as on the page, instants in microseconds since 1970."""
    office = office_of(request)
    found = office.shop.customers(what)
    cards = office.shop.cards([row.person for row in found.rows])
    policy = policy_of(office)
    return {
        "people": [_told(policy, row, cards[row.person]) for row in found.rows],
        "next": found.next,
        "previous": found.previous,
        "count": found.count,
        "capped": found.capped,
        "as_of": found.as_of,
    }


@router.get("/people/{person}/timeline", dependencies=[Depends(reader)])
def timeline(
    request: Request,
    person: Ref,
    before: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    source: Annotated[str | None, Query(max_length=200)] = None,
    at: Annotated[str | None, Query(max_length=10)] = None,
) -> dict[str, Any]:
    """One person's story, newest first; `before` asks for the next older page."""
    office = office_of(request)
    story = office.shop.timeline(person, before, limit, source, at)
    policy = policy_of(office)
    return {
        "person": story.ref,
        "entries": [_entry(policy, entry) for entry in story.entries],
        "before": story.before,
        "events": story.events,
        "moves": story.moves,
        "sources": story.sources,
    }


def _told(policy: Policy, row: Row, card: Card) -> dict[str, Any]:
    told = asdict(row) | {
        "person": row.ref,
        "level": policy.levels[row.level].key,
        "name": card.name,
        "phone": mask_phone(card.phone) if card.phone else "",
        "email": mask_email(card.email) if card.email else "",
    }
    told.pop("ref")
    return told


def _entry(policy: Policy, entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Act):
        told = asdict(entry) | {"properties": dict(entry.properties)}
        told.pop("number")
        return {"type": "event", **told}
    before = entry.from_level
    return {
        "type": "move",
        "at": entry.at,
        "from": None if before is None else policy.levels[before].key,
        "to": policy.levels[entry.to_level].key,
        "cause": entry.cause,
    }
