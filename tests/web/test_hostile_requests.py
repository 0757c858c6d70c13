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


def dealt(route: APIRoute, names: int, *, whole: bool) -> list[tuple[str, ...]]:
    """What each name of a route is asked with: everything, or half of it dealt out among them."""
    if whole:
        return [NASTY] * names
    half = NASTY[len(route.path) % 2 :: 2]
    return [half[n::names] for n in range(names)]


@pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["some", "all"]
)
@pytest.mark.parametrize("route", routes("GET"), ids=lambda route: route.path)
def test_whatever_stands_in_an_address_is_answered_plainly(
    browser: TestClient, route: APIRoute, whole: bool
) -> None:
    known = names(route) or [""]
    if "{" in route.path:
        known.append("{path}")
    for name, values in zip(known, dealt(route, len(known), whole=whole), strict=True):
        for value in values:
            in_path = name == "{path}"
            somebody = value if in_path else "p_nobody" if "{" in route.path else ""
            query = {name: value} if name and not in_path else {}
            plain(browser, address(route, somebody), query, (name, value))


def plain(browser: TestClient, path: str, query: dict[str, str], what: object) -> None:
    """Not a server's error, no trace, nothing repeated that would run."""
    answer = browser.get(path, params=query)
    assert answer.status_code < 500, (path, what)
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff", (path, what)
    if "json" not in answer.headers.get("content-type", ""):  # which no browser renders
        assert "<script>alert(1)" not in answer.text, (path, what)


POSTED = ("\u0000", "<script>alert(1)</script>", "{", "", "x" * 5000, "-1")


@pytest.mark.parametrize(
    "values",
    [POSTED[:2], pytest.param(POSTED, marks=pytest.mark.soak)], ids=["some", "all"],
)  # fmt: skip
@pytest.mark.parametrize("route", routes("POST"), ids=lambda route: route.path)
@pytest.mark.parametrize("kind", ["form", "json", "text", "nothing", "pieces"])
def test_whatever_is_posted_is_answered_plainly(
    browser: TestClient, route: APIRoute, kind: str, values: tuple[str, ...]
) -> None:
    path = address(route, "1")
    for value in values[:1] if kind == "nothing" else values:
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
