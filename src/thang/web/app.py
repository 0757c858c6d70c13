"""The factory: one shop in, one application out. Only wiring; each page is a room of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from thang import __version__
from thang.web import errors, health, known
from thang.web.access.headers import SecurityHeaders
from thang.web.guard.bodies import BodyGuard
from thang.web.guard.limits import DEFAULT, MB
from thang.web.incoming import most_upload
from thang.web.office import Office
from thang.web.rooms import ROOMS

STATIC = Path(__file__).parent / "static"


def create_app(office: Office) -> FastAPI:
    """The application over an office that is open; its worker lives as long as the application."""

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        office.worker.start()
        office.intake.start()
        yield
        known.forget(running.state.office)
        running.state.office.close()

    app = FastAPI(
        title="Thang", version=__version__, lifespan=lifespan,
        openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
    )  # fmt: skip
    app.state.office = office
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(health.router)
    for router in ROOMS:
        app.include_router(router)
    errors.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(BodyGuard, limits=replace(DEFAULT, upload=most_upload() + MB))
    app.add_middleware(SecurityHeaders, office=office)
    return app
