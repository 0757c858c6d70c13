"""The page of outcomes: what is said where little is known, and that an interval's words and
bars say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.nonsense import nonsense
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in, stranger

from thang.river.measuring.rates import Arm
from thang.web.charts.intervals import Interval, Scale
from thang.workspace.north_star import Guarded, NorthStar, Quarter, Span
from thang.workspace.outcomes import Tried

number = st.floats(-1e6, 1e6)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 60)
    yield found
    found.office.close()


@pytest.mark.parametrize("locale", ["en", "vi"])
def test_a_shop_without_strategies_is_told_moves_and_no_effects(shop: Shop, locale: str) -> None:
    page = signed_in(shop.app, "viewer").get(f"/outcomes?lang={locale}")
    assert page.status_code == 200
    assert stranger(shop.app).get("/outcomes").status_code == 303
    assert nonsense(page.text) == []
    if locale == "en":
        assert "no effect can be told" in page.text
        assert page.text.count("what happened, not what caused it") == 2


def test_every_rung_is_told_and_shares_of_a_row_come_to_all(shop: Shop) -> None:
    viewer = signed_in(shop.app, "viewer")
    page = viewer.get("/outcomes").text
    matrix = page[page.index("Every move") :].split("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", matrix, re.S)
    told = viewer.get("/api/outcomes").json()
    assert len(rows) == len(told["rungs"])
    for row, counts in zip(rows, told["flows"], strict=True):
        shares = [float(one) for one in re.findall(r">([0-9.]+)%<", row)]
        assert len(shares) == sum(1 for n in counts if n)
        assert not shares or abs(sum(shares) - 100) < 0.5


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


TRIED = (
    Tried("after_sales", "told", Arm(60, 400), Arm(30, 390), 0.073, 0.031, 0.116, 0.99, True, 3),
    Tried("loyalty_enrol", "told", Arm(30, 400), Arm(52, 390), -0.058, -0.1, -0.02, 0.01, True, 5),
    Tried("vip_programme", "told", Arm(9, 90), Arm(8, 90), 0.011, -0.08, 0.1, 0.6, False, 14),
    Tried("webinar", "few_data", Arm(1, 12), Arm(0, 3), None, None, None, None, False, None),
    Tried("gone_by_now", "few_data", Arm(1, 30), Arm(0, 19), None, None, None, None, False, 40),
)
QUARTER = Quarter(
    1_767_200_400_000_000, 1_774_976_400_000_000, 15_000, 1_500, Span(4.2, 1.1, 7.3),
    Span(12_345.6, -3_000.0, 27_000.0), Span(None, None, None),
    (Guarded("opt_outs", Span(0.001, -0.002, 0.004), holds=True),),
)  # fmt: skip


@pytest.fixture
def lived(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop of which effects are known."""
    told = shop.office.shop.outcomes()
    star = NorthStar((QUARTER,), ("level_ups", "kept"), 0.93)
    known = replace(told, strategies=TRIED, star=star)
    monkeypatch.setattr(shop.office.shop, "outcomes", lambda: known)
    return shop


def test_effects_are_told_in_words_and_as_they_are(lived: Shop) -> None:
    page = signed_in(lived.app, "viewer").get("/outcomes").text
    assert "Of 1,000 people whom strategies may meet, 4.2 more move up" in page
    assert "from +1.1 to +7.3" in page
    for said in ("+7.3", "−5.8", "+1.1", "its smaller side lacks 17 people", "lacks 1 person<"):
        assert said in page
    assert page.count("it helps<") == 1
    assert page.count("it does harm<") == 1
    assert "About 14 more such months" in page
    assert "within ten years" in page
    assert "gone_by_now" in page
    assert page.count('class="unmet"') + page.count("unmet ") >= 2
    assert nonsense(page) == []


def test_an_effect_that_may_be_chance_is_not_called_one(lived: Shop) -> None:
    page = signed_in(lived.app, "viewer").get("/outcomes").text
    row = page[page.index("/campaigns/vip_programme") :].split("</li>")[0]
    assert ">not sure yet<" in row
    assert 'class="interval"' in row
    row = page[page.index("/campaigns/after_sales") :].split("</li>")[0]
    assert 'class="interval up"' in row
