"""A Chromium for the tests that need one; where there is none they are skipped, and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.chromium import found
from tests.browser.demo import Served, served_demo
from tests.browser.kit_app import kit_app
from tests.browser.serving import serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Opener = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, started once."""
    path = found()
    if path is None:
        pytest.skip("no Chromium here: install Debian's `chromium` to run the browser tests")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser) -> Opener:
    """`with opened(address, width=390, theme="dark", javascript=False) as page:`"""

    @contextmanager
    def opening(
        address: str,
        *,
        width: int = 1440,
        theme: str = "light",
        javascript: bool = True,
        **options: Any,
    ) -> Iterator[Page]:
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 760 else 844},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=javascript,
            **options,
        )
        context.set_default_timeout(10_000)
        try:
            page = context.new_page()
            page.goto(address)
            yield page
        finally:
            context.close()

    return opening


@pytest.fixture(scope="session")
def kit() -> Iterator[str]:
    """The address of the page of all components."""
    with serving(kit_app()) as address:
        yield f"{address}/_kit"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo shop behind the whole web app."""
    with served_demo(tmp_path_factory.mktemp("demo") / "shop") as served:
        yield served
