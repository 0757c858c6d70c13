"""From a made-up shop to one's own and back: accounts, folders and notes of each its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.visitors import Shop, signed_in

from thang.running import NOTE
from thang.web.access.cookies import session_name
from thang.web.office import Office
from thang.workspace.folder import DEMO_MARK


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Shop]:
    made = Shop.at(tmp_path / "demo-shop")
    (tmp_path / "demo-shop" / DEMO_MARK).touch()
    yield made
    made.app.state.office.close()


def office(shop: Shop) -> Office:
    found: Office = shop.app.state.office
    return found


def sent(browser: TestClient, shop: Shop, path: str) -> str:
    """Post as the page's form does, with the token of the present session."""
    from thang.web.viewer import TOKEN_HEADER, form_token

    browser.headers[TOKEN_HEADER] = form_token(browser.cookies[session_name(office(shop))])
    answer = browser.post(path)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_to_ones_own_shop_and_back(demo: Shop, tmp_path: Path) -> None:
    demo.app.state.address = "http://127.0.0.1:8010"
    browser = signed_in(demo.app, "owner")
    assert sent(browser, demo, "/shops/own") == "/import"
    assert office(demo).shop.folder.path == tmp_path / "shop"
    assert not office(demo).demo
    assert browser.get("/ladder").status_code == 200
    assert "/shops/own" not in browser.get("/ladder").text
    assert (tmp_path / "shop" / NOTE).exists()
    assert not (tmp_path / "demo-shop" / NOTE).exists()
    assert "/shops/demo" in browser.get("/more").text
    assert sent(browser, demo, "/shops/demo") == "/ladder"
    assert office(demo).demo
    assert browser.get("/ladder").status_code == 200


def test_a_shop_that_has_an_owner_asks_for_its_password(demo: Shop, tmp_path: Path) -> None:
    own = Shop.at(tmp_path / "shop")
    signed_in(own.app, "owner")
    own.office.close()
    browser = signed_in(demo.app, "owner")
    assert sent(browser, demo, "/shops/own") == "/login?next=/import"
    assert browser.get("/customers").headers["location"].startswith("/login")


@pytest.mark.parametrize("role", ["viewer", "marketer"])
def test_only_an_owner_changes_the_shop(demo: Shop, role: str) -> None:
    browser = signed_in(demo.app, role)
    assert browser.post("/shops/own").status_code == 403
    assert office(demo).demo


def test_a_real_shop_is_not_left_for_another(tmp_path: Path) -> None:
    own = Shop.at(tmp_path / "own")
    browser = signed_in(own.app, "owner")
    assert sent(browser, own, "/shops/own") == "/import"
    assert sent(browser, own, "/shops/demo") == "/ladder"
    assert office(own).shop.folder.path == tmp_path / "own"
    own.office.close()
