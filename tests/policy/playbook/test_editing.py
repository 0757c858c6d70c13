"""A playbook changed by a form: what the shop wrote stays letter for letter, and nothing else
changes its meaning."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from thang.model import WrongPolicy
from thang.policy.playbook.editing import added, changed, switched
from thang.policy.playbook.load import read_playbook
from thang.river.sending.merge import read_merge

OWN = """\
# Ours since May.
shop: {name: "Tiệm  Mơ"}   # as on the sign
strategies:
  # too loud for us
  customer_feedback: {enabled: false}
  after_sales:
    cooldown:   90   # was 45
"""
TEXTS = ("", "# nothing yet\n", OWN, "strategies: {}\n", "{shop: {name: Mơ}}\n", "shop:\n  name: Mơ",
         "strategies:\n    after_sales:\n        cooldown: 7\n", "strategies:\n")  # fmt: skip
BODY = 'Chào {{ person.first_name | default:"bạn" }},\n\n- một: "hai"\n# không phải ghi chú\nhết'


def strategy(**other: Any) -> dict[str, Any]:
    words = {"vi": "Gọi: thăm", "en": "yes"}
    step = {"wait": 0, "channels": ["task"], "subject": words, "body": {"vi": BODY, "en": "no\nno"}}
    return {
        "name": words, "levels": ["member"], "trigger": "days_since_order >= 30",
        "steps": {"first": step}, "success": {"when": "orders_placed >= 1", "within": 30},
        "metric": "orders", "cooldown": 60, **other,
    }  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_new_strategy_says_what_was_meant_and_nothing_else_changes(text: str) -> None:
    before, written = read_playbook(text), added(text, "call_round", strategy(), reads=read_merge)
    after = read_playbook(written)
    assert after.strategies[:-1] == before.strategies
    assert after.shop == before.shop
    assert after.strategies[-1].key == "call_round"
    assert after.templates["call_round.first"].body.vi.strip() == BODY
    assert after.templates["call_round.first"].subject.en == "yes"
    said = yaml.safe_load(written)["strategies"]["call_round"]
    assert said["steps"]["first"]["body"]["en"].strip() == "no\nno"


@pytest.mark.parametrize("text", TEXTS)
def test_a_switch_turned_twice_leaves_every_other_letter(text: str) -> None:
    off = switched(text, "after_sales", on=False)
    assert not next(one for one in read_playbook(off).strategies if one.key == "after_sales").on
    on = switched(off, "after_sales", on=True)
    assert read_playbook(on).strategies == read_playbook(text).strategies
    lines = on.splitlines()
    assert all(line in lines for line in OWN.splitlines()) or text != OWN


def test_what_stands_in_a_text_is_changed_where_it_stands() -> None:
    values = {("cooldown",): 30, ("steps", "day_1", "body", "vi"): "một\nhai"}
    written = changed(OWN, "after_sales", values)
    assert "    cooldown:   30   # was 45\n" in written
    book = read_playbook(written)
    assert book.templates["after_sales.day_1"].body.vi == "một\nhai"
    assert book.templates["after_sales.day_1"].body.en == read_playbook("").templates[
        "after_sales.day_1"
    ].body.en  # fmt: skip


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"trigger": "days_since_orderz >= 30"}, "days_since_order"),
        ({"trigger": "days_since_orders >="}, "trigger"),
        ({"success": {"when": "true", "within": 3}}, "success"),
        ({"levels": ["membr"]}, "member"),
        ({"cooldown": -1}, "cooldown"),
        ({"steps": {}}, "steps"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_strategy_is_refused_with_its_key(other: dict[str, Any], word: str) -> None:
    with pytest.raises(WrongPolicy, match=word):
        added(OWN, "call_round", strategy(**other))


@pytest.mark.parametrize(
    "body",
    [
        "{{ person.phone }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        '{{ shop.name | default:"a" | default:"b" | default:"c" * 99 }}',
        "{% if person.name %}" * 3_000,
        "{{ person.name.__class__ }}",
    ],
)
def test_a_text_that_cannot_be_filled_is_refused_before_it_is_kept(body: str) -> None:
    row = strategy()
    row["steps"]["first"]["body"]["vi"] = body
    with pytest.raises(WrongPolicy):
        added(OWN, "call_round", row, reads=read_merge)


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(WrongPolicy, match="already"):
        added(OWN, "after_sales", strategy())


def test_a_text_with_an_alias_is_not_changed_behind_its_back() -> None:
    text = "strategies:\n  after_sales: &same {cooldown: 9}\n  customer_feedback: *same\n"
    with pytest.raises(WrongPolicy, match="YAML"):
        switched(text, "customer_feedback", on=False)
