"""Values from a form into the text: they are there afterwards, and everything else is as it was."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from functools import lru_cache

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from thang.model import WrongPolicy
from thang.policy.diff import diff
from thang.policy.editing import WrongFieldError, edited
from thang.policy.form import Field, level_forms
from thang.policy.load import default_text, read_policy

TEXTS = {
    "empty": "",
    "a remark": "# only mine\n",
    "no newline": "shop: {currency: USD}",
    "windows lines": "shop:\r\n  currency: USD # the till's\r\n",
    "own rules": (
        "# my shop\nlevels:\n  premier: # the best\n    hold_months: 6 # half a year\n"
        "    keep: >-\n      spend >= 0.5 * own_bar\n\n# the end\nprogramme: yes # a card\n"
    ),
    "braces": "levels: {premier: {grace: 3, keep: 'spend >= 0.5 * own_bar'}}\n",
    "braces of many lines": (
        "levels: {\n  premier: {grace: 3}, # strict\n  member: {hold_months: 3},\n}\n"
    ),
    "an empty key": "levels:\nprogramme: no\n",
    "nothing at all": "{}\n",
    "a null": "levels: {member: {hold_months: null}}\n",
    "deep": "levels:\n        advocate:\n                grace: 1\n",
    "a literal": "levels:\n  premier:\n    keep: |\n      spend >=\n      0.5 * own_bar\n",
    "quoted": 'levels:\n  premier:\n    enter: "orders >= 3"\n    name: {vi: "Vàng 1", en: Gold}\n',
    "everything": default_text(),
    "number first": "levels: {premier: {enter: 3 <= orders, keep: own_bar * 0.5 <= spend}}\n",
}


WHOLE = ("empty", "own rules")  # of these every field is always tried, of others a few


@lru_cache(maxsize=64)
def fields(text: str) -> dict[str, Field]:
    return {f.path: f for form in level_forms(read_policy(text)) for f in form.fields}


def remarks(text: str) -> list[str]:
    return re.findall(r"(?m)(?:^|\s)(#.*?)\s*$", text)


def some(name: str, known: dict[str, Field]) -> list[str]:
    return list(known) if name in WHOLE else random.Random(name).sample(sorted(known), 12)


@pytest.mark.parametrize("name", TEXTS)
def test_a_field_can_be_changed_alone(name: str) -> None:
    changed_alone(TEXTS[name], some(name, fields(TEXTS[name])))


@pytest.mark.soak
@pytest.mark.parametrize("name", TEXTS)
def test_every_field_can_be_changed_alone(name: str) -> None:
    changed_alone(TEXTS[name], list(fields(TEXTS[name])))


def changed_alone(text: str, paths: list[str]) -> None:
    before = fields(text)
    for path in paths:
        field = before[path]
        new = "Hạng: mới" if field.is_text else str(int(Fraction(field.value)) + 1)
        out = edited(text, {path: new})
        after = fields(out)
        assert after[path].value == new
        others = {name: f.value for name, f in after.items() if name != path}
        assert others == {name: f.value for name, f in before.items() if name != path}
        assert set(remarks(text)) <= set(remarks(out))
        changed = diff(read_policy(text), read_policy(out))
        assert len(changed) == 1
        assert path.startswith(changed[0].key)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_values_as_they_are_leave_every_character(text: str) -> None:
    same = {path: field.value for path, field in fields(text).items()}
    assert edited(text, same) == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_many_changes_at_once_and_back(text: str, seed: int) -> None:
    changed_and_back(text, seed)


@pytest.mark.soak
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_many_more_changes_at_once_and_back(text: str, seed: int) -> None:
    changed_and_back(text, seed)


def changed_and_back(text: str, seed: int) -> None:
    dice = random.Random(seed)
    known = fields(text)
    chosen = dice.sample(sorted(known), 8)
    wanted = {
        path: f"Bậc {dice.randrange(99)}" if known[path].is_text else str(dice.randrange(1, 24))
        for path in chosen
    }
    out = edited(text, wanted)
    assert {path: fields(out)[path].value for path in chosen} == wanted
    back = edited(out, {path: known[path].value for path in chosen})
    assert diff(read_policy(text), read_policy(back)) == []


def test_a_number_is_changed_where_it_stands() -> None:
    text = TEXTS["own rules"]
    out = edited(text, {"levels.premier.keep.0": "0.8", "levels.premier.hold_months": "9"})
    assert out == text.replace("0.5", "0.8").replace("months: 6", "months: 9")


def test_a_whole_ladder_as_a_list_is_edited_in_its_place() -> None:
    out = edited(default_text(), {"levels.premier.enter.0": "5"})
    assert out == default_text().replace(
        "enter: orders >= 3 and spend >= premier_bar", "enter: orders >= 5 and spend >= premier_bar"
    )


def test_what_a_number_is_compared_with_is_said() -> None:
    known = fields("levels: {premier: {enter: 3 <= orders and 2 * spend > 0.5 * premier_bar}}")
    told = [
        (f.left, f.op, f.value, f.times) for p, f in known.items() if p.startswith("levels.premier.enter")
    ]  # fmt: skip
    assert told == [
        ("orders", ">=", "3", ""),
        ("premier_bar", "<", "2", "spend"),
        ("spend", ">", "0.5", "premier_bar"),
    ]


WRONG = {
    "letters": ("levels.premier.grace", "two"),
    "nothing": ("levels.premier.grace", " "),
    "negative": ("levels.premier.keep.0", "-1"),
    "a half check": ("levels.premier.grace", "1.5"),
    "script": ("levels.premier.grace", "<script>alert(1)</script>"),
    "another rule": ("levels.premier.keep.0", "0 or true"),
    "far too long": ("levels.premier.keep.0", "9" * 5000),
    "infinite": ("levels.premier.keep.0", "inf"),
    "no name": ("levels.premier.name.vi", "  "),
    "a name of two lines": ("levels.premier.name.vi", "a\nlevels: {}"),
    "two meanings": ("levels.premier.enter.0", "1.500"),
}


@pytest.mark.parametrize(("path", "value"), WRONG.values(), ids=WRONG)
def test_a_value_that_cannot_be_is_named_by_its_field(path: str, value: str) -> None:
    with pytest.raises(WrongFieldError) as refused:
        edited("", {path: value})
    assert refused.value.path == path
    assert str(refused.value).startswith(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [("levels.premier.hold_months", "121"), ("levels.premier.name.vi", "x" * 61)],
)
def test_a_value_out_of_its_range_is_refused_as_in_the_file(path: str, value: str) -> None:
    with pytest.raises(WrongPolicy, match=path.replace(".", r"\.")):
        edited("", {path: value})


def test_paths_that_no_form_has_change_nothing() -> None:
    text = TEXTS["own rules"]
    assert (
        edited(text, {"shop.currency": "USD", "levels.premier": "x", "": "1", "__proto__": "2"})
        == text
    )


def test_hostile_names_stay_names() -> None:
    for name in ("<img src=x onerror=alert(1)>", "null", "yes", "*a", "&a b", "{x: y}", "- a", "#a",
                 "'", '"', "a: b", "!!python/object:os.system", "007"):  # fmt: skip
        out = edited("", {"levels.member.name.vi": name})
        assert fields(out)["levels.member.name.vi"].value == name
        assert set(yaml.safe_load(out)["levels"]["member"]) == {"name"}


def test_what_an_alias_repeats_is_left_to_the_text() -> None:
    text = "levels:\n  premier: &same {hold_months: 4, grace: 1}\n  advocate: *same\n"  # both hold four months
    with pytest.raises(WrongPolicy, match="YAML text"):
        edited(text, {"levels.advocate.hold_months": "5"})
