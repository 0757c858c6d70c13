"""The page of channels, a test to oneself, and what a customer's page says of writing to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.visitors import Shop, signed_in, stranger
from tests.workspace.shops import new_shop, tell

from thang.model import DAY, Event, Identifier
from thang.record.knowing import Person
from thang.river.sending.nouns import Known
from thang.web.app import create_app
from thang.web.office import Office

MAIL, PHONE = "ban.mau@khong-co-that.example", "+84900000001"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = new_shop(tmp_path_factory.mktemp("shop") / "shop")
    names = (Identifier("email", MAIL), Identifier("phone", PHONE))
    tell(made, [Event("till", "signed_up", made.folder.now() - 9 * DAY, names, message_id="a")])
    made.classify()
    office = Office.open(made.folder.path)
    yield Shop(office, create_app(office))
    office.close()


@pytest.fixture
def settings(shop: Shop) -> Iterator[Path]:
    path = shop.office.shop.folder.path / "channels.yaml"
    yield path
    path.unlink(missing_ok=True)


def ref(shop: Shop) -> str:
    with shop.office.shop.look() as look:
        return look.record.refs.ref_of(min(look.record.find_any(MAIL)))


def known(shop: Shop) -> Known:
    with shop.office.shop.look() as look:
        numbers = tuple(n for text in (MAIL, PHONE) for n in look.record.find_any(text))
        person = Person(min(numbers), numbers)
        return look.record.known([person], shop.office.now())[person.number]


def test_without_settings_only_staff_is_there(shop: Shop) -> None:
    page = signed_in(shop.app, "viewer").get("/settings/channels")
    assert page.status_code == 200
    assert page.text.count(">not set<") == 6
    assert "/hooks/" not in page.text
    listed = signed_in(shop.app, "viewer").get("/api/channels").json()["channels"]
    assert [one["key"] for one in listed if one["is_set"]] == ["task", "call", "page"]


def test_the_hooks_addresses_are_owners_to_see(shop: Shop) -> None:
    for role, seen in (("viewer", False), ("marketer", False), ("owner", True)):
        page = signed_in(shop.app, role).get("/settings/channels").text
        assert ("/hooks/zalo/" in page) is seen


def test_a_mistake_is_shown_and_breaks_nothing(shop: Shop, settings: Path) -> None:
    settings.write_text("emial: {}\n", "utf-8")
    page = signed_in(shop.app, "viewer").get("/settings/channels")
    assert page.status_code == 200
    assert "channels.yaml:1" in page.text
    secret = "hunter2hunter2"  # noqa: S105
    settings.write_text(f"sms: {{brand: T, api_key: {secret}, secret: env:A}}\n", "utf-8")
    shown = signed_in(shop.app, "owner").get("/settings/channels").text
    assert "sms.api_key" in shown
    assert secret not in shown


def test_a_test_to_oneself_arrives_at_the_stand_in(shop: Shop, settings: Path) -> None:
    settings.write_text("fake: true\n", "utf-8")
    browser = signed_in(shop.app, "owner")
    shop.app.state.tested_at = 0
    to = "toi@khong-co-that.example"
    sent = browser.post("/settings/channels/test", data={"channel": "email", "to": to})
    assert (sent.status_code, sent.headers["location"]) == (303, "/settings/channels?tested=email")
    page = browser.get("/settings/channels?tested=email").text
    assert to in page
    assert "nobody is reached" in page
    again = browser.post("/settings/channels/test", data={"channel": "sms", "to": "0900000001"})
    assert again.status_code == 422
    shop.app.state.tested_at = 0
    assert (
        browser.post("/settings/channels/test", data={"channel": "task", "to": "x"}).status_code
        == 422
    )
    shop.app.state.tested_at = 0
    gone = {"channel": "email", "to": "no address\r\nBcc: a@b.example"}
    assert browser.post("/settings/channels/test", data=gone).status_code == 422
    notes = [one for one in shop.office.desk.audit.latest(50) if one.what == "channel tested"]
    assert notes
    assert all(to not in one.about for one in notes)


def test_a_customers_page_says_why_not_and_takes_their_word(shop: Shop) -> None:
    path = f"/customers/{ref(shop)}"
    browser = signed_in(shop.app, "marketer")
    assert "They have not agreed" in browser.get(path).text
    bare = {"state": "granted", "channel": "email", "purpose": "marketing"}
    assert browser.post(f"{path}/consent", data=bare).status_code == 422
    assert known(shop).consents == ()
    proven = bare | {"wording": "Tin khuyến mãi qua e-mail", "proof": "phiếu số 12"}
    assert browser.post(f"{path}/consent", data=proven).status_code == 303
    assert [(one.channel, one.granted) for one in known(shop).consents] == [("email", True)]
    no = {"state": "withdrawn", "channel": "every", "purpose": "marketing"}
    assert browser.post(f"{path}/consent", data=no).status_code == 303
    assert {one.channel for one in known(shop).consents if not one.granted} == {""}
    assert "Refused" in browser.get(path).text


@pytest.mark.parametrize("wrong", [
    {"state": "granted", "channel": "every", "purpose": "marketing", "wording": "x", "proof": "y"},
    {"state": "perhaps", "channel": "email", "purpose": "marketing"},
    {"state": "withdrawn", "channel": "task", "purpose": "marketing"},
    {"state": "withdrawn", "channel": "email", "purpose": "all"},
    {},
])  # fmt: skip
def test_a_word_that_says_nothing_is_not_written_down(shop: Shop, wrong: dict[str, str]) -> None:
    before = known(shop).consents
    path = f"/customers/{ref(shop)}/consent"
    assert signed_in(shop.app, "marketer").post(path, data=wrong).status_code == 422
    assert known(shop).consents == before


def test_only_who_may_takes_a_word_down(shop: Shop) -> None:
    before = known(shop).consents
    path = f"/customers/{ref(shop)}/consent"
    no = {"state": "withdrawn", "channel": "sms", "purpose": "marketing"}
    assert signed_in(shop.app, "viewer").post(path, data=no).status_code == 403
    assert stranger(shop.app).post(path, data=no).status_code == 303
    browser = signed_in(shop.app, "owner")
    del browser.headers["x-csrf-token"]
    assert browser.post(path, data=no).status_code == 403
    assert known(shop).consents == before
    form = re.search(r'action="[^"]*/consent"', signed_in(shop.app, "viewer").get(path[:-8]).text)
    assert form is None
