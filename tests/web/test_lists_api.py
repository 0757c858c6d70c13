"""Lists, a story and a month's movement as JSON: the same people, masked, and plain refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.visitors import open_shop, signed_in, stranger
from tests.workspace.shops import LAST_DAY, invented, new_shop, tell

from thang.web.app import create_app
from thang.web.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    shop = new_shop(tmp_path_factory.mktemp("lists") / "shop")
    tell(shop, invented(90))
    shop.classify(LAST_DAY)
    office = open_shop(Path(shop.folder.path))
    yield office
    office.close()


@pytest.fixture(scope="module")
def browser(office: Office) -> TestClient:
    return signed_in(create_app(office), "viewer")


def test_a_list_is_read_page_by_page_and_holds_everybody_once(browser: TestClient) -> None:
    page = browser.get("/api/customers").json()
    found = [one["person"] for one in page["people"]]
    while page["next"]:
        page = browser.get("/api/customers", params={"cursor": page["next"]}).json()
        found += [one["person"] for one in page["people"]]
    assert len(found) == len(set(found)) == page["count"] == 90


def test_contacts_are_masked(browser: TestClient) -> None:
    text = browser.get("/api/customers", params={"size": 100}).text
    assert "***" in text
    assert "+84" not in text


def test_a_story_has_every_event_and_move(browser: TestClient) -> None:
    person = browser.get("/api/customers").json()["people"][0]["person"]
    url, told, before = f"/api/people/{person}/timeline", [], None
    while True:
        page = browser.get(url, params={"limit": 3} | ({"before": before} if before else {})).json()
        told += page["entries"]
        before = page["before"]
        if not before:
            break
    assert len(told) == page["events"] + page["moves"]
    assert {entry["type"] for entry in told} == {"event", "move"}


def test_movement_counts_everybody(browser: TestClient) -> None:
    moved = browser.get("/api/movement").json()
    assert sum(moved["stocks"][-1]) == 90
    assert len(moved["levels"]) == len(moved["stocks"][-1])


@pytest.mark.parametrize(
    "path",
    ["/api/customers?cursor=x", "/api/customers?activity=asleep", "/api/customers?size=7",
     "/api/movement?month=2026-99", "/api/people/KH-v%E1%BA%AFng/timeline"],
)  # fmt: skip
def test_what_there_is_not_is_a_problem_told_plainly(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_stranger_sees_nobody(office: Office) -> None:
    for path in ("/api/customers", "/api/movement", "/api/people/KH-1/timeline"):
        assert stranger(create_app(office)).get(path).status_code == 401
