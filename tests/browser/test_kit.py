"""The components as a browser shows them: both themes, wide and narrow, by keyboard, without script."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Opener
from tests.browser.looking import THEMES, WIDTHS, axe, complaints, sideways, small_targets


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_accessible_and_within_its_width(opened: Opener, kit: str, width: int, theme: str) -> None:
    with opened(f"{kit}?theme={theme}", width=width) as page:
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        assert axe(page) == []
        assert sideways(page) == []
        assert small_targets(page) == []


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_no_complaint_about_content_or_script(opened: Opener, kit: str, locale: str) -> None:
    with opened("about:blank") as page:
        heard = complaints(page)
        page.goto(f"{kit}?locale={locale}")
        page.wait_for_function("window.htmx !== undefined")
        assert page.locator("html").get_attribute("lang") == locale
        assert heard == []


@pytest.mark.parametrize("system", THEMES)
@pytest.mark.parametrize("chosen", ["", *THEMES])
def test_the_chosen_theme_wins_over_the_systems(
    opened: Opener, kit: str, system: str, chosen: str
) -> None:
    with opened(f"{kit}?theme={chosen}", theme=system, javascript=False) as page:
        background = page.locator("html").evaluate("(e) => getComputedStyle(e).backgroundColor")
        light = (chosen or system) == "light"
        assert background == ("rgb(247, 247, 244)" if light else "rgb(17, 22, 28)")
        switch = page.locator(".sidebar button[name=theme]:visible")
        assert switch.get_attribute("value") == ("dark" if light else "light")


def test_text_may_be_spaced_out(opened: Opener, kit: str) -> None:
    """WCAG 1.4.12: nothing is cut or pushed out by a reader's own spacing."""
    with opened(kit, width=360, bypass_csp=True) as page:
        page.add_style_tag(
            content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
            " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
        )
        assert sideways(page) == []


def test_reflow_at_320(opened: Opener, kit: str) -> None:
    with opened(kit, width=320) as page:
        assert sideways(page) == []


def test_slash_goes_to_the_search_unless_one_is_typing(opened: Opener, kit: str) -> None:
    with opened(kit) as page:
        page.keyboard.press("/")
        search = page.locator("[data-search]")
        assert search.evaluate("(e) => e === document.activeElement")
        page.keyboard.type("a/b")
        assert search.input_value() == "a/b"


def test_the_slash_can_be_turned_off(opened: Opener, kit: str) -> None:
    """WCAG 2.1.4: a key of one character must not be forced on anybody."""
    with opened(kit) as page:
        page.locator("[data-slash] input").uncheck()
        page.reload()
        assert not page.locator("[data-slash] input").is_checked()
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement === document.body")


def test_a_dialog_opens_and_escape_closes_it(opened: Opener, kit: str) -> None:
    with opened(kit) as page:
        opener = page.locator("[data-dialog=ask]").first
        opener.focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog#ask")
        assert dialog.is_visible()
        assert axe(page) == []
        page.keyboard.press("Escape")
        assert dialog.is_hidden()
        assert opener.evaluate("(e) => e === document.activeElement")


def test_copying_is_said(opened: Opener, kit: str) -> None:
    with opened(kit, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.locator("[data-copy]").click()
        page.get_by_role("status").filter(has_text="Đã chép").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == "thang_bia_0000"


def test_without_script_everything_is_there(opened: Opener, kit: str) -> None:
    with opened(kit, javascript=False) as page:
        assert page.locator(".ladder .rung").count() == 7
        assert page.locator("[data-dialog=ask]").first.get_attribute("href")
        assert page.locator("noscript button, form.filters button").count() == 1


def test_the_bar_at_the_bottom_hides_no_focus(opened: Opener, kit: str) -> None:
    """WCAG 2.4.11, going through the whole page by keyboard on a phone."""
    with opened(kit, width=390) as page:
        bar = page.locator(".bottomnav").bounding_box()
        assert bar
        hidden = []
        for _ in range(200):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "() => { const e = document.activeElement, b = e.getBoundingClientRect();"
                " return { bottom: b.bottom, top: b.top, text: e.outerHTML.slice(0, 120),"
                " out: !e.closest('.bottomnav'), end: e === document.body } }"
            )
            if focused["end"]:
                break
            if focused["out"] and focused["top"] >= bar["y"]:
                hidden.append(focused["text"])
        assert hidden == []


def test_the_skip_link_comes_first(opened: Opener, kit: str) -> None:
    with opened(kit) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_on_paper_the_frame_is_left_out(opened: Opener, kit: str) -> None:
    with opened(kit) as page:
        page.emulate_media(media="print")
        assert page.locator(".sidebar").is_hidden()
        assert page.locator(".ladder").is_visible()
