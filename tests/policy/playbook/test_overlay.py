"""A shop's own file over the default rows: any key, on and off, more and fewer, by its fingerprint."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from policy.playbook.test_rows import KEYS
from thang.model import WrongPolicy
from thang.policy.expressions import to_text
from thang.policy.playbook.effective import effective
from thang.policy.playbook.facts import What
from thang.policy.playbook.load import default_texts, load_playbook, read_playbook
from thang.policy.playbook.nouns import Playbook, Strategy
from thang.policy.playbook.shape import STRATEGY, playbook_schema
from thang.river.sending.merge import read_merge

DEFAULT = read_playbook("")
VALIDATOR = Draft202012Validator(playbook_schema())
OWN = """\
strategies:
  mine:
    name: {vi: Của shop, en: The shop's}
    trigger: orders >= 1
    success: {when: orders_placed >= 1, within: 9}
    metric: orders
    cooldown: 7
    steps:
      hello:
        channels: [email]
        subject: {vi: Chào, en: Hello}
        body: {vi: Chào bạn, en: Hello there}
"""


def row(playbook: Playbook, key: str) -> Strategy:
    return next(one for one in playbook.strategies if one.key == key)


CHANGES = {
    "name: {vi: Khác}": lambda one: one.name.vi == "Khác" and one.name.en != "Khác",
    "levels: [member]": lambda one: one.levels == ("member",),
    "lifts_to: null": lambda one: one.lifts_to is None,
    "group: viral": lambda one: one.group == "viral",
    "stages: [2, 3]": lambda one: one.stages == (2, 3),
    "trigger: carts_7d": lambda one: to_text(one.trigger) == "carts_7d",
    "success: {within: 5}": lambda one: one.success.within_days == 5,
    "success: {when: carts >= 2}": lambda one: to_text(one.success.rule) == "carts >= 2",
    "metric: other": lambda one: one.metric == "other",
    "cost: 777": lambda one: one.cost == 777,
    "cooldown: 1": lambda one: one.cooldown_days == 1,
    "enabled: false": lambda one: not one.on,
    "needs_gate: true": lambda one: one.needs_gate,
    "owed: true": lambda one: one.owed,
    "instructed: false": lambda one: not one.instructed,
    "quote: other": lambda one: one.quote == "other",
    "steps: {day_3: null}": lambda one: [s.key for s in one.steps] == ["day_0", "day_7", "day_14"],
    "steps: {day_0: {wait: 2}}": lambda one: one.steps[0].wait_days == 2,
    "steps: {day_0: {channels: [sms]}}": lambda one: one.steps[0].channels == ("sms",),
    "steps: {day_0: {purpose: service}}": lambda one: one.steps[0].purpose == "service",
    "steps: {day_3: {only_if: null}}": lambda one: one.steps[1].only_if is None,
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_key_can_be_changed_and_nothing_else_changes(change: str) -> None:
    found = read_playbook(f"strategies: {{lead_email_nurture: {{{change}}}}}")
    assert CHANGES[change](row(found, "lead_email_nurture"))
    assert not CHANGES[change](row(DEFAULT, "lead_email_nurture"))
    assert found.fingerprint != DEFAULT.fingerprint
    others = [one for one in found.strategies if one.key != "lead_email_nurture"]
    assert others == [one for one in DEFAULT.strategies if one.key != "lead_email_nurture"]


def test_every_key_of_a_strategy_is_tried_above() -> None:
    tried = {change.partition(":")[0] for change in CHANGES}
    assert set(STRATEGY.keys) - tried == {"id", "scope"}


def test_a_text_is_changed_in_one_language_alone() -> None:
    text = "strategies: {lead_blog: {steps: {article: {body: {vi: Chỉ thế thôi}}}}}"
    found, before = (one.templates["lead_blog.article"] for one in (read_playbook(text), DEFAULT))
    assert found.body.vi == "Chỉ thế thôi"
    assert (found.body.en, found.subject) == (before.body.en, before.subject)


def test_a_strategy_is_added_and_one_is_dropped() -> None:
    found = read_playbook(OWN + "  lead_blog: null\n")
    assert {one.key for one in found.strategies} == {*KEYS, "mine"} - {"lead_blog"}
    assert found.strategies[-1].key == "mine"
    mine = row(found, "mine")
    assert (mine.id, mine.article, mine.on, mine.scope, mine.levels) == ("", "", True, "person", ())
    assert found.templates["mine.hello"].label_ad
    assert "lead_blog.article" not in found.templates


def test_facts_of_the_shops_own_may_count_kinds_that_nobody_knows() -> None:
    found = read_playbook(
        "facts:\n  classes: {count: [class_attended], within: 90, where: {grade_min: 2}}\n"
        "  quiet: {since: [class_attended]}\n"
        "strategies: {lead_blog: {trigger: classes >= 2 and quiet > 3}}"
    )
    fact = found.facts["classes"]
    assert (fact.what, fact.kinds, fact.within_days, fact.where.grade_min) == (
        What.COUNT,
        ("class_attended",),
        90,
        2,
    )
    assert found.facts["quiet"].what is What.SINCE
    assert "classes" not in DEFAULT.facts


def test_what_the_shop_says_of_itself_can_stand_in_texts() -> None:
    own = "shop: {name: Tiệm Mẫu, mascot: con mèo}\n"
    found = read_playbook(own + OWN.replace("vi: Chào bạn", "vi: '{{ shop.mascot }} chào bạn'"))
    assert found.shop == {"name": "Tiệm Mẫu", "mascot": "con mèo"}
    assert DEFAULT.shop == {"name": "shop"}


@settings(max_examples=30, deadline=None)
@given(
    st.permutations(
        ["lead_blog: {cost: 3}", "thank_gift: {cooldown: 9}", "fan_event: {enabled: false}"]
    )
)
def test_the_fingerprint_is_of_what_is_said_and_not_of_how(changes: list[str]) -> None:
    text = "strategies:\n" + "".join(f"  # a remark\n  {one}\n" for one in changes)
    assert read_playbook(text).fingerprint == read_playbook(
        'strategies: {"fan_event": {enabled: no}, lead_blog: {cost: 3}, thank_gift: {cooldown: 9}}'
    ).fingerprint  # fmt: skip
    assert read_playbook("strategies: {}").fingerprint == DEFAULT.fingerprint


def test_the_order_of_steps_is_part_of_what_is_said() -> None:
    steps = "\n".join(
        f"      {k}: {{channels: [email], subject: {{vi: A, en: A}}, body: {{vi: A, en: A}}}}"
        for k in "ab"
    )
    turned = "\n".join(reversed(steps.splitlines()))
    head = OWN.partition("      hello")[0]
    assert (
        read_playbook(f"{head}{steps}\n").fingerprint
        != read_playbook(f"{head}{turned}\n").fingerprint
    )


def test_what_is_effective_reads_back_as_the_same() -> None:
    text = yaml.safe_dump(effective(read_playbook(OWN)), allow_unicode=True, sort_keys=False)
    assert read_playbook(text).fingerprint == read_playbook(OWN).fingerprint


def test_a_shop_without_a_level_keeps_its_playbook() -> None:
    found = read_playbook("", levels=("lead", "shopper", "customer", "gold"))
    assert not row(found, "fan_event").on
    assert row(found, "lead_blog").on
    assert row(found, "member_only_offer").lifts_to is None
    assert row(found, "second_order_nudge").levels == ("customer",)
    assert found.facts["holds_gold"].of == "gold"
    own = OWN.replace("trigger: orders >= 1", "trigger: is_gold\n    levels: [gold]")
    assert row(read_playbook(own, levels=("lead", "gold")), "mine").levels == ("gold",)


def test_a_file_is_read_with_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("strategies:\n  lead_blog: {colour: red}\n", "utf-8")
    with pytest.raises(
        WrongPolicy, match=r"^mine\.yaml:2: strategies\.lead_blog\.colour: there is no such key"
    ):
        load_playbook(path)
    path.write_bytes(b"shop: {name: \xff}")
    with pytest.raises(WrongPolicy, match=r"^mine\.yaml:1: this is not UTF-8"):
        load_playbook(path)
    assert load_playbook(None) is DEFAULT


def test_the_schema_lets_through_what_the_loader_reads() -> None:
    Draft202012Validator.check_schema(playbook_schema())
    for text in (*default_texts().values(), OWN, "strategies: {lead_blog: null}", *(
        f"strategies: {{lead_email_nurture: {{{change}}}}}" for change in CHANGES
    )):  # fmt: skip
        VALIDATOR.validate(yaml.safe_load(text))
    VALIDATOR.validate(effective(DEFAULT))


@pytest.mark.parametrize(
    "text",
    ["strategies: {lead_blog: {colour: red}}", "strategies: {lead_blog: {cost: -1}}",
     "strategies: {lead_blog: {steps: {article: {channels: [fax]}}}}", "strategy: {}",
     "strategies: {lead_blog: {stages: [6]}}", "strategies: {Lead: {}}", "facts: {a: {count: []}}",
     "strategies: {lead_blog: {group: fans}}", "strategies: {lead_blog: {levels: member}}"],
)  # fmt: skip
def test_what_the_schema_marks_the_loader_refuses(text: str) -> None:
    assert not VALIDATOR.is_valid(yaml.safe_load(text))
    with pytest.raises(WrongPolicy, match=r"^playbook\.yaml:1: "):
        read_playbook(text)


def test_the_shops_own_texts_are_read_whole_if_somebody_can() -> None:
    open_if = OWN.replace("vi: Chào bạn", "vi: '{% if person.name %}Chào'")
    assert read_playbook(open_if)
    with pytest.raises(
        WrongPolicy,
        match=r"^playbook\.yaml:12: strategies\.mine\.steps\.hello\.body\.vi: this text",
    ):
        read_playbook(open_if, reads=read_merge)
    assert read_playbook(OWN, reads=read_merge)
