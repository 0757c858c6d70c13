"""The page, the list and the API of the groups, before and after they are judged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.nonsense import nonsense
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in

from thang.policy.aims import GROUPS
from thang.web.words.groups import NAMES


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 90)
    yield found
    found.office.close()


@pytest.fixture(scope="module")
def viewer(shop: Shop) -> TestClient:
    return signed_in(shop.app, "viewer")


@pytest.fixture(scope="module")
def before(shop: Shop, viewer: TestClient) -> tuple[str, dict[str, object]]:
    """What was shown before anybody was judged."""
    found = viewer.get("/groups").text, viewer.get("/api/groups").json()
    shop.office.shop.judge()
    return found


def test_groups_are_told_after_they_were_judged_and_not_before(
    before: tuple[str, dict[str, object]], viewer: TestClient
) -> None:
    page, told = before
    assert "Not computed yet" in page
    assert told == {"told": None, "best": []}
    after = viewer.get("/groups")
    assert after.status_code == 200
    assert "Not computed yet" not in after.text
    for name in NAMES.values():
        assert name in after.text
    assert nonsense(after.text) == []


@pytest.mark.usefixtures("before")
def test_counts_of_the_page_are_those_of_the_list(viewer: TestClient) -> None:
    told = viewer.get("/api/groups").json()["told"]
    assert [group["key"] for group in told["groups"]] == list(GROUPS)
    for group in told["groups"]:
        found = viewer.get(f"/api/customers?group={group['key']}&size=100").json()
        assert found["count"] == group["members"]
    assert viewer.get("/api/customers?group=none").json()["count"] == told["none"]
    assert viewer.get("/customers?group=viral").status_code == 200


def test_a_group_that_is_not_there_is_refused_plainly(viewer: TestClient) -> None:
    found = viewer.get("/customers?group=rich")
    assert found.status_code == 422
    assert "no group" in found.text
    assert viewer.get("/api/customers?group=rich").status_code in (400, 422)


@pytest.mark.usefixtures("before")
def test_each_person_has_their_evidence(viewer: TestClient) -> None:
    people = viewer.get("/api/customers?size=25").json()["people"]
    for one in people[:12]:
        ref = one["ref"] if "ref" in one else one["person"]
        found = viewer.get(f"/api/people/{ref}/groups").json()
        assert [group["key"] for group in found["groups"]] == list(GROUPS)
        for group in found["groups"]:
            assert group["score"] is None or 0 <= group["score"] <= 1
            if group["low"] is not None:
                assert group["low"] <= group["high"]
        page = viewer.get(f"/customers/{ref}").text
        assert "How sure it is that this person is of each kind." in page
        assert nonsense(page) == []
    assert viewer.get("/api/people/p_nobody/groups").status_code in (400, 404, 422)


@pytest.mark.usefixtures("before")
def test_vietnamese(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    token = browser.get("/groups").text.split('name="csrf" value="')[1].split('"')[0]
    browser.post("/language", data={"locale": "vi", "next": "/groups", "csrf": token})
    page = browser.get("/groups").text
    for word in ("Nhóm khách", "Thiện chí", "Khoan dung", "Lan truyền", "Giá trị", "Lợi nhuận"):
        assert word in page
