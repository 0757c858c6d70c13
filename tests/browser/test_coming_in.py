"""The way in, as a person goes it: the printed link, an account, a key, out, and in again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Opener
from tests.browser.looking import THEMES, axe, complaints, sideways, small_targets
from tests.browser.serving import serving
from tests.web.visitors import Shop

PASSWORD = "mười hai quả mơ chín"  # noqa: S105


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that nobody owns yet."""
    made = Shop.at(tmp_path / "shop")
    yield made
    made.office.close()


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_first_link_to_a_key_and_back_in(
    opened: Opener, shop: Shop, javascript: bool
) -> None:
    token = shop.office.desk.first_token(shop.office.now())
    with serving(shop.app) as address, opened("about:blank", javascript=javascript) as page:
        heard = complaints(page)
        page.goto(f"{address}/welcome?token={token}&lang=en")
        page.get_by_label("Name").fill("Chủ Thử")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("The same password again").fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        expect(page).to_have_url(f"{address}/ladder")
        page.goto(f"{address}/settings/keys")
        page.get_by_label("Name").fill("Máy tính tiền")
        page.get_by_label("Bring events in").check()
        page.get_by_role("button", name="Make the key").click()
        expect(page.locator(".copyable code")).to_have_text(re.compile("^thang_live_"))
        page.goto(f"{address}/settings")
        page.locator("#out").get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(f"{address}/login")
        assert heard == []
        page.goto(f"{address}/customers?q=hoa")
        page.get_by_label("Name").fill("chủ thử")
        page.get_by_label("Password").fill("another one entirely")
        page.keyboard.press("Enter")
        expect(page.locator("p.wrong")).to_be_visible()
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{address}/customers?q=hoa")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1440, 360])
def test_the_doors_are_accessible_and_within_their_width(
    opened: Opener, shop: Shop, width: int, theme: str
) -> None:
    (shop.office.shop.folder.path / ".thang-demo").touch()
    token = shop.office.desk.first_token(shop.office.now())
    with serving(shop.app) as address, opened("about:blank", width=width, theme=theme) as page:
        for path in ("/login", f"/welcome?token={token}", "/welcome?token=x"):
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
            assert sideways(page) == []
            assert axe(page) == []
            assert small_targets(page) == []


def test_a_made_up_shop_is_one_button_away(opened: Opener, shop: Shop) -> None:
    (shop.office.shop.folder.path / ".thang-demo").touch()
    token = shop.office.desk.first_token(shop.office.now())
    with serving(shop.app) as address, opened("about:blank", width=390) as page:
        page.goto(f"{address}/welcome?token={token}&lang=en")
        page.get_by_role("button", name="Show me the made-up shop").click()
        expect(page).to_have_url(f"{address}/ladder")
        page.goto(f"{address}/login")
        expect(page).to_have_url(f"{address}/ladder")


def test_a_backup_comes_as_a_file(opened: Opener, shop: Shop) -> None:
    (shop.office.shop.folder.path / ".thang-demo").touch()
    token = shop.office.desk.first_token(shop.office.now())
    with serving(shop.app) as address, opened("about:blank") as page:
        page.goto(f"{address}/welcome?token={token}&lang=en")
        page.get_by_role("button", name="Show me the made-up shop").click()
        page.goto(f"{address}/settings?lang=en")
        with page.expect_download() as coming:
            page.get_by_role("button", name="Take a backup").click()
        assert coming.value.suggested_filename.endswith(".zip")
        assert Path(coming.value.path()).read_bytes()[:2] == b"PK"
