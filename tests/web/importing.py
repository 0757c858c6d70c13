"""Files sent to the web door, and their jobs watched to the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

from starlette.testclient import TestClient
from tests.web.visitors import Shop

from thang.desk.jobs import Job, State

SOURCE = Path(__file__).parents[2] / "src"
HEADER = "order_id,date,customer_id,total"
ODD = "Beleg;Zeitpunkt;Kunde;Summe"
PATIENCE = 60.0


def orders(many: int = 20, first: int = 0) -> str:
    rows = [
        f"DH-{n},2026-01-{n % 28 + 1:02d},KH-{n % 7},{150_000 + n}"
        for n in range(first, first + many)
    ]
    return "\n".join([HEADER, *rows]) + "\n"


def brought(
    browser: TestClient, text: str | bytes, name: str = "orders.csv", once: str = ""
) -> str:
    """Where a file that was sent leads to."""
    body = text if isinstance(text, bytes) else text.encode()
    answer = browser.post("/import", files={"file": (name, body)}, data={"once": once})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def job_of(shop: Shop, where: str) -> Job:
    found = shop.office.desk.jobs.get(where.rsplit("/", 1)[-1])
    assert found is not None
    return found


def until(shop: Shop, where: str, holds: Callable[[Job], bool]) -> Job:
    """The job as soon as something holds of it."""
    ends, pause = monotonic() + PATIENCE, Event()
    while not holds(found := job_of(shop, where)):
        assert monotonic() < ends, found
        pause.wait(0.02)
    return found


def over(shop: Shop, where: str) -> Job:
    return until(shop, where, lambda job: job.state.over)


def imported(shop: Shop, browser: TestClient, text: str, name: str = "orders.csv") -> str:
    """A known file through all its steps; where its import is shown."""
    where = brought(browser, text, name)
    assert over(shop, where).state is State.DONE
    started = str(browser.post(f"{where}/start").headers["location"])
    assert over(shop, started).state is State.DONE
    return started
