"""Wrong types, absent people, stale pages and worse: a plain answer, never a server's error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in

from thang.web.rooms import ROOMS

NASTY = (
    "", " ", "0", "-1", "9" * 30, "9" * 400, "NaN", "1e309", "true", "null", "é", "đ",
    "\u0000", "\ud7ff", "\u202egnort", "'", '"', "';drop table people;--", "<script>alert(1)</script>",
    "{{7*7}}", "%(n)s", "%s%n", "../../etc/passwd", "..\\..\\", "p_nobody", "p_" + "a" * 26, "p_ạ",
    "2026-02-30", "2026-13", "0000-00", "9999-12-31", "2026-06-30", "=1+1", "x" * 5000,
    "eyJhIjoxfQ", "W10", "[[[[", "raving_fan", "almost_up",
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = peopled(tmp_path_factory.mktemp("hostile") / "shop")
    yield made
    made.office.close()


@pytest.fixture(scope="module")
def browser(shop: Shop) -> TestClient:
    return signed_in(shop.app, "owner", raise_server_exceptions=False)


def routes(method: str) -> list[APIRoute]:
    found = (route for router in ROOMS for route in router.routes)
    return [route for route in found if isinstance(route, APIRoute) and method in route.methods]


def names(route: APIRoute) -> list[str]:
    """What a route reads out of its address."""

    def of(dependant: object) -> Iterator[str]:
        yield from (field.alias for field in dependant.query_params)  # type: ignore[attr-defined]
        for inner in dependant.dependencies:  # type: ignore[attr-defined]
            yield from of(inner)

    return sorted(set(of(route.dependant)))


def address(route: APIRoute, value: str) -> str:
    return re.sub(r"{[^}]*}", lambda _: quote(value, safe="", errors="replace") or "x", route.path)


@pytest.mark.parametrize("route", routes("GET"), ids=lambda route: route.path)
def test_whatever_stands_in_an_address_is_answered_plainly(
    browser: TestClient, route: APIRoute
) -> None:
    somebody = "p_nobody" if "{" in route.path else ""
    for name in names(route) or [""]:
        for value in NASTY:
            plain(browser, address(route, somebody), {name: value} if name else {}, (name, value))
    if "{" in route.path:
        for value in NASTY:
            plain(browser, address(route, value), {}, ("path", value))


def plain(browser: TestClient, path: str, query: dict[str, str], what: object) -> None:
    """Not a server's error, no trace, nothing repeated that would run."""
    answer = browser.get(path, params=query)
    assert answer.status_code < 500, (path, what)
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff", (path, what)
    if "json" not in answer.headers.get("content-type", ""):  # which no browser renders
        assert "<script>alert(1)" not in answer.text, (path, what)


@pytest.mark.parametrize("route", routes("POST"), ids=lambda route: route.path)
@pytest.mark.parametrize("kind", ["form", "json", "text", "nothing", "pieces"])
def test_whatever_is_posted_is_answered_plainly(
    browser: TestClient, route: APIRoute, kind: str
) -> None:
    path = address(route, "1")
    for value in ("", "\u0000", "x" * 5000, "<script>alert(1)</script>", "-1", "{"):
        body = {
            "form": {"data": {"name": value, "text": value, "role": value, "token": value}},
            "json": {"json": {"text": value, "name": [value]}},
            "text": {"content": value.encode(), "headers": {"content-type": "application/json"}},
            "nothing": {},
            "pieces": {"files": {"file": (value[:50] or "x", value.encode())}},
        }[kind]
        if "logout" in path or "sessions" in path:
            continue  # they end the session that this test needs; they have tests of their own
        answer = browser.post(path, **body)  # type: ignore[arg-type]
        assert answer.status_code < 500, (path, kind, value[:20])
        assert "Traceback" not in answer.text


def test_a_method_that_there_is_not_is_refused_in_words(browser: TestClient) -> None:
    for path in ("/ladder", "/customers", "/api/ladder"):
        assert browser.delete(path).status_code == 405


def test_what_there_is_not_is_a_page_of_its_own_and_a_problem_for_machines(
    browser: TestClient,
) -> None:
    page = browser.get("/no/such/page")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    problem = browser.get("/api/no/such/thing")
    assert problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert set(problem.json()) == {"type", "title", "status", "detail"}
