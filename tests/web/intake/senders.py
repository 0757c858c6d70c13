"""A shop that takes events, and those who send them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web.visitors import BASE, Shop

from thang.record import Record
from thang.web.guard.protocol import guarded
from thang.web.serving import Place, bound


def write_key(shop: Shop, *scopes: str, name: str = "website") -> str:
    """The secret of a new key."""
    made = shop.office.desk.keys.create(name, scopes or ("events",), "test", shop.office.now())
    return made[1]


def program(app: FastAPI) -> TestClient:
    """Somebody elsewhere, without a browser and without a session."""
    return TestClient(app, base_url=BASE, follow_redirects=False)


def track(message: str, **more: Any) -> dict[str, Any]:
    """A call that can be kept."""
    call = {"type": "track", "event": "Order Completed", "userId": "KH1", "messageId": message}
    return call | {"properties": {"order_id": message, "revenue": 1000, "currency": "VND"}} | more


def stored(folder: Path) -> list[dict[str, Any]]:
    """All events of the record, in the order of their storing."""
    with Record.open(folder) as record:
        return list(record.events_after().to_pylist())


def refused(folder: Path) -> int:
    """How many refused rows the record keeps."""
    with Record.open(folder) as record:
        return record.counts().refused


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """The application behind a real socket, in this process; its address."""
    listener = bound(Place(port=0))
    config = uvicorn.Config(app, log_config=None, lifespan="on", http=guarded())
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
