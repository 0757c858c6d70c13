"""Every page as a browser shows it: accessible, within its width, and whole without script."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Opener
from tests.browser.demo import Served
from tests.browser.looking import COLOURS, axe, complaints, sideways, small_targets

PAGES = (
    "ladder", "ladder in per cent", "customers", "almost up", "nobody", "customer", "groups", "value", "stage",
    "campaigns", "campaign", "new strategy", "daily run", "tasks", "programmes", "outcomes",
    "customer in the past", "import", "policy", "policy as text", "policy version", "settings", "people",
    "channels", "keys", "audit", "about", "more", "not found",
)  # fmt: skip


def test_the_list_of_pages_is_whole(demo: Served) -> None:
    assert set(demo.pages) == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_accessible_and_within_its_width(opened: Opener, demo: Served, name: str) -> None:
    with opened("about:blank") as page:
        page.context.add_cookies([demo.cookie])  # type: ignore[list-item]
        page.goto(demo.address + demo.pages[name])
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert axe(page) == []
        for width in (390, 360):
            page.set_viewport_size({"width": width, "height": 844})
            assert sideways(page) == []
            assert small_targets(page) == []
        assert axe(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_in_the_dark_its_colours_can_be_told_apart(opened: Opener, demo: Served, name: str) -> None:
    with opened("about:blank", theme="dark", width=390) as page:
        page.context.add_cookies([demo.cookie])  # type: ignore[list-item]
        page.goto(demo.address + demo.pages[name])
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert axe(page, COLOURS) == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != "not found"])
def test_no_complaint_in_either_language_and_the_same_without_script(
    opened: Opener, demo: Served, name: str
) -> None:
    path, texts = demo.pages[name], []
    with opened("about:blank") as page:
        page.context.add_cookies([demo.cookie])  # type: ignore[list-item]
        heard = complaints(page)
        for locale in ("en", "vi"):
            page.goto(f"{demo.address}{path}{'&' if '?' in path else '?'}lang={locale}")
            assert page.evaluate("window.htmx !== undefined")
            assert page.locator("html").get_attribute("lang") == locale
        assert heard == []
        page.goto(demo.address + path)
        texts.append(Counter(page.locator("main").inner_text().split()))
    if name == "more":
        return
    with opened("about:blank", javascript=False) as page:
        page.context.add_cookies([demo.cookie])  # type: ignore[list-item]
        page.goto(demo.address + path)
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
