"""YAML that is broken, hostile or merely odd: a sentence with the line, and never anything else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thang.model import WrongPolicy
from thang.policy.load import default_text, read_policy

LINES = default_text().splitlines()
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n"
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- a\n- b\n", 1, "keys with values"),
        ("\n\nhello\n", 3, "keys with values"),
        ("shop: {tz: UTC\n", 2, "no YAML"),
        ("shop:\n\ttz: UTC\n", 2, "indent with spaces"),
        ("shop:\n  tz: \x07\n", 2, "U+0007"),
        ("shop: {}\n---\nshop: {}\n", 2, "a single document"),
        ("shop:\n  tz: !!str UTC\n", 2, "tags (!)"),
        ("shop: !!python/object/apply:os.getcwd []\n", 1, "tags (!)"),
        ("shop:\n  tz: *nowhere\n", 2, "undefined alias"),
        ("shop: &s {x: *s}\n", 1, "aliases (*)"),
        ("[a, b]: c\n", 1, "a key is one word"),
        ("{a: b}: c\n", 1, "a key is one word"),
        ("x:\n" + "  - " * 17 + "x\n", 2, "nested too deep"),
        ("a: " + "[" * 50_000, 1, "nested too deep"),
        ("a: " + "{a: " * 40_000, 1, "nested too deep"),
    ],
)
def test_refused_by_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(WrongPolicy) as refused:
        read_policy(text)
    assert str(refused.value).startswith(f"policy.yaml:{line}: "), refused.value
    assert words in str(refused.value)


def test_aliases_do_not_multiply_without_end() -> None:
    with pytest.raises(WrongPolicy, match=r"^policy\.yaml:\d+: aliases \(\*\) repeat this"):
        read_policy(BOMB)


def test_a_text_that_is_no_policy_by_its_length() -> None:
    with pytest.raises(WrongPolicy, match=r"^policy\.yaml: it is longer than"):
        read_policy("# remark\n" * 30_000)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80) | st.text("abc:[]{}-&*!|>'\"#%@,? \n", max_size=80))
def test_any_text_is_a_policy_or_a_sentence(text: str) -> None:
    _read(text)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.integers(1, 3),
    st.sampled_from(("", "null", "x: 1", "  - x", "    enter: false", "  key: null", "a: [")),
)
def test_a_damaged_default_policy_is_a_policy_or_a_sentence(
    start: int, many: int, instead: str
) -> None:
    _read("\n".join([*LINES[:start], instead, *LINES[start + many :]]))


def _read(text: str) -> None:
    try:
        said = read_policy(text).fingerprint
    except WrongPolicy as error:
        said = str(error)
    assert re.fullmatch(r"[0-9a-f]{12}|policy\.yaml:\d+: .+\.", said, re.DOTALL)
