"""One customer: why on this rung, what is missing, what will change, and all that happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.river.calendar import moment
from thang.web.access.masking import mask_email, mask_phone
from thang.web.office import Office, office_of
from thang.web.page import policy_of, render, url
from thang.web.pages.contact import ContactPart, contact_part
from thang.web.pages.evidence import Evidence, evidence
from thang.web.viewer import Viewer, marketer, reader
from thang.web.words.groups import NAMES, RESTS
from thang.web.words.kinds import kind_message
from thang.workspace.grouped import PersonGroups
from thang.workspace.timeline import Act, Entry, Milestone, Name, Timeline

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(min_length=3, max_length=200)]
MASKS = {"phone": mask_phone, "email": mask_email}


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the story: an act, or a move from one rung to another."""

    at: int
    message: str = ""
    source: str = ""
    ref: str = ""
    amount: int | None = None
    currency: str = ""
    grade: int | None = None
    items: int | None = None
    details: tuple[tuple[str, str], ...] = ()
    to_level: int | None = None
    from_level: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier, masked unless it was asked to be shown, and what joined it to the person."""

    namespace: str
    shown: str
    first_seen: int
    joined_by: str
    joined_at: int


@dataclass(frozen=True)
class CustomerPage:
    """Everything the page shows; `at` is the past day that was asked for, or empty."""

    ref: str
    name: str
    contacts: tuple[tuple[str, str], ...]
    evidence: Evidence
    groups: PersonGroups | None
    contact: ContactPart | None
    identifiers: tuple[Known, ...]
    moments: tuple[Moment, ...]
    events: int
    at: str
    today: str
    source: str
    sources: tuple[str, ...]
    older: str
    levels: int
    revealed: bool
    may_reveal: bool
    may_erase: bool

    @property
    def href(self) -> str:
        """The person's own address."""
        return f"/customers/{self.ref}"

    @property
    def group_names(self) -> Mapping[str, str]:
        """What groups are called."""
        return NAMES

    @property
    def rests(self) -> Mapping[str, str]:
        """What a score rests on, with `k` and `n` to fill in."""
        return RESTS


@router.get("/customers/{person}")
def customer(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    person: Ref,
    at: Annotated[str, Query(max_length=10)] = "",
    source: Annotated[str, Query(max_length=200)] = "",
    before: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The person's page, now or on a past shop day (`at`, YYYY-MM-DD)."""
    page = customer_page(office_of(request), viewer, person, at, source, before)
    return render(request, viewer, "customer.html", page, fragment="story")


@router.post("/customers/{person}/reveal")
def reveal(request: Request, viewer: Annotated[Viewer, Depends(marketer)], person: Ref) -> Response:
    """Show phone and e-mail in full this once; noted in the audit list."""
    office = office_of(request)
    page = customer_page(office, viewer, person, "", "", "", revealed=True)
    office.desk.audit.note(viewer.id, "contact revealed", page.ref, office.now())
    return render(request, viewer, "customer.html", page)


@router.get("/find", dependencies=[Depends(reader)])
def find(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Straight to the one person whom a text names, or to the list of those it may name."""
    shop = office_of(request).shop
    found = shop.find_people(q, 2)
    if len(found.persons) == 1:
        card = shop.cards(found.persons)[found.persons[0]]
        return RedirectResponse(f"/customers/{card.ref}", 303)
    return RedirectResponse(url("/customers", q=q), 303)


def customer_page(
    office: Office,
    viewer: Viewer,
    person: str,
    at: str,
    source: str,
    before: str,
    *,
    revealed: bool = False,
) -> CustomerPage:
    """The page's context; contacts are masked unless `revealed`."""
    shop, policy = office.shop, policy_of(office)
    found = shop.explain(person, at or None)
    story = shop.timeline(found["person"], before or None, 50, source or None, at or None)
    card = shop.cards([story.person])[story.person]
    return CustomerPage(
        ref=story.ref,
        name=card.title,
        contacts=tuple(
            (kind, value if revealed else MASKS[kind](value))
            for kind, value in (("phone", card.phone), ("email", card.email))
            if value
        ),
        evidence=evidence(found, policy, shop.window_days()),
        groups=shop.groups_of(story.ref) if not at else None,
        contact=contact_part(office, viewer, story.ref) if not at else None,
        identifiers=_known(office, story, revealed=revealed),
        moments=tuple(_moment(entry) for entry in story.entries),
        events=story.events,
        at=at,
        today=f"{moment(office.now(), policy.shop.tz):%Y-%m-%d}",
        source=source,
        sources=story.sources,
        older=story.before or "",
        levels=len(policy.levels),
        revealed=revealed,
        may_reveal=viewer.role != "viewer",
        may_erase=viewer.role == "owner" and not at,
    )


def _known(office: Office, story: Timeline, *, revealed: bool) -> tuple[Known, ...]:
    values = office.shop.values([name.number for name in story.names])
    return tuple(
        _identifier(name, values.get(name.number, ""), revealed=revealed) for name in story.names
    )


def _identifier(name: Name, value: str, *, revealed: bool) -> Known:
    mask = MASKS.get(name.namespace)
    join = min(name.joined, key=lambda reason: reason.at, default=None)
    return Known(
        namespace=name.namespace,
        shown=mask(value) if mask and not revealed else value,
        first_seen=name.first_seen_at,
        joined_by=join.source if join else "",
        joined_at=join.at if join else 0,
    )


def _moment(entry: Entry) -> Moment:
    if isinstance(entry, Milestone):
        return Moment(entry.at, to_level=entry.to_level, from_level=entry.from_level)
    return _act(entry)


def _act(act: Act) -> Moment:
    return Moment(
        at=act.at,
        message=kind_message(act.kind),
        source=act.source,
        ref=act.ref,
        amount=act.amount,
        currency=act.currency,
        grade=act.grade,
        items=act.items,
        details=tuple((name, str(value)) for name, value in act.properties),
    )
