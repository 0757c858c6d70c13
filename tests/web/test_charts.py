"""The geometry of the charts: nothing lost, nothing outside its frame, and in proportion."""

from __future__ import annotations

import re
from itertools import pairwise
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.web.charts import alluvial
from thang.web.charts.alluvial import NEW, Alluvial
from thang.web.charts.axis import ticks
from thang.web.charts.ladder import Climb, Ladder, Rung
from thang.web.charts.lines import Band, Spark
from thang.web.charts.stack import Stack

COUNTS = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=9)
KEYS = tuple("abcdefg")


@given(COUNTS)
def test_bars_are_in_proportion_and_leave_room_for_their_numbers(counts: list[int]) -> None:
    ladder = Ladder(tuple(Rung(str(i), n) for i, n in enumerate(counts)))
    widths = [ladder.width(rung) for rung in ladder.rungs]
    assert all(0 <= width <= 72 for width in widths)
    most = max(counts)
    for width, n in zip(widths, counts, strict=True):
        assert width == 0 if most == 0 else isclose(width, max(widths) * n / most, abs_tol=0.02)
    assert isclose(sum(map(ladder.share, ladder.rungs)), 1 if most else 0, abs_tol=1e-9)


def test_the_ladder_is_drawn_from_the_top_with_what_happened_beneath_each_rung() -> None:
    rungs = tuple(Rung(key, n) for key, n in (("low", 5), ("middle", 3), ("high", 1)))
    first, second = Climb(2, 1, 8), Climb(1, 0, 0)
    drawn = Ladder(rungs, (first, second)).downwards()
    assert [(rung.level, climb) for rung, climb in drawn] == [
        ("high", second), ("middle", first), ("low", None),
    ]  # fmt: skip
    assert first.rate == 0.25
    assert second.rate is None
    with pytest.raises(ValueError, match="one climb fewer"):
        Ladder(rungs, (first,))


@given(st.one_of(st.integers(0, 10**12), st.floats(0, 1e9)))
def test_an_axis_is_even_round_and_covers_everything(greatest: float) -> None:
    marks = ticks(greatest)
    assert marks[0] == 0
    assert marks[-1] >= greatest
    assert 2 <= len(marks) <= 7
    step = marks[1]
    assert step == int(step) >= 1
    assert all(isclose(b - a, step) for a, b in pairwise(marks))
    assert re.fullmatch(r"(1|2|25|5)0*", str(int(step)))


@given(st.lists(st.tuples(*[st.integers(0, 10**7)] * 3), min_size=1, max_size=12), st.booleans())
def test_columns_stack_up_to_their_total(rows: list[tuple[int, int, int]], as_share: bool) -> None:
    months = tuple(f"2026-{m + 1:02}" for m in range(len(rows)))
    stack = Stack(months, ("a", "b", "c"), tuple(rows), as_share=as_share)
    for column, row in zip(stack.columns(), rows, strict=True):
        assert column.total == sum(row)
        assert [s.level for s in column.segments] == [
            key for key, n in zip("abc", row, strict=True) if n
        ]
        below = 1000.0
        for segment in column.segments:
            assert segment.height >= 0
            assert 0 <= segment.y <= segment.y + segment.height <= below + 0.02
            below = segment.y
        if row != (0, 0, 0):
            full = sum(row) if as_share else stack.ticks[-1]
            assert isclose(1000 - below, 1000 * sum(row) / full, abs_tol=5.1)
    assert sum(column.current for column in stack.columns()) == 1
    assert stack.columns()[-1].current


def test_a_stack_refuses_rows_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="one row"):
        Stack(("2026-01",), ("a",), ())
    with pytest.raises(ValueError, match="one count a level"):
        Stack(("2026-01",), ("a", "b"), ((1,),))


FLOWS = st.dictionaries(
    st.tuples(st.integers(-1, 6), st.integers(0, 6)), st.integers(0, 5_000_000), max_size=56
)


@given(FLOWS)
def test_ribbons_lie_within_their_nodes_and_the_frame(flows: dict[tuple[int, int], int]) -> None:
    drawing = Alluvial(KEYS, flows).drawing()
    real = {pair: n for pair, n in flows.items() if n}
    assert len(drawing.ribbons) == len(real)
    assert sum(r.count for r in drawing.ribbons) == sum(real.values())
    for side, of in ((drawing.left, 0), (drawing.right, 1)):
        assert sum(node.count for node in side) == sum(real.values())
        assert len(side) == len({pair[of] for pair in real})
        ends = [(node.y, node.y + node.height) for node in side]
        assert all(0 <= top < bottom <= 100.05 for top, bottom in ends)
        assert all(a[1] < b[0] for a, b in pairwise(ends))
        labels = [node.label_y for node in side]
        assert all(0 <= y <= 100 for y in labels)
        assert all(b - a >= 4.3 for a, b in pairwise(labels))
    for ribbon in drawing.ribbons:
        y = [float(n) for n in re.findall(r"(?<=[ V])-?\d+\.\d", ribbon.path)]
        assert all(-0.1 <= value <= 1000.6 for value in y)


def test_heights_go_by_the_root_of_people() -> None:
    drawing = Alluvial(("a", "b"), {(0, 0): 100, (1, 1): 10_000}).drawing()
    upper, lower = drawing.left
    thin = alluvial.THINNEST / 10
    assert isclose((upper.height - thin) / (lower.height - thin), sqrt(10_000 / 100), rel_tol=0.01)


def test_directions_and_the_table() -> None:
    chart = Alluvial(("a", "b"), {(NEW, 0): 4, (0, 1): 3, (1, 0): 2, (0, 0): 1, (1, 1): 0})
    kinds = {(r.source, r.target): r.kind for r in chart.drawing().ribbons}
    assert kinds == {
        (None, "a"): "new", ("a", "b"): "up", ("b", "a"): "down", ("a", "a"): "stayed",
    }  # fmt: skip
    assert chart.people("up", "down") == 5
    assert chart.rows() == (("b", (2, 0)), ("a", (1, 3)), (None, (4, 0)))


@given(st.lists(st.floats(0, 1000), max_size=9).map(sorted))
def test_labels_keep_their_order_and_distance(wanted: list[float]) -> None:
    placed = alluvial.spread(wanted)
    assert len(placed) == len(wanted)
    assert all(b - a >= alluvial.LABEL - 1e-6 for a, b in pairwise(placed))
    assert all(0 <= y <= 1000 for y in placed)


@given(st.lists(st.integers(0, 10**7), max_size=12))
def test_a_spark_stays_in_its_box(values: list[int]) -> None:
    points = Spark(tuple(values)).points()
    corners = [tuple(map(float, p.split(","))) for p in points.split()]
    assert len(corners) == (len(values) if len(values) > 1 else 0)
    assert all(0 <= x <= 64 and 0 <= y <= 20 for x, y in corners)
    if corners:
        highest = min(range(len(values)), key=lambda i: corners[i][1])
        assert isclose(values[highest], max(values), abs_tol=max(values) * 0.01)


def test_a_band_holds_its_line() -> None:
    band = Band(("1", "2"), (1.0, 2.0), (2.0, 4.0), (3.0, 8.0))
    assert len(band.area().split()) == 4
    assert len(band.line().split()) == 2
    with pytest.raises(ValueError, match="between its low and its high"):
        Band(("1",), (2.0,), (1.0,), (3.0,))
    with pytest.raises(ValueError, match="as many"):
        Band(("1",), (), (1.0,), (3.0,))
