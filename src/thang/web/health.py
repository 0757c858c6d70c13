"""Whether the server lives, and what it counts: for machines that watch it."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from thang.web.office import office_of

router = APIRouter(include_in_schema=False)
LOOPBACK = {"127.0.0.1", "::1", "testclient"}


@router.get("/healthz")
def healthz(request: Request) -> Response:
    """200 while the shop can be read; 503 when it cannot, or the last classification failed."""
    office = office_of(request)
    found = asdict(office.shop.freshness())
    broken = bool(office.worker.failure)
    return JSONResponse({"status": "failing" if broken else "ok", **found}, 503 if broken else 200)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus' text; only for this machine, since numbers of a shop are its own business."""
    if request.client is None or request.client.host not in LOOPBACK:
        return PlainTextResponse("Ask from the machine itself.", 403)
    office = office_of(request)
    found = office.shop.freshness()
    registry = CollectorRegistry()
    for name, value, what in (
        ("thang_events_waiting", found.waiting, "Events stored and not yet placed"),
        ("thang_events_through_seconds", found.events_through / 1e6, "Instant of the newest event"),
        ("thang_computed_at_seconds", found.computed_at / 1e6, "When the ladder was computed"),
        ("thang_classification_failed", bool(office.worker.failure), "1: the last one failed"),
        ("thang_jobs_waiting", office.desk.jobs.waiting(), "Jobs that wait for the worker"),
    ):
        Gauge(name, what, registry=registry).set(value)
    return PlainTextResponse(generate_latest(registry).decode())
