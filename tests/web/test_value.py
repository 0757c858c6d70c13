"""The page and the API of value: what is told, what is unknown, and before anything is known."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.nonsense import nonsense
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in, stranger

from thang.web.charts.curves import Curve


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 90)
    yield found
    found.office.close()


@pytest.fixture(scope="module")
def viewer(shop: Shop) -> TestClient:
    return signed_in(shop.app, "viewer")


def test_value_is_told_after_it_was_judged_and_not_before(shop: Shop, viewer: TestClient) -> None:
    assert "Not computed yet" in viewer.get("/value").text
    assert viewer.get("/api/value").json() == {"summed": None, "best": [], "worst": []}
    shop.office.shop.value(anew=True)
    page = viewer.get("/value")
    assert page.status_code == 200
    assert "Not computed yet" not in page.text
    assert "It cannot be tested yet" in page.text
    assert nonsense(page.text) == []


def test_the_page_speaks_vietnamese(shop: Shop) -> None:
    shop.office.shop.value(anew=True)
    browser = signed_in(shop.app, "marketer")
    browser.post("/language", data={"locale": "vi", "next": "/value"})
    text = browser.get("/value").text
    assert "Dự báo đúng đến đâu" in text
    assert "How well this foretells" not in text


def test_the_api_tells_the_shop_and_one_person(shop: Shop, viewer: TestClient) -> None:
    shop.office.shop.value(anew=True)
    told = viewer.get("/api/value").json()
    assert told["summed"]["buyers"] > 0
    best = told["best"][0]
    assert best["value_low"] <= best["value"] <= best["value_high"]
    one = viewer.get(f"/api/people/{best['ref']}/value").json()
    assert one["customer"] == best
    assert one["status"] == told["summed"]["status"]
    assert json.dumps(told).count("NaN") == 0


def test_strangers_are_told_nothing(shop: Shop) -> None:
    assert stranger(shop.app).get("/api/value").status_code == 401
    assert stranger(shop.app).get("/value").status_code == 303


def test_a_curve_goes_through_its_points_and_tells_tenths() -> None:
    curve = Curve(((0.0, 0.0), (0.5, 1.2), (1.0, 1.0)), level=1.0, width=100, height=120)
    assert curve.line() == "0.0,120.0 50.0,0.0 100.0,20.0"
    assert curve.compared() == "0.0,20.0 100.0,20.0"
    assert curve.rows()[0] == pytest.approx((0.1, 0.24))
    assert curve.rows()[-1] == pytest.approx((1.0, 1.0))
    below = Curve(((0.0, 0.0), (1.0, -1.0)), width=10, height=10)
    assert below.line() == "0.0,5.0 10.0,10.0"
    assert below.compared() == "0.0,5.0 10.0,0.0"


@pytest.mark.parametrize("points", [(), ((0.0, 0.0),), ((0.5, 1.0), (0.5, 2.0))])
def test_what_is_no_curve_is_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="rising"):
        Curve(points)
