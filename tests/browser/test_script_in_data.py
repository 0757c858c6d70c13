"""What customers type runs nowhere: five hundred payloads through every field of an import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Opener
from tests.browser.demo import PASSWORD, Served
from tests.browser.payloads import payloads
from tests.browser.serving import serving

from thang.desk.people import Role
from thang.web.access.cookies import session_name
from thang.web.app import create_app
from thang.web.office import Office
from thang.workspace.choosing import Asked
from thang.workspace.shop import Workspace

FEW = 40


def calls(payload: str, number: int) -> Iterator[dict[str, object]]:
    """One person's Segment calls with the payload wherever a text may stand."""
    day = f"2026-{1 + number % 9:02}-{1 + number % 27:02}T08:00:00Z"
    who = {"userId": f"bia-{number}-{payload}", "timestamp": day}
    traits = dict.fromkeys(("name", "email", "phone", "address", "city", "company"), payload)
    context = {
        "userAgent": payload, "ip": payload, "page": {"url": payload, "referrer": payload},
        "campaign": {"name": payload, "source": payload},
    }  # fmt: skip
    yield {
        "type": "identify",
        "messageId": f"i{number}",
        "traits": traits,
        "context": context,
        **who,
    }
    said = {
        "order_id": payload, "coupon": payload, "product": payload, "product_name": payload,
        "sku": payload, "status": payload, "category": payload, "payment_method": payload,
        "currency": "VND", "revenue": 100_000 + number, "products": [{"name": payload}],
    }  # fmt: skip
    for name in ("Order Completed", "Product Viewed", payload[:60]):
        yield {
            "type": "track", "event": name, "messageId": f"{name[:9]}{number}",
            "properties": said, "context": context, **who,
        }  # fmt: skip


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("poisoned")
    file = folder / "thư <img src=x onerror=alert(1)>.jsonl"
    told = (call for number, one in enumerate(payloads()) for call in calls(one, number))
    file.write_text("\n".join(json.dumps(call) for call in told), "utf-8")
    with served_file(folder / "shop", file) as served:
        yield served


@contextmanager
def served_file(folder: Path, file: Path) -> Iterator[Served]:
    """A shop that holds one file, served."""
    shop = Workspace.init(folder)
    assert shop.import_file(file).tally.stored > 500
    shop.classify("2026-10-31")
    office = Office.open(folder)
    owner = office.desk.people.add("Chủ shop thử", Role.OWNER, "vi", office.now(), PASSWORD)
    token = office.desk.sessions.begin(owner.id, "test", office.now())
    with serving(create_app(office)) as address:
        cookie = {"name": session_name(office), "value": token, "url": address}
        yield Served(office, address, cookie, "")
    office.close()


def watched(page: Page) -> list[str]:
    """Whatever ran, or was kept from running, on any page from now on."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog on {page.url}"), dialog.dismiss()))
    page.on("console", lambda m: seen.append(m.text) if "Content Security" in m.text else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    return seen


def walk(opened: Opener, poisoned: Served, most: int) -> tuple[list[str], int]:
    """Through all lists and so many people; what ran, and how many pages were seen."""
    people, cursor = [], ""
    while cursor is not None:
        listing = poisoned.office.shop.customers(Asked(size=100, cursor=cursor))
        people += [row.ref for row in listing.rows]
        cursor = listing.next
    paths = [f"/customers?size=100&level={key}" for key in ("lead", "shopper", "customer")]
    paths += ["/ladder", "/customers?q=%3Cimg", "/import", "/policy", "/settings"]
    paths += [f"/customers/{ref}" for ref in people[:: max(1, len(people) // most)]]
    with opened("about:blank") as page:
        page.context.add_cookies([poisoned.cookie])  # type: ignore[list-item]
        seen = watched(page)
        for path in paths:
            page.goto(poisoned.address + path)
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
            page.evaluate("document.querySelectorAll('[onerror],[onload]').forEach(e => e.click())")
    return seen, len(paths)


def test_there_are_five_hundred_of_them() -> None:
    assert len(set(payloads())) == 500


def test_nothing_that_was_typed_runs(opened: Opener, poisoned: Served) -> None:
    seen, pages = walk(opened, poisoned, FEW)
    assert seen == []
    assert pages > FEW


@pytest.mark.soak
def test_nothing_that_was_typed_runs_on_anybodys_page(opened: Opener, poisoned: Served) -> None:
    seen, pages = walk(opened, poisoned, 10_000)
    assert seen == []
    assert pages > 500


def test_a_page_that_does_run_it_would_be_seen(opened: Opener) -> None:
    with opened("about:blank") as page:
        seen = watched(page)
        page.set_content("<img src=x onerror=alert(1)>")
        page.wait_for_timeout(300)
    assert seen
