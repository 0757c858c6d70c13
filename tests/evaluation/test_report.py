"""The report says of each row whether it is met, and why not."""

from __future__ import annotations

from evaluation.report import Row, written


def test_a_missed_row_says_why_and_a_met_one_does_not() -> None:
    rows = [
        Row("One", "0.9", "0.8", "no less", True, "here", "beside it", "never said"),
        Row("Two", "0.1", "0.8", "no less", False, "here", reason="too few"),
        Row("Three", "", "", "", None, ""),
    ]
    page = written(rows, "a machine", 90, "Seeds from 9 on")
    assert "1 rows met, 1 missed" in page
    assert "| Two | 0.1 | 0.8 | no less | missed | here |" in page
    assert "* **One**: beside it\n* **Two**: too few\n" in page
    assert "not run" in page
    assert "never said" not in page
