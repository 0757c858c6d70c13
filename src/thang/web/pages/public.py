"""Pages for a shop's customers: joining, coming by a friend's link, saying what they think.

No account, no script, and the same answer to everybody: nobody learns who is a customer here.
"""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.river.programmes import codes
from thang.web.access.tries import Tries
from thang.web.office import office_of
from thang.web.page import render
from thang.web.viewer import Viewer, anyone, marketer
from thang.web.words.catalogue import noted
from thang.workspace.public_forms import FEEDBACK, JOIN

router = APIRouter(include_in_schema=False)

PRIVATE = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
WAIT = noted("Too many forms from here: wait a minute, then send it once more.")
EMPTY = noted("Something is missing: fill in what is asked for.")
Stranger = Annotated[Viewer, Depends(anyone)]
Once = Annotated[str, Form(min_length=8, max_length=60)]
Line = Annotated[str, Form(max_length=120)]


@dataclass(frozen=True, slots=True)
class PublicPage:
    """What a public page shows; `error` in English, or empty."""

    form: str
    once: str
    code: str = ""
    name: str = ""
    contact: str = ""
    text: str = ""
    error: str = ""
    done: bool = False


@router.get("/join")
def join(request: Request, viewer: Stranger) -> Response:
    """The form for whoever wants to be a member."""
    return _page(request, viewer, PublicPage(JOIN, token_urlsafe(12)))


@router.get("/r/{code}")
def landing(
    request: Request, viewer: Stranger, code: Annotated[str, Path(max_length=60)]
) -> Response:
    """Where a friend's link leads; whether anybody has this code is not said."""
    return _page(request, viewer, PublicPage(JOIN, token_urlsafe(12), codes.plain(code)))


@router.get("/feedback")
def feedback(request: Request, viewer: Stranger) -> Response:
    """The form for whoever has something to say."""
    return _page(request, viewer, PublicPage(FEEDBACK, token_urlsafe(12)))


@router.post("/join")
def ask_to_join(
    request: Request, viewer: Stranger, once: Once, name: Line = "", contact: Line = "",
    code: Annotated[str, Form(max_length=60)] = "",
) -> Response:  # fmt: skip
    """Keeps who wants to join, for the shop's people to answer."""
    page = PublicPage(JOIN, once, codes.plain(code), name.strip(), contact.strip())
    return _take(request, viewer, page, complete=bool(page.name and page.contact))


@router.post("/feedback")
def give_feedback(
    request: Request, viewer: Stranger, once: Once, name: Line = "", contact: Line = "",
    text: Annotated[str, Form(max_length=4000)] = "",
) -> Response:  # fmt: skip
    """Keeps what somebody thinks, for the shop's people to read."""
    page = PublicPage(FEEDBACK, once, "", name.strip(), contact.strip(), text.strip())
    return _take(request, viewer, page, complete=bool(page.text))


@router.post("/programmes/forms/{number}")
def settle(
    request: Request, viewer: Annotated[Viewer, Depends(marketer)], number: Annotated[int, Path()]
) -> Response:
    """A form was seen to, and goes."""
    office = office_of(request)
    office.shop.settle_form(number)
    office.desk.audit.note(viewer.id, "form settled", str(number), office.now())
    return RedirectResponse("/programmes", 303)


def _take(request: Request, viewer: Viewer, page: PublicPage, *, complete: bool) -> Response:
    office = office_of(request)
    if not complete:
        return _page(request, viewer, _wrong(page, EMPTY), 422)
    if not _tries(request).take(office.now(), _address(request)):
        return _page(request, viewer, _wrong(page, WAIT), 429)
    told = {"name": page.name, "contact": page.contact, "text": page.text, "code": page.code}
    office.shop.write_form(page.form, page.once, {k: v for k, v in told.items() if v})
    return _page(request, viewer, PublicPage(page.form, "", done=True))


def _wrong(page: PublicPage, error: str) -> PublicPage:
    return PublicPage(
        page.form, page.once, page.code, page.name, page.contact, page.text, error
    )  # fmt: skip


def _page(request: Request, viewer: Viewer, page: PublicPage, status: int = 200) -> Response:
    return render(request, viewer, "public.html", page, status=status, headers=PRIVATE)


def _tries(request: Request) -> Tries:
    state = request.app.state
    if not hasattr(state, "public_tries"):
        state.public_tries = Tries()
    found: Tries = state.public_tries
    return found


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
