"""Numbers as people type them: exact, and never read in a way that was not meant."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.policy.exact import number, written


@given(st.integers(0, 10**16 - 1))
def test_written_reads_back(units: int) -> None:
    value = Fraction(units, 10_000)
    assert number(written(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("007", 7), ("1_000", 1000), ("0.90", Fraction(9, 10)), ("0.125", Fraction(1, 8)),
     ("1000.125", Fraction(8001, 8)), ("1.1250", Fraction(9, 8)), ("2.50000", Fraction(5, 2))],
)  # fmt: skip
def test_read(text: str, value: Fraction) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "1.125", "500.000", "25.400", "1.000.000", "1,5", "1e6", "0x10", "1:30", ".5", "5.", "-1",
     "+1", "1__0", "_1", "٣", "１", "nan", "inf", "1/3", "9" * 13, "0.00001"],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no number|two ways|too long"):
        number(text)
