"""Rendering: a frozen context and a template, in the viewer's language, freshness below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from thang.model import ThangError
from thang.policy.load import read_policy
from thang.policy.schema import Policy
from thang.web.office import Office, office_of
from thang.web.viewer import Viewer
from thang.web.words.catalogue import say
from thang.web.words.sentences import in_words
from thang.web.words.speech import Speech, speaking
from thang.web.words.templates import environment
from thang.workspace.freshness import Freshness, State

_csrf: ContextVar[str] = ContextVar("csrf", default="")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the error page says."""

    status: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """The line at the foot of every page; `state` is loud where it is not fresh."""

    state: str
    message: str
    events_through: int | None
    computed_at: int | None
    policy: str


def url(path: str, **query: Any) -> str:
    """An address with its state; what is empty is left out."""
    kept = {name: value for name, value in query.items() if value not in (None, "", (), [])}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def csrf_field() -> Markup:
    """The hidden field that shows a form to be ours."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(_csrf.get())


@lru_cache
def templates() -> Environment:
    """Jinja with what the templates call besides the words."""
    env = environment()
    env.globals.update(url=url, csrf_field=csrf_field)
    return env


def render(
    request: Request,
    viewer: Viewer,
    template: str,
    page: object,
    *,
    fragment: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A whole page, or only one block of it where htmx asked for that fragment."""
    asked = fragment if request.headers.get("HX-Request") else None
    return HTMLResponse(rendered(request, viewer, template, page, asked), status, headers)


def rendered(
    request: Request, viewer: Viewer, template: str, page: object, fragment: str | None = None
) -> str:
    """The text of a page, or of one block of it."""
    office = office_of(request)
    found = templates().get_template(template)
    with spoken(office, viewer):
        context = around(request, office, viewer) | {"page": page}
        if fragment:
            return "".join(found.blocks[fragment](found.new_context(context)))
        return found.render(context)


@contextmanager
def spoken(office: Office, viewer: Viewer) -> Iterator[None]:
    """Whatever is rendered inside speaks the viewer's language, on the shop's clock."""
    policy = policy_of(office)
    speech = Speech(
        locale=viewer.locale, tz=policy.shop.tz, currency=policy.shop.currency,
        levels=policy.levels, now=office.shop.folder.now(),
    )  # fmt: skip
    token = _csrf.set(viewer.csrf)
    try:
        with speaking(speech):
            yield
    finally:
        _csrf.reset(token)


def around(request: Request, office: Office, viewer: Viewer) -> dict[str, Any]:
    """What base.html needs besides the page's own context."""
    return {
        "viewer": viewer if viewer.id else None,
        "locale": viewer.locale,
        "theme": viewer.theme,
        "path": request.url.path,
        "here": str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        "demo": office.demo,
        "came_from_demo": getattr(request.app.state, "demo", None) is not None,
        "freshness": told(office, viewer.locale),
        "toast": "",
    }


def told(office: Office, locale: str) -> Fresh | None:
    """What the shown numbers were computed from, and whether they may be old."""
    try:
        found = office.shop.freshness()
    except ThangError as error:
        return Fresh("failed", in_words(str(error), locale), None, None, "")
    state, message = _state(office, found, locale)
    return Fresh(
        state, message, found.events_through or None, found.computed_at or None, found.policy
    )


def _state(office: Office, found: Freshness, locale: str) -> tuple[str, str]:
    if office.worker.failure:
        return "failed", in_words(office.worker.failure, locale)
    if office.worker.working:
        return "working", say(locale, "The ladder is being computed anew.")
    if found.state is State.STALE:
        return "stale", say(locale, "Events have come in since; the ladder follows shortly.")
    return "fresh", ""


def policy_of(office: Office) -> Policy:
    """The policy in force, or the default while the shop's own cannot be read."""
    try:
        return office.shop.policy_in_force()
    except ThangError:
        return read_policy("")


def trouble_page(
    request: Request, viewer: Viewer, trouble: Trouble, headers: Mapping[str, str]
) -> HTMLResponse:
    """The error page, or its box where a fragment was asked for."""
    return render(
        request, viewer, "error.html", trouble,
        fragment="box", status=trouble.status, headers=headers,
    )  # fmt: skip
