"""The customers: searched, filtered, listed a bounded page at a time, and taken away as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from thang.policy.schema import Policy
from thang.web.access.masking import mask_email, mask_phone
from thang.web.office import Office, office_of
from thang.web.page import policy_of, render, url
from thang.web.viewer import Viewer, exporter, reader
from thang.web.words.catalogue import noted
from thang.web.words.groups import NAMES
from thang.web.words.quantities import said
from thang.workspace.choosing import ACTIVITIES, Asked
from thang.workspace.customers import SIZES, Listing, Row
from thang.workspace.freshness import State
from thang.workspace.names import Card

router = APIRouter(include_in_schema=False)

VIEWS = (
    ("", noted("Everybody")),
    ("almost_up", noted("Almost up")),
    ("just_fell", noted("Just fell")),
    ("silent", noted("Silent")),
)
SORTS = (
    ("since", noted("newest on their rung")),
    ("last_order", noted("latest order")),
    ("orders", noted("most orders")),
    ("person", noted("first known")),
)
Word = Annotated[str, Query(max_length=40)]


def asked(
    level: Annotated[list[str] | None, Query(max_length=30)] = None,
    facet: Word = "",
    group: Word = "",
    activity: Word = "",
    source: Annotated[str, Query(max_length=200)] = "",
    view: Word = "",
    days: int = 60,
    moved: Annotated[str, Query(max_length=7)] = "",
    move: Word = "",
    from_level: Annotated[str, Query(alias="from", max_length=40)] = "",
    to_level: Annotated[str, Query(alias="to", max_length=40)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    sort: Word = "since",
    size: int = SIZES[0],
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Asked:
    """What a list is asked for, out of its address; the empty text is no filter."""
    levels = tuple(key for key in level or () if key)
    return Asked(
        levels=levels, facet=facet, group=group, activity=activity, source=source, view=view,
        days=days, moved=moved, move=move, from_level=from_level, to_level=to_level, text=q,
        sort=sort or "since", size=size, cursor=cursor,
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One person of the list, contacts as this viewer may see them."""

    row: Row
    level: str
    title: str
    contact: str
    lacking: str
    lacking_unit: str
    still: float

    @property
    def href(self) -> str:
        """Their own page."""
        return f"/customers/{self.row.ref}"


@dataclass(frozen=True)
class CustomersPage:
    """The list and its filters."""

    asked: Asked
    listing: Listing
    lines: tuple[Line, ...]
    levels: tuple[str, ...]
    sources: tuple[str, ...]
    views: tuple[tuple[str, str], ...] = VIEWS
    sorts: tuple[tuple[str, str], ...] = SORTS
    sizes: tuple[int, ...] = SIZES
    activities: tuple[str, ...] = ACTIVITIES
    groups: Mapping[str, str] = field(default_factory=lambda: NAMES)
    may_export: bool = False

    def to(self, path: str = "/customers", **other: Any) -> str:
        """The address of this list with something else in it; another list begins at its start."""
        return url(path, **{**address(self.asked), "cursor": "", **other})

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return address(replace(self.asked, cursor="", sort="since", size=SIZES[0])) != {}


def address(what: Asked) -> Mapping[str, Any]:
    """What of a list stands in its address: all that is not as it is by itself."""
    plain = asdict(Asked())
    names = {"levels": "level", "text": "q", "from_level": "from", "to_level": "to"}
    return {names.get(k, k): v for k, v in asdict(what).items() if v != plain[k]}


@router.get("/customers")
def customers(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    what: Annotated[Asked, Depends(asked)],
) -> Response:
    """A page of customers; with htmx only the rows are sent."""
    office = office_of(request)
    state = office.shop.freshness().state
    if state in (State.EMPTY, State.UNPLACED):
        return render(request, viewer, "ladder_empty.html", state)
    page = customers_page(office, viewer, what)
    return render(request, viewer, "customers.html", page, fragment="rows")


@router.get("/customers.csv")
def customers_csv(
    request: Request,
    viewer: Annotated[Viewer, Depends(exporter)],
    what: Annotated[Asked, Depends(asked)],
) -> Response:
    """The whole list as CSV, row by row; noted in the audit list."""
    office = office_of(request)
    lines = office.shop.listing_csv(replace(what, cursor=""))
    # Which list, but never what was searched for: it may be somebody's name.
    about = url("/customers", **address(replace(what, text="")), q="*" if what.text else "")
    office.desk.audit.note(viewer.id, "list exported", about, office.now())
    headers = {"Content-Disposition": 'attachment; filename="customers.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def customers_page(office: Office, viewer: Viewer, what: Asked) -> CustomersPage:
    """The page's context: one look into the list, one into the vault."""
    listing = office.shop.customers(what)
    cards = office.shop.cards([row.person for row in listing.rows])
    policy = policy_of(office)
    return CustomersPage(
        asked=what,
        listing=listing,
        lines=tuple(_line(policy, row, cards[row.person]) for row in listing.rows),
        levels=tuple(level.key for level in policy.levels),
        sources=tuple(office.shop.sources()),
        may_export=viewer.role != "viewer",
    )


def _line(policy: Policy, row: Row, card: Card) -> Line:
    lacking = row.lacking
    words = said(policy.quantities[lacking.quantity], 0) if lacking else None
    return Line(
        row=row,
        level=policy.levels[row.level].key,
        title=card.title,
        contact=contact(card),
        lacking=words.message if words else "",
        lacking_unit=words.unit if words else "",
        still=abs(lacking.needs - lacking.value) if lacking else 0,
    )


def contact(card: Card) -> str:
    """The phone or e-mail for a list: always masked there, whoever looks."""
    return mask_phone(card.phone) if card.phone else mask_email(card.email)
