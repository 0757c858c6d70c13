"""Public pages: no account, no script, the same answer to everybody, and nothing credited."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in, stranger


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 40)
    yield found
    found.office.close()


@pytest.fixture
def visitor(shop: Shop) -> TestClient:
    """A stranger from whom nothing came in the last minute."""
    shop.app.state.__dict__.get("_state", {}).pop("public_tries", None)
    return stranger(shop.app)


def without_token(page: str) -> str:
    return re.sub(r'name="once" value="[^"]*"', "", page)


def test_a_known_code_and_an_invented_one_are_answered_alike(
    shop: Shop, visitor: TestClient
) -> None:
    someone = shop.office.shop.export("placements")["person"].to_pylist()[0]
    known = shop.office.shop.referral_code(someone)
    told = []
    for code in (known, "ZZZZ-ZZZZ"):
        page = visitor.get(f"/r/{code}")
        assert page.status_code == 200
        assert page.headers["x-robots-tag"] == "noindex"
        plain = code.replace("-", "")
        told.append(without_token(page.text).replace(plain, "").replace(code, ""))
    assert told[0] == told[1]


def test_a_friend_who_joins_waits_for_people_and_credits_nobody(
    shop: Shop, visitor: TestClient
) -> None:
    someone = shop.office.shop.export("placements")["person"].to_pylist()[0]
    code = shop.office.shop.referral_code(someone)
    before = shop.office.shop.export("placements").num_rows
    form = {"once": "one-form-once", "name": "Người Mới", "contact": "0900 000 001", "code": code}
    answers = {visitor.post("/join", data=form).text for _ in range(2)}
    assert len(answers) == 1
    marketer = signed_in(shop.app, "marketer")
    page = marketer.get("/programmes").text
    assert page.count("Người Mới</span>") == 1, "sent twice, kept once"
    assert f'href="/customers/{someone}"' in page
    assert shop.office.shop.export("placements").num_rows == before
    assert "Người Mới" not in signed_in(shop.app, "viewer").get("/programmes").text
    (one,) = shop.office.shop.written_forms()
    assert signed_in(shop.app, "viewer").post(f"/programmes/forms/{one.id}").status_code == 403
    assert marketer.post(f"/programmes/forms/{one.id}").status_code == 303
    assert shop.office.shop.written_forms() == ()


@pytest.mark.parametrize("path", ["/join", "/feedback"])
def test_what_lacks_something_is_asked_for_again(visitor: TestClient, path: str) -> None:
    assert visitor.post(path, data={"once": "an-empty-form"}).status_code == 422
    assert visitor.post(path, data={"once": "x", "name": "a"}).status_code == 422
    assert visitor.post(path, data={"once": "o" * 20, "name": "n" * 5000}).status_code == 422


def test_markup_in_feedback_stays_text(shop: Shop, visitor: TestClient) -> None:
    evil = "<script>alert(1)</script>{{ 7 * 7 }}"
    sent = {"once": "hostile-form", "text": evil, "name": '"><img src=x onerror=alert(1)>'}
    assert visitor.post("/feedback", data=sent).status_code == 200
    page = signed_in(shop.app, "marketer").get("/programmes").text
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7 * 7 }}" in page


def test_hostile_codes_are_kept_to_letters_and_digits(visitor: TestClient) -> None:
    for code in ('"><script>alert(1)', "%00", "é" * 20, "../../login", "x" * 61):
        answer = visitor.get(f"/r/{code}")
        assert answer.status_code in (200, 303, 404, 422), code
        assert "<script>alert" not in answer.text


def test_many_forms_from_one_address_are_told_to_wait(visitor: TestClient) -> None:
    sent = [
        visitor.post("/feedback", data={"once": f"form-{n:04}", "text": "hay"}).status_code
        for n in range(7)
    ]
    assert sent == [200] * 5 + [429] * 2


def test_another_website_cannot_send_our_forms(visitor: TestClient) -> None:
    elsewhere = {"Origin": "https://khac.example", "Sec-Fetch-Site": "cross-site"}
    form = {"once": "from-elsewhere", "text": "hay"}
    assert visitor.post("/feedback", data=form, headers=elsewhere).status_code == 403


def test_no_page_needs_a_script_or_asks_another_host(visitor: TestClient) -> None:
    for path in ("/join", "/feedback", "/r/ABCD2345"):
        text = visitor.get(path).text
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', text), path
        assert 'method="post"' in text
