"""The programmes in the browser and over the API: who may see, pay and exchange, and only once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in

RULES = "programmes: {points: {money_per_point: 1000, worth: 10, least: 5}}\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 60)
    policy = found.office.shop.folder.policy_file
    policy.write_text(policy.read_text() + RULES)
    found.office.shop.classify()
    found.office.shop.book_programmes()
    yield found
    found.office.close()


@pytest.fixture(scope="module")
def rich(shop: Shop) -> str:
    """Somebody with points to spend."""
    people = shop.office.shop.export("placements")["person"].to_pylist()
    return next(one for one in people if shop.office.shop.points_of(one) > 20)


def test_the_page_says_what_was_granted_and_who_has_what(shop: Shop, rich: str) -> None:
    viewer = signed_in(shop.app, "viewer")
    page = viewer.get("/programmes", params={"person": rich})
    has = shop.office.shop.points_of(rich)
    assert page.status_code == 200
    assert f"They have {has:,} points" in page.text
    assert "/programmes/exchange" not in page.text, "a viewer changes nothing"
    told = viewer.get("/api/programmes").json()
    assert told["rules"]["points"]["money_per_point"] == 1000.0
    assert told["standing"]["points"] > 0


def once_of(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def test_points_are_exchanged_once_however_often_the_form_is_sent(shop: Shop, rich: str) -> None:
    marketer = signed_in(shop.app, "marketer")
    before = shop.office.shop.points_of(rich)
    once = once_of(marketer.get("/programmes", params={"person": rich}).text)
    form = {"person": rich, "points": "6", "once": once}
    codes = set()
    for _ in range(3):
        answer = marketer.post("/programmes/exchange", data=form)
        assert answer.status_code == 200
        found = re.search(r"<code[^>]*>([^<]+)</code>", answer.text) or re.search(
            r'value="([A-Z0-9-]{6,})"', answer.text
        )
        assert found
        codes.add(found[1])
    assert len(codes) == 1
    assert shop.office.shop.points_of(rich) == before - 6


@pytest.mark.parametrize("points", ["0", "-5", "4", "999999999", "many", "1e9", ""])
def test_what_cannot_be_exchanged_is_refused_plainly(shop: Shop, rich: str, points: str) -> None:
    marketer, before = signed_in(shop.app, "marketer"), shop.office.shop.points_of(rich)
    form = {"person": rich, "points": points, "once": "a-form-of-its-own"}
    assert 400 <= marketer.post("/programmes/exchange", data=form).status_code < 500
    assert shop.office.shop.points_of(rich) == before


def test_a_viewer_neither_pays_nor_exchanges(shop: Shop, rich: str) -> None:
    viewer = signed_in(shop.app, "viewer")
    form = {"person": rich, "points": "6", "once": "another-form"}
    assert viewer.post("/programmes/exchange", data=form).status_code == 403
    pair: dict[str, str] = {"referrer": rich, "friend": rich, "state": "accepted"}
    assert viewer.post("/programmes/referrals", data=pair).status_code == 403
    assert viewer.post("/api/programmes/referrals", json=pair).status_code == 403


def test_a_word_on_a_referral_is_kept(shop: Shop, rich: str) -> None:
    marketer = signed_in(shop.app, "marketer")
    pair = {
        "referrer": rich,
        "friend": rich,
        "state": "refused",
        "why": "<script>alert(1)</script>",
    }
    assert marketer.post("/programmes/referrals", data=pair).status_code == 303
    assert marketer.post("/programmes/referrals", data=pair | {"state": "x"}).status_code == 422
    nobody = pair | {"referrer": "p_nobody"}
    assert 400 <= marketer.post("/programmes/referrals", data=nobody).status_code < 500
    assert "<script>alert" not in marketer.get("/programmes").text
