"""Every page as a browser shows it: accessible, within its width, and whole without script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from tests.browser.conftest import Opener
from tests.browser.demo import Served
from tests.browser.looking import axe, complaints, sideways, small_targets

OPEN = "document.querySelectorAll('details').forEach((d) => { d.open = true })"

PAGES = (
    "ladder", "ladder in per cent", "customers", "almost up", "nobody", "customer", "groups", "value", "stage",
    "campaigns", "campaign", "new strategy", "daily run", "tasks", "programmes", "outcomes",
    "customer in the past", "import", "policy", "policy as text", "policy version", "settings", "people",
    "channels", "keys", "audit", "about", "more", "not found",
)  # fmt: skip


def test_the_list_of_pages_is_whole(demo: Served) -> None:
    assert set(demo.pages) == set(PAGES)


@contextmanager
def visiting(browser: Browser, demo: Served, **options: Any) -> Iterator[Page]:
    """One visit to many pages, signed in: what browsers keep between them is kept."""
    context = browser.new_context(**options)
    context.add_cookies([demo.cookie])  # type: ignore[list-item]
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def desktop(browser: Browser, demo: Served) -> Iterator[Page]:
    with visiting(browser, demo, viewport={"width": 1440, "height": 900}) as page:
        yield page


@pytest.fixture(scope="module")
def phone(browser: Browser, demo: Served) -> Iterator[Page]:
    """A phone held in the dark."""
    size: ViewportSize = {"width": 390, "height": 844}
    with visiting(browser, demo, viewport=size, color_scheme="dark") as page:
        yield page


@pytest.fixture(scope="module")
def bare(browser: Browser, demo: Served) -> Iterator[Page]:
    with visiting(browser, demo, java_script_enabled=False) as page:
        yield page


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("device", "locale"), [("desktop", "en"), ("phone", "vi")])
def test_accessible_and_without_complaint(
    request: pytest.FixtureRequest, demo: Served, name: str, device: str, locale: str
) -> None:
    page: Page = request.getfixturevalue(device)
    heard = complaints(page)
    page.goto(demo.at(name, locale))
    assert page.evaluate("window.htmx !== undefined")
    assert page.locator("html").get_attribute("lang") == locale
    page.evaluate(OPEN)
    assert axe(page) == []
    assert heard == [] or name == "not found"


@pytest.mark.parametrize("name", PAGES)
def test_within_its_width(phone: Page, demo: Served, name: str) -> None:
    phone.goto(demo.at(name, "vi"))
    phone.evaluate(OPEN)
    for width in (390, 360):
        phone.set_viewport_size({"width": width, "height": 844})
        assert sideways(phone) == []
        assert small_targets(phone) == []
    phone.set_viewport_size({"width": 390, "height": 844})


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("more", "not found")])
def test_the_same_without_script(desktop: Page, bare: Page, demo: Served, name: str) -> None:
    texts = []
    for page in (desktop, bare):
        page.goto(demo.at(name, "vi"))
        texts.append(Counter(page.locator("main").inner_text().split()))
    with_script, without = texts
    assert with_script.total() > 10
    assert with_script - without == Counter()
    assert (without - with_script).total() <= 1, "only the filters' button is added"


def test_a_search_changes_the_rows_alone_and_stands_in_the_address(
    opened: Opener, demo: Served
) -> None:
    with opened("about:blank") as page:
        page.context.add_cookies([demo.cookie])  # type: ignore[list-item]
        page.goto(f"{demo.address}/customers")
        name = page.locator("#rows tbody tr a").nth(1).inner_text()
        page.locator("[data-search]").fill(name)
        page.wait_for_url("**q=**")
        expect(page.locator("#rows tbody tr")).not_to_have_count(25)
        expect(page.locator("#rows")).to_contain_text(name)
        page.go_back()
        expect(page.locator("#rows tbody tr")).to_have_count(25)


def test_from_the_ladder_to_one_person_by_keyboard_alone(opened: Opener, demo: Served) -> None:
    with opened("about:blank") as page:
        page.context.add_cookies([demo.cookie])  # type: ignore[list-item]
        page.goto(f"{demo.address}/ladder")
        page.locator(".advice a.button, .ladder a.figure").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/customers?**")
        page.locator("#rows tbody tr a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/customers/p_**")
        assert page.locator("#why").count() == 1
