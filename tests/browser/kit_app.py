"""The page of all components alone, without a shop: the same templates, styles and script."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

import thang.web
from thang.policy.load import read_policy
from thang.web.page import templates
from thang.web.pages.kit import kit_page
from thang.web.words.speech import Speech, speaking

STATIC = Path(thang.web.__file__).parent / "static"
AT = 1_795_392_600_000_000
POLICY_ON_CONTENT = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"


@dataclass(frozen=True)
class Fresh:
    """Numbers that are not: the loudest that the frame can be."""

    state: str = "failed"
    message: str = "Bịa để xem giao diện."
    events_through: int = AT
    computed_at: int = AT
    policy: str = "3:0a1b2c"


def drawn(theme: str = "", locale: str = "vi", template: str = "kit.html") -> str:
    """A page as base.html frames it, for a made-up owner."""
    speech = Speech(locale, levels=read_policy("").levels, now=AT + 300_000_000)
    with speaking(speech):
        return (
            templates()
            .get_template(template)
            .render(
                page=kit_page(), viewer=object(), theme=theme, locale=locale, path="/ladder",
                here="/_kit", demo=True, came_from_demo=True, freshness=Fresh(), toast="",
            )
        )  # fmt: skip


def kit_app() -> FastAPI:
    """Serves the kit and its static files under the strict policy on content."""
    app = FastAPI()
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/_kit")
    def kit(theme: str = "", locale: str = "vi") -> HTMLResponse:
        return HTMLResponse(
            drawn(theme, locale), headers={"Content-Security-Policy": POLICY_ON_CONTENT}
        )

    return app
