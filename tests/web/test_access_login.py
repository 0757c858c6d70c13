"""Coming in: the first start, passwords, tries, cookies, sessions that end in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient
from tests.web.visitors import PASSWORD, Shop, person, signed_in, stranger

from thang.desk import passwords
from thang.model import SECOND
from thang.web.access.cookies import session_name
from thang.web.access.tries import MOST, Tries
from thang.web.app import create_app
from thang.web.office import Office
from thang.workspace.shop import Workspace

OTHER = "bảy con vịt bơi qua sông"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of a hash is judged with the desk."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop.at(tmp_path / "shop")
    yield made
    made.office.close()


def came_in(browser: TestClient, name: str, password: str, **more: str) -> Any:
    return browser.post("/login", data={"name": name, "password": password, **more})


def test_a_fresh_shop_has_no_account_and_says_how_to_make_one(shop: Shop) -> None:
    assert shop.office.desk.people.all() == []
    page = stranger(shop.app).get("/login?lang=en")
    assert "thang serve" in page.text
    assert came_in(stranger(shop.app), "admin", "admin").status_code == 401


def test_the_first_link_makes_the_owner_and_signs_them_in(shop: Shop) -> None:
    browser, token = stranger(shop.app), shop.office.desk.first_token(shop.office.now())
    assert browser.get("/welcome", params={"token": token}).status_code == 200
    form = {"token": token, "name": "Chủ Thử", "password": PASSWORD, "again": PASSWORD}
    for wrong in ({"again": OTHER}, {"name": " "}, {"password": "short", "again": "short"}):
        assert browser.post("/welcome", data=form | wrong).status_code == 422
    answer = browser.post("/welcome", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ladder")
    assert browser.get("/settings").status_code == 200
    assert stranger(shop.app).get("/welcome", params={"token": token}).status_code == 410
    again = stranger(shop.app).post("/welcome", data=form | {"name": "Kẻ Lạ"})
    assert again.status_code == 422
    assert [p.name for p in shop.office.desk.people.all()] == ["Chủ Thử"]


def test_a_link_nobody_gave_out_costs_no_hash(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("thang.desk.links.hashed", hashed.append)
    form = {"token": "x" * 43, "name": "Kẻ Lạ", "password": PASSWORD, "again": PASSWORD}
    assert stranger(shop.app).post("/welcome", data=form).status_code == 422
    assert hashed == []


def test_looking_around_without_an_account_is_for_made_up_shops_only(shop: Shop) -> None:
    token = shop.office.desk.first_token(shop.office.now())
    assert stranger(shop.app).post("/welcome/demo", data={"token": token}).status_code == 410
    (shop.office.shop.folder.path / ".thang-demo").touch()
    assert stranger(shop.app).post("/welcome/demo", data={"token": "x"}).status_code == 410
    browser = stranger(shop.app)
    assert browser.post("/welcome/demo", data={"token": token}).status_code == 303
    assert browser.get("/settings/people").status_code == 200
    assert stranger(shop.app).post("/welcome/demo", data={"token": token}).status_code == 410


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = person(shop.office, "owner").name
    verified: list[bool] = []
    real = passwords.verified

    def counted(kept: str, password: str) -> bool:
        verified.append(bool(kept))
        return real(kept, password)

    monkeypatch.setattr("thang.desk.people.verified", counted)
    browser = stranger(shop.app)
    known = came_in(browser, name, OTHER)
    unknown = came_in(browser, "Không Có Ai", OTHER)
    assert verified == [True, False]  # the hash was worked out both times
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace(name, "*") == unknown.text.replace("Không Có Ai", "*")


def test_signing_in_leads_on_to_where_one_wanted_to_go(shop: Shop) -> None:
    name = person(shop.office, "marketer").name
    browser = stranger(shop.app)
    away = browser.get("/customers?q=hoa").headers["location"]
    assert away == "/login?next=/customers%3Fq%3Dhoa"
    page = browser.get(away)
    assert 'value="/customers?q=hoa"' in page.text
    answer = came_in(browser, name.upper(), PASSWORD, next="/customers?q=hoa")
    assert answer.headers["location"] == "/customers?q=hoa"
    assert browser.get("/login").status_code == 303
    lured = came_in(stranger(shop.app), name, PASSWORD, next="//evil.test")
    assert lured.headers["location"] == "/ladder"


def test_the_cookie_is_for_our_pages_alone(tmp_path: Path) -> None:
    Workspace.init(tmp_path / "shop")
    for secure in (False, True):
        office = Office.open(tmp_path / "shop", secure=secure)
        name = session_name(office)
        assert name.startswith("__Host-") is secure
        app, who = create_app(office), person(office, "owner").name
        base = "https://127.0.0.1:8010" if secure else "http://127.0.0.1:8010"
        headers = {"Origin": base}
        browser = TestClient(app, base_url=base, headers=headers, follow_redirects=False)
        answer = came_in(browser, who, PASSWORD)
        (cookie,) = (c for c in answer.headers.get_list("set-cookie") if c.startswith(name + "="))
        parts = {part.strip().lower() for part in cookie.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert ("secure" in parts) is secure
        assert not any(part.startswith("domain") for part in parts)
        assert ("strict-transport-security" in answer.headers) is secure
        assert browser.get("/settings").status_code == 200
        office.close()


def test_two_shops_on_one_machine_do_not_sign_each_other_out(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Workspace.init(tmp_path / name)
    one, two = (Office.open(tmp_path / name) for name in ("one", "two"))
    assert session_name(one) != session_name(two)
    for office in (one, two):
        office.close()


def test_a_new_sign_in_never_keeps_the_old_session(shop: Shop) -> None:
    browser = signed_in(shop.app, "viewer")
    fixed = browser.cookies[session_name(shop.office)]
    came_in(browser, person(shop.office, "owner").name, PASSWORD)
    assert shop.office.desk.sessions.of_token(fixed, shop.office.now()) is None


def test_a_session_that_is_deleted_in_the_middle_leads_to_the_login(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    assert browser.get("/settings").status_code == 200
    shop.office.desk.sessions.end_all(person(shop.office, "owner").id)
    page = browser.get("/settings")
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/settings")
    sent = browser.post("/settings/people", data={"name": "x", "role": "viewer"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login")
    fragment = browser.get("/customers?q=a", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/login")
    assert browser.get("/api/settings").status_code == 401
    assert browser.get("/login").status_code == 200


def test_signing_out_ends_the_session_itself(shop: Shop) -> None:
    browser = signed_in(shop.app, "viewer")
    stolen = browser.cookies[session_name(shop.office)]
    assert browser.post("/logout").headers["location"] == "/login"
    assert shop.office.desk.sessions.of_token(stolen, shop.office.now()) is None
    browser.cookies.set(session_name(shop.office), stolen, domain="127.0.0.1", path="/")
    assert browser.get("/ladder").status_code == 303


def test_a_role_that_is_taken_away_counts_at_once(shop: Shop) -> None:
    person(shop.office, "owner")
    browser = signed_in(shop.app, "marketer")
    marketer = person(shop.office, "marketer").id
    page = f"/settings/people/{marketer}"
    owner = signed_in(shop.app, "owner")
    assert owner.post(page + "/role", data={"role": "viewer"}).status_code == 303
    assert browser.get("/customers.csv").status_code == 403
    assert owner.post(page + "/out", data={"out": "true"}).status_code == 303
    assert browser.get("/ladder").status_code == 303


def test_of_a_hundred_wrong_tries_a_minute_five_are_tried(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = person(shop.office, "owner").name
    tried: list[str] = []
    monkeypatch.setattr("thang.desk.people.verified", lambda kept, _: bool(tried.append(kept)))
    now = shop.office.now()
    monkeypatch.setattr(Office, "now", lambda _: now)
    browser = stranger(shop.app)
    answers = [came_in(browser, name, f"{OTHER} {n}").status_code for n in range(100)]
    assert len(tried) == MOST == 5
    assert answers == [401] * 5 + [429] * 95
    assert came_in(browser, name, PASSWORD).status_code == 429  # even the right one waits
    page = came_in(browser, name, PASSWORD)
    assert page.headers["retry-after"] == "60"
    assert PASSWORD not in page.text
    monkeypatch.setattr(Office, "now", lambda _: now + 61 * SECOND)
    assert came_in(browser, name, PASSWORD).status_code == 401
    assert len(tried) == 6


def test_tries_are_counted_by_name_and_by_address_and_forgotten() -> None:
    tries = Tries()
    for n in range(MOST):
        assert tries.take(n, "name a", f"address {n}")
    assert not tries.take(6, "name a", "address x")
    assert tries.take(6, "name b", "address x")  # the refused try cost the address nothing
    for n in range(MOST):
        tries.take(7, f"name {n}", "address y")
    assert not tries.take(8, "name z", "address y")
    assert tries.take(60 * SECOND, "name a", "address x")
    right = Tries()
    for n in range(50):
        assert right.take(n, "name a")
        right.forgive(n, "name a")
    many = Tries()
    for n in range(30_000):
        many.take(n, f"name {n}")
    assert len(many._seen) <= 10_000


def test_changing_ones_password_signs_out_everywhere_else(shop: Shop) -> None:
    here, there = signed_in(shop.app, "viewer"), signed_in(shop.app, "viewer")
    form = {"old": PASSWORD, "password": OTHER, "again": OTHER}
    for wrong in ({"old": OTHER}, {"again": PASSWORD}, {"password": "x", "again": "x"}):
        assert here.post("/settings/password", data=form | wrong).status_code == 422
    assert here.post("/settings/password", data=form).status_code == 303
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 303
    name = person(shop.office, "viewer").name
    assert came_in(stranger(shop.app), name, PASSWORD).status_code == 401
    assert came_in(stranger(shop.app), name, OTHER).status_code == 303


@pytest.mark.parametrize("make", [signed_in, lambda app, _: stranger(app)])
def test_language_and_colours_are_kept(shop: Shop, make: Callable[..., TestClient]) -> None:
    browser = make(shop.app, "viewer")
    page = "/login" if make is not signed_in else "/settings"
    for locale in ("en", "vi", "en"):
        answer = browser.post("/language", data={"locale": locale, "next": page + "?lang=vi"})
        assert answer.headers["location"] == page
        assert f'<html lang="{locale}"' in browser.get(page).text
    browser.post("/language", data={"locale": "xx", "next": page})
    assert '<html lang="en"' in browser.get(page).text
    assert '<html lang="vi"' in browser.get(page + "?lang=vi").text
    for theme, mark in (("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')):
        browser.post("/theme", data={"theme": theme, "next": page})
        assert mark in browser.get(page).text
    browser.post("/theme", data={"theme": "", "next": page})
    assert "data-theme" not in browser.get(page).text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("vi-VN", "vi"),
        ("fr,de;q=0.5", "vi"),
        ("", "vi"),
        (";;,,=", "vi"),
        ("fr,en", "en"),
    ],
)
def test_a_stranger_reads_in_their_browsers_language(shop: Shop, asked: str, found: str) -> None:
    page = stranger(shop.app).get("/login", headers={"Accept-Language": asked})
    assert f'<html lang="{found}"' in page.text


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "a' OR '1'='1",
        "\u0000",
    ],
)
def test_what_is_typed_is_shown_as_text(shop: Shop, name: str) -> None:
    page = came_in(stranger(shop.app), name, OTHER)
    assert page.status_code == 401
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "49" not in page.text.split("</head>")[1].replace(name, "")


def test_names_that_were_typed_are_not_in_the_audit_log(shop: Shop) -> None:
    person(shop.office, "owner")
    came_in(stranger(shop.app), "0903123218", OTHER)
    noted = repr(shop.office.desk.audit.latest(10))
    assert "sign-in refused" in noted
    assert "0903123218" not in noted
