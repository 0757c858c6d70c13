"""The policy: a form and the text over one file, what a change would do, and its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thang.desk.people import Role
from thang.model import WrongInput
from thang.record import OutdatedError
from thang.web.office import office_of
from thang.web.page import render, url
from thang.web.pages.policy_view import (
    FORM,
    TEXT,
    Draft,
)
from thang.web.pages.policy_work import (
    Attempt,
    attempted,
    author,
    policy_page,
    put,
    tried,
    wish_of,
)
from thang.web.viewer import Viewer, marketer, owner, reader
from thang.web.words.catalogue import say
from thang.workspace.versions import Difference, Version, plain_difference

router = APIRouter(include_in_schema=False)

FIELDS = "levels."
Number = Annotated[int, Path(ge=1, le=10**9)]


async def posted(request: Request) -> dict[str, str]:
    """What a form sent, files left out."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


Posted = Annotated[dict[str, str], Depends(posted)]


@router.get("/policy")
def policy(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    show: Annotated[str, Query(max_length=10)] = FORM,
    applied: Annotated[int, Query(ge=-1, le=10**9)] = 0,
) -> Response:
    """The policy as it is, as a form or as text (`show=yaml`)."""
    office = office_of(request)
    here = office.shop.policy_standing()
    draft = Draft(here.text, here.mark, show=TEXT if show == TEXT else FORM)
    page = policy_page(office, viewer, Attempt(draft), applied=applied)
    return render(request, viewer, "policy.html", page)


@router.post("/policy/draft")
def draft(
    request: Request, viewer: Annotated[Viewer, Depends(marketer)], values: Posted
) -> Response:
    """A change being written: tried («if applied»), or shown in the other way."""
    office = office_of(request)
    attempt = attempted(values)
    wish = values.get("do", "")
    if wish not in (FORM, TEXT) and not attempt.error:
        attempt = tried(office, viewer, attempt, whole=wish == "whole")
    page = policy_page(office, viewer, attempt)
    status = 422 if attempt.error else 200
    return render(request, viewer, "policy.html", page, fragment="preview", status=status)


@router.post("/policy/apply")
def apply(request: Request, viewer: Annotated[Viewer, Depends(owner)], values: Posted) -> Response:
    """Put a change in force, if the policy is still the one that was looked at."""
    office = office_of(request)
    attempt = attempted(values)
    if attempt.error:
        return _again(request, viewer, attempt, 422)
    try:
        done = put(office, viewer, wish_of(viewer, attempt.draft))
    except OutdatedError:
        return _again(request, viewer, attempt, 409, is_stale=True)
    except WrongInput as error:
        return _again(request, viewer, Attempt(attempt.draft, error), 422)
    return RedirectResponse(url("/policy", applied=done.number if done.is_new else -1), 303)


@router.get("/policy/versions/{number}")
def version(
    request: Request,
    viewer: Annotated[Viewer, Depends(reader)],
    number: Number,
    against: Annotated[int | None, Query(ge=1, le=10**9)] = None,
) -> Response:
    """One version: who, when, why, and what differs from now or from another one."""
    shop = office_of(request).shop
    found, here = shop.policy_version(number), shop.policy_standing()
    before, after = here.text, found.text
    if against:
        before, after = found.text, shop.policy_version(against).text
    page = VersionPage(
        version=found,
        author=author(office_of(request), found),
        against=against or 0,
        all_numbers=tuple(x.number for x in shop.policy_versions()),
        difference=plain_difference(before, after),
        mark=here.mark,
        is_in_force=number == here.number and found.text == here.text,
        may_return=viewer.role == Role.OWNER,
    )
    return render(request, viewer, "policy_version.html", page)


@router.post("/policy/versions/{number}/return")
def back_to(
    request: Request, viewer: Annotated[Viewer, Depends(owner)], number: Number, values: Posted
) -> Response:
    """Apply an earlier version's text as a new version."""
    office = office_of(request)
    note = values.get("note", "") or say(viewer.locale, "Back to version %(n)s", n=number)
    text = office.shop.policy_version(number).text
    attempt = Attempt(Draft(text, values.get("mark", ""), note, TEXT))
    try:
        done = put(office, viewer, wish_of(viewer, attempt.draft))
    except OutdatedError:
        return _again(request, viewer, attempt, 409, is_stale=True)
    return RedirectResponse(url("/policy", applied=done.number if done.is_new else -1), 303)


@dataclass(frozen=True)
class VersionPage:
    """One version beside another."""

    version: Version
    author: str
    against: int
    all_numbers: tuple[int, ...]
    difference: Difference
    mark: str
    is_in_force: bool
    may_return: bool


def _again(
    request: Request, viewer: Viewer, attempt: Attempt, status: int, *, is_stale: bool = False
) -> Response:
    """The page with what was written, and both texts where somebody else was quicker."""
    office = office_of(request)
    stale = None
    if is_stale:
        here = office.shop.policy_standing()
        stale = plain_difference(here.text, attempt.draft.text)
        wanted = attempt.draft
        attempt = Attempt(Draft(wanted.text, here.mark, wanted.note, TEXT))
    page = policy_page(office, viewer, attempt, stale=stale)
    return render(request, viewer, "policy.html", page, status=status)
