"""The page and the API of staff tasks: their words, their order, and who may settle them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in, stranger

from thang.model import DAY
from thang.record import Record
from thang.workspace.choosing import Asked


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 60)
    yield found
    found.office.close()


@pytest.fixture(scope="module")
def template(shop: Shop) -> tuple[str, str]:
    """A strategy whose first step is a task for one person, and its template."""
    book = shop.office.shop.playbook()
    one = next(
        one for one in book.strategies if one.scope == "person" and "task" in one.steps[0].channels
    )
    return one.key, one.steps[0].template


@pytest.fixture(scope="module")
def refs(shop: Shop) -> list[tuple[int, str]]:
    return [(row.person, row.ref) for row in shop.office.shop.customers(Asked()).rows[:3]]


@pytest.fixture
def laid(shop: Shop, template: tuple[str, str], refs: list[tuple[int, str]]) -> list[str]:
    """Three tasks: overdue, of a strategy that is gone, and for next week."""
    now = shop.office.now()
    key, what = template
    rows = [
        {"id": "aa", "strategy": key, "person": refs[0][0], "what": what, "due": now - 3 * DAY},
        {"id": "bb", "strategy": "gone", "person": None, "what": "gone.x", "due": now},
        {"id": "cc", "strategy": key, "person": refs[1][0], "what": what, "due": now + 7 * DAY},
    ]
    with Record.open(shop.office.shop.folder.path, shop.office.shop.folder.now) as record:
        record.add_tasks(rows)
        for row in rows:
            record.settle_task(str(row["id"]), "open", "")
    return ["aa", "bb", "cc"]


def ids(browser: TestClient, query: str = "") -> list[str]:
    return [one["id"] for one in browser.get(f"/api/tasks{query}").json()["tasks"]]


def test_without_tasks_the_page_says_so_and_leads_on(shop: Shop) -> None:
    page = signed_in(shop.app, "viewer").get("/tasks")
    assert page.status_code == 200
    assert "No task here" in page.text
    assert 'href="/campaigns"' in page.text


def test_a_task_is_shown_in_its_words_with_its_person_and_day(
    shop: Shop, laid: list[str], refs: list[tuple[int, str]], template: tuple[str, str]
) -> None:
    page = signed_in(shop.app, "marketer").get("/tasks").text
    assert f'href="/customers/{refs[0][1]}"' in page
    subject = shop.office.shop.playbook().templates[template[1]].subject.en
    assert subject.split("{{")[0].strip() in page
    assert "{{" not in page
    assert "overdue" in page
    assert "says so no more" in page


def test_tasks_come_by_urgency_and_by_what_is_asked(
    shop: Shop, laid: list[str], refs: list[tuple[int, str]]
) -> None:
    viewer = signed_in(shop.app, "viewer")
    assert ids(viewer) == laid
    assert ids(viewer, "?when=overdue") == ["aa"]
    assert ids(viewer, "?when=today") == ["bb"]
    assert ids(viewer, f"?person={refs[1][1]}") == ["cc"]
    assert ids(viewer, "?strategy=gone") == ["bb"]
    assert ids(viewer, "?state=done") == []
    assert viewer.get("/api/tasks?state=lost").status_code == 422


def test_who_settles_a_task_is_named_and_may_take_it_back(shop: Shop, laid: list[str]) -> None:
    marketer = signed_in(shop.app, "marketer")
    answer = marketer.post("/tasks/aa", data={"do": "done", "back": "/tasks?when=overdue"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?when=overdue")
    assert ids(marketer) == ["bb", "cc"]
    assert "Người thử marketer" in marketer.get("/tasks?state=done").text
    marketer.post("/tasks/aa", data={"do": "open"})
    assert ids(marketer) == laid
    assert marketer.post("/api/tasks/cc", json={"state": "dropped"}).status_code == 200
    assert ids(marketer, "?state=dropped") == ["cc"]


def test_what_cannot_be_settled_is_refused_and_changes_nothing(shop: Shop, laid: list[str]) -> None:
    viewer, marketer = signed_in(shop.app, "viewer"), signed_in(shop.app, "marketer")
    assert stranger(shop.app).get("/tasks").status_code == 303
    assert viewer.post("/tasks/aa", data={"do": "done"}).status_code == 403
    assert 'action="/tasks/' not in viewer.get("/tasks").text
    assert marketer.post("/tasks/aa", data={"do": "eaten"}).status_code == 422
    assert marketer.post("/tasks/nobody", data={"do": "done"}).status_code == 422
    far = marketer.post("/tasks/aa", data={"do": "open", "back": "https://example.org/"})
    assert far.headers["location"] == "/ladder"
    assert ids(viewer) == laid


def test_a_long_list_goes_on_where_it_ended(shop: Shop, laid: list[str]) -> None:
    now = shop.office.now()
    many = [
        {"id": f"m{n:03}", "strategy": "many", "person": None, "what": "gone.x", "due": now + n}
        for n in range(120)
    ]
    with Record.open(shop.office.shop.folder.path, shop.office.shop.folder.now) as record:
        record.add_tasks(many)
    viewer = signed_in(shop.app, "viewer")
    seen: list[str] = []
    after = ""
    for _ in range(4):
        told = viewer.get("/api/tasks", params={"strategy": "many", "after": after}).json()
        seen += [one["id"] for one in told["tasks"]]
        after = told["after"]
        if not after:
            break
    assert seen == [str(row["id"]) for row in many]
    assert "Next page" in viewer.get("/tasks?strategy=many").text
