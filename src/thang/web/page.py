"""Rendering: a frozen context and a template, in the viewer's language, with what every page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from thang.model import ThangError
from thang.policy.schema import Policy
from thang.web.office import Office, office_of
from thang.web.viewer import Viewer
from thang.web.words.catalogue import translations
from thang.web.words.formats import Formats
from thang.web.words.levels import LevelWords

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What the error page says."""

    status: int
    title: str
    detail: str


@lru_cache
def environment(locale: str) -> Environment:
    """Jinja for one language; everything is escaped, and a missing name is an error."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    env.globals["url"] = url
    return env


def url(path: str, **query: Any) -> str:
    """An address with its state; what is empty is left out."""
    kept = {name: value for name, value in query.items() if value not in (None, "", (), [])}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


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
    env = environment(viewer.locale)
    found = env.get_template(template)
    context = around(request, viewer) | {"page": page}
    if fragment and request.headers.get("HX-Request"):
        block = found.blocks[fragment](found.new_context(context))
        return HTMLResponse("".join(block), status, headers)
    return HTMLResponse(found.render(context), status, headers)


def around(request: Request, viewer: Viewer) -> dict[str, Any]:
    """What base.html and the macros need besides the page's own context."""
    office = office_of(request)
    policy = policy_of(office)
    return {
        "viewer": viewer,
        "path": request.url.path,
        "here": str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        "demo": office.demo,
        "freshness": office.shop.freshness(),
        "working": office.worker.working,
        "failure": office.worker.failure,
        "formats": Formats(viewer.locale, policy.shop.tz, policy.shop.currency),
        "levels": LevelWords(policy, viewer.locale),
    }


def policy_of(office: Office) -> Policy:
    """The policy in force, or the default while the shop's file cannot be read."""
    try:
        return office.shop.policy_in_force()
    except ThangError:
        from thang.policy.load import read_policy  # noqa: PLC0415

        return read_policy("")


def trouble_page(
    request: Request, viewer: Viewer, trouble: Trouble, headers: Mapping[str, str]
) -> HTMLResponse:
    """The error page, or its box where a fragment was asked for."""
    return render(
        request, viewer, "error.html", trouble,
        fragment="box", status=trouble.status, headers=headers,
    )  # fmt: skip
