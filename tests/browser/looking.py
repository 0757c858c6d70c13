"""What must hold of any page as a browser shows it: accessible, within its width, without errors."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1440, 390, 360)
THEMES = ("light", "dark")

SIDEWAYS = """() => {
  const room = document.documentElement.clientWidth;
  const scrolls = (e) => e.parentElement && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > room + 1 && !scrolls(e);
  });
  return { over: document.documentElement.scrollWidth - room, wide: wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 160)) };
}"""

SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')].filter((e) => {
  const box = e.getBoundingClientRect();
  const inline = getComputedStyle(e).display === 'inline';
  const drawn = e instanceof SVGElement || e.closest('.skip, .unseen, label.tickbox');
  return box.width && !inline && !drawn && (box.width < 24 || box.height < 24);
}).map((e) => e.outerHTML.slice(0, 160))"""


def axe(page: Page) -> list[str]:
    """Each violation of WCAG 2.2 A and AA that axe finds, with the elements concerned."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """What sticks out at the right; nothing where the page needs no sideways scroll."""
    found = page.evaluate(SIDEWAYS)
    return [
        *found["wide"],
        *([f"the page is {found['over']} px too wide"] if found["over"] > 0 else []),
    ]


def small_targets(page: Page) -> list[str]:
    """Buttons, fields and links of their own that are smaller than 24 by 24 px."""
    return list(page.evaluate(SMALL))


def complaints(page: Page) -> list[str]:
    """A list that fills with the page's errors and warnings, those of the policy on content too."""
    heard: list[str] = []
    page.on("console", lambda m: heard.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
