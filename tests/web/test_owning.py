"""What a person may ask for, from the customer's page and over the API: owners alone, and noted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 40)
    yield found
    found.office.close()


def people(shop: Shop) -> list[str]:
    return [row["person"] for row in shop.office.shop.export("placements").to_pylist()]


def test_owners_alone_are_offered_and_allowed_it(shop: Shop) -> None:
    (ref, *_) = people(shop)
    for role, offered in (("owner", True), ("marketer", False), ("viewer", False)):
        browser = signed_in(shop.app, role)
        assert ('id="rights"' in browser.get(f"/customers/{ref}?lang=en").text) is offered
        if not offered:
            assert browser.get(f"/customers/{ref}/bundle.zip").status_code == 403
            assert browser.post(f"/customers/{ref}/erase", data={"sure": "yes"}).status_code == 403
            assert browser.get(f"/api/people/{ref}/bundle").status_code == 403
            assert browser.delete(f"/api/people/{ref}?sure=true").status_code == 403
    assert ref in people(shop)


def test_a_bundle_is_handed_out_and_lies_nowhere(shop: Shop) -> None:
    ref, browser = people(shop)[0], signed_in(shop.app, "owner")
    for path in (f"/customers/{ref}/bundle.zip", f"/api/people/{ref}/bundle"):
        archive = zipfile.ZipFile(io.BytesIO(browser.get(path).content))
        assert {"everything.json", "letter.md", "thu.md"} <= set(archive.namelist())
    assert not list(shop.office.shop.folder.path.rglob("*.zip"))
    assert browser.get("/customers/p_nobody/bundle.zip").status_code == 422


def test_nobody_is_forgotten_by_mistake(shop: Shop) -> None:
    ref, browser = people(shop)[1], signed_in(shop.app, "owner")
    assert browser.post(f"/customers/{ref}/erase").status_code == 422
    assert browser.delete(f"/api/people/{ref}").status_code == 422
    assert browser.delete(f"/api/people/{ref}?sure=false").json() == {"state": "not begun"}
    assert browser.delete("/api/people/p_nobody?sure=true").status_code == 422
    assert ref in people(shop)


def test_whoever_is_forgotten_is_gone_and_the_audit_list_names_nobody(shop: Shop) -> None:
    first, second, *rest = people(shop)
    browser = signed_in(shop.app, "owner")
    answer = browser.post(f"/customers/{first}/erase", data={"sure": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers")
    told = browser.delete(f"/api/people/{second}?sure=true").json()
    assert told["state"] == "done"
    assert "numbers" not in told
    assert set(people(shop)) == set(rest)
    assert browser.get(f"/customers/{first}").status_code in (404, 422)
    noted = [line for line in shop.office.desk.audit.latest(20) if line.what == "person erased"]
    assert len(noted) == 2
    assert not [line for line in noted if first in line.about or second in line.about]
