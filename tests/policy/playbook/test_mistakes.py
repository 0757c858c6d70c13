"""Mistakes and hostile YAML: one sentence with file, line and key, and the nearest right word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.playbook.test_overlay import OWN
from policy.test_hostile import BOMB
from thang.model import WrongPolicy
from thang.policy.playbook.load import default_texts, read_playbook

SHOP = OWN.replace("trigger: orders >= 1", "trigger: shop_people >= 1\n    scope: shop")
LINES = default_texts()["a1_leads.yaml"].splitlines()


def change(old: str, new: str, text: str = OWN) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("strategys: {}", 1, "strategys", "did you mean strategies?"),
        ("strategies: {lead_blogg: null}", 1, "strategies.lead_blogg", "did you mean lead_blog?"),
        ("strategies:\n  lead_blog: {coldown: 3}", 2, "strategies.lead_blog.coldown", "did you mean cooldown?"),
        ("strategies:\n  lead_blog:\n    cost: many", 3, "strategies.lead_blog.cost", "a whole number"),
        ("strategies:\n  lead_blog:\n    cost: 5.000", 3, "strategies.lead_blog.cost", "two ways"),
        ("strategies:\n  lead_blog:\n    trigger: cart_7d", 3, "strategies.lead_blog.trigger", "cart_7d is no fact (did you mean carts_7d?)"),
        ("strategies:\n  lead_blog:\n    trigger: >-\n      carts\n      and orderss", 5, "strategies.lead_blog.trigger", "did you mean orders?"),
        ("strategies: {lead_blog: {trigger: member.enter}}", 1, "strategies.lead_blog.trigger", "ask is_member or holds_member"),
        ("strategies: {lead_blog: {trigger: orders >= -1}}", 1, "strategies.lead_blog.trigger", "no sign"),
        ("strategies: {lead_blog: {success: {when: 'true'}}}", 1, "strategies.lead_blog.success.when", "nothing counts"),
        ("strategies: {lead_blog: {success: {when: carts, within: 0}}}", 1, "strategies.lead_blog.success.within", "from 1 to"),
        ("strategies: {lead_blog: {trigger: days_enrolled > 3}}", 1, "strategies.lead_blog.trigger", "only after the start"),
        ("strategies: {lead_blog: {levels: [membr]}}", 1, "strategies.lead_blog.levels", "did you mean member?"),
        ("strategies: {lead_blog: {lifts_to: gold}}", 1, "strategies.lead_blog.lifts_to", "there is no level gold"),
        ("strategies: {lead_blog: {levels: []}}", 1, "strategies.lead_blog.levels", "the list is empty"),
        ("strategies: {lead_blog: {levels: [lead, lead]}}", 1, "strategies.lead_blog.levels", "twice"),
        ("strategies: {lead_blog: {group: viral_ones}}", 1, "strategies.lead_blog.group", "did you mean viral?"),
        ("strategies: {lead_blog: {scope: shop}}", 1, "strategies.lead_blog.steps.article.channels", "reaches one person"),
        ("strategies: {lead_blog: {steps: {article: null}}}", 1, "strategies.lead_blog.steps", "there is no step"),
        ("strategies: {lead_blog: {steps: {article: {channels: [emial]}}}}", 1, "strategies.lead_blog.steps.article.channels", "did you mean email?"),
        ("strategies: {lead_blog: {steps: {second: {channels: [email]}}}}", 1, "strategies.lead_blog.steps.second", "subject is missing"),
        ("facts: {carts: {count: [page]}}", 1, "facts.carts", "a fact of this name already"),
        ("facts: {mine: {cuont: [page]}}", 1, "facts.mine", "give it one of count"),
        ("facts: {mine: {count: [Order Completed]}}", 1, "facts.mine.count", "write order_completed"),
        ("facts: {mine: {since: [page], within: 3}}", 1, "facts.mine.within", "since takes no within"),
        ("shop: {Name: A}", 1, "shop.Name", "small letters"),
        (change("orders >= 1\n", "orders >= 1\n    id: A7\n"), 5, "strategies.mine.id", "A7 is lead_blog already"),
        (change("    metric: orders\n", ""), 2, "strategies.mine", "metric is missing"),
        (change("en: Hello there", "en: '{{ person.frist_name }}'"), 12, "strategies.mine.steps.hello.body.en", "did you mean person.first_name?"),
        (change("vi: Chào bạn", "vi: '{% if shop.offr %}A{% endif %}'"), 12, "strategies.mine.steps.hello.body.vi", "did you mean shop.offer?"),
        (change("channels: [email]", "channels: [task]", SHOP).replace("people", "people >= 1 and carts_7d == 0 and pressure"), 4, "strategies.mine.trigger", "fact of one person"),
        (SHOP, 11, "strategies.mine.steps.hello.channels", "reaches one person"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_line_key_and_cure(text: str, line: int, key: str, words: str) -> None:
    with pytest.raises(WrongPolicy) as refused:
        read_playbook(text)
    said = str(refused.value)
    assert words in said, said
    assert f": {key}: " in said or said.endswith(f": {key}"), said
    assert re.match(rf"playbook\.yaml:{line}: ", said), said
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [("- a\n", "keys with values"), ("shop: {tz: UTC\n", "no YAML"), ("shop:\n\ta: b\n", "spaces"),
     ("shop: !!python/object/apply:os.getcwd []\n", "tags"), ("shop: &s {x: *s}\n", "aliases"),
     ("shop: {a: 1}\nshop: {a: 2}\n", "twice"), ("shop:\n  a: \x07\n", "U+0007"), (BOMB, "aliases"),
     ("strategies: " + "{a: " * 40, "nested too deep"), ("# x\n" * 60_000, "longer than")],
)  # fmt: skip
def test_hostile_yaml_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(WrongPolicy) as refused:
        read_playbook(text)
    assert words in str(refused.value)


def refusal(text: str) -> str:
    """The sentence that a text is refused with; none if it is a playbook."""
    try:
        found = read_playbook(text)
    except WrongPolicy as refused:
        return str(refused)
    assert found.strategies
    return ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80) | st.text("abc:[]{}-&*!|>'\"#%@,? \n", max_size=80))
def test_any_text_is_a_playbook_or_a_sentence(text: str) -> None:
    assert re.match(r"playbook\.yaml(:\d+)?: |$", refusal(text))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["", "x: y", "  - z", "\u00a0", "{", "    steps: 3"]),
)
def test_a_damaged_row_is_a_playbook_or_a_sentence(line: int, instead: str) -> None:
    text = "\n".join([*LINES[:line], instead, *LINES[line + 1 :]])
    assert re.match(r"(playbook\.yaml|rows/\w+\.yaml):\d+: |$", refusal(text))
