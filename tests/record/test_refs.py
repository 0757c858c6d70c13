"""References to people: they come back, they say nothing, and nobody can guess one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.record.key import ShopKey
from thang.record.refs import Refs

REFS = Refs(ShopKey(bytes(range(32))))
NUMBERS = st.integers(0, (1 << 63) - 1)


@given(st.lists(NUMBERS, max_size=20))
def test_in_bulk_as_one_by_one_and_back(numbers: list[int]) -> None:
    refs = REFS.refs_of(np.array(numbers, dtype=np.int64))
    assert refs == [REFS.ref_of(number) for number in numbers]
    assert [REFS.id_of(ref) for ref in refs] == numbers
    assert len(set(refs)) == len(set(numbers))


def test_the_shape_is_fixed() -> None:
    assert all(len(ref) == 28 and ref.startswith("p_") for ref in REFS.refs_of(np.arange(50)))


@given(NUMBERS, st.integers(2, 27), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_mistyped_reference_names_nobody(number: int, place: int, letter: str) -> None:
    ref = REFS.ref_of(number)
    mistyped = ref[:place] + letter + ref[place + 1 :]
    assert REFS.id_of(mistyped) == (number if mistyped == ref else None)


@given(st.text())
def test_any_text_may_be_asked_for(text: str) -> None:
    assert REFS.id_of(text) is None
    assert REFS.id_of("p_" + text) is None


def test_capitals_and_spaces_from_a_copy_do_no_harm() -> None:
    assert REFS.id_of(f" {REFS.ref_of(42).upper()}\n") == 42


def test_another_shop_has_other_references() -> None:
    other = Refs(ShopKey(bytes(32)))
    assert other.ref_of(1) != REFS.ref_of(1)
    assert other.id_of(REFS.ref_of(1)) is None


@pytest.mark.parametrize("numbers", [[], [0], [1, 1]])
def test_few_are_no_special_case(numbers: list[int]) -> None:
    assert len(REFS.refs_of(np.array(numbers, dtype=np.int64))) == len(numbers)
