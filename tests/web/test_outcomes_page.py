"""The page of outcomes: what is said where little is known, and that an interval's words and
bars say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.peopled import peopled
from tests.web.visitors import signed_in, stranger

from thang.web.charts.intervals import Interval, Scale

number = st.floats(-1e6, 1e6)


@pytest.mark.parametrize("locale", ["en", "vi"])
def test_a_shop_without_strategies_is_told_moves_and_no_effects(
    tmp_path: Path, locale: str
) -> None:
    shop = peopled(tmp_path / "shop", 60)
    viewer = signed_in(shop.app, "viewer")
    viewer.post("/language", data={"locale": locale, "next": "/outcomes"})
    page = viewer.get("/outcomes")
    assert page.status_code == 200
    assert stranger(shop.app).get("/outcomes").status_code == 303
    for nonsense in (">None", "nan", "inf ", "%("):
        assert nonsense not in page.text
    if locale == "en":
        assert "no effect can be told" in page.text
        assert page.text.count("what happened, not what caused it") == 2
    shop.office.close()


def test_every_rung_is_told_and_shares_of_a_row_come_to_all(tmp_path: Path) -> None:
    shop = peopled(tmp_path / "shop", 60)
    viewer = signed_in(shop.app, "viewer")
    viewer.post("/language", data={"locale": "en", "next": "/"})
    page = viewer.get("/outcomes").text
    matrix = page[page.index("Every move") :].split("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", matrix, re.S)
    told = viewer.get("/api/outcomes").json()
    assert len(rows) == len(told["rungs"])
    for row, counts in zip(rows, told["flows"], strict=True):
        shares = [float(one) for one in re.findall(r">([0-9.]+)%<", row)]
        assert len(shares) == sum(1 for n in counts if n)
        assert not shares or abs(sum(shares) - 100) < 0.5
    shop.office.close()


@given(st.lists(st.tuples(number, number, number), min_size=1, max_size=8))
def test_bars_keep_their_order_and_the_side_of_nothing_they_lie_on(
    bounds: list[tuple[float, float, float]],
) -> None:
    intervals = [Interval(*sorted(one)) for one in bounds]
    scale = Scale.of([*intervals, None])
    assert 0 <= scale.zero <= 1000
    for one in intervals:
        drawn = scale.drawn(one)
        assert drawn.x >= 0
        assert drawn.x + drawn.width <= 1000
        assert drawn.x <= drawn.at <= drawn.x + drawn.width + 0.1
        if one.tone == "up":
            assert drawn.x >= scale.zero
        if one.tone == "down":
            assert drawn.x + drawn.width <= scale.zero + 2.1
        assert (one.tone == "up") == (one.low > 0)


def test_a_chart_of_nothing_still_has_a_scale() -> None:
    assert Scale.of([]).zero == 500
    assert Scale.of([Interval(0, 0, 0)]).drawn(Interval(0, 0, 0)).at == 500
