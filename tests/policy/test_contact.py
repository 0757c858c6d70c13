"""The rules of contact in a policy: the default is what was promised, the law is never loosened."""

from __future__ import annotations

import pytest

from thang.model import WrongPolicy
from thang.policy.load import read_policy


def test_the_default_is_stricter_than_the_law() -> None:
    rules = read_policy("").sending
    assert (rules.from_hour, rules.to_hour) == (8, 21)
    assert (rules.per_day, rules.per_week, rules.per_week_few) == (1, 2, 1)
    assert rules.label == "[QC]"
    assert rules.service_needs_consent


@pytest.mark.parametrize(
    "text",
    [
        "from_hour: 6", "to_hour: 23", "call_from_hour: 7", "call_to_hour: 18", "per_day: 4",
        "calls_per_day: 2", "per_week: 22", "per_week_few: 22", "label: QC", 'label: ""',
        "mute_severity: 4", "from_hour: null", "to_hour: 7.5", "lease_minutes: 1", "opt_out: ''",
    ],
)  # fmt: skip
def test_no_policy_loosens_the_law(text: str) -> None:
    with pytest.raises(WrongPolicy, match=rf"policy:1: sending.*{text.split(':', maxsplit=1)[0]}"):
        read_policy(f"sending: {{{text}}}", "policy")


def test_a_shop_may_be_stricter_or_go_as_far_as_the_law() -> None:
    rules = read_policy("sending: {from_hour: 7, to_hour: 22, per_day: 3, per_week: 0}").sending
    assert (rules.from_hour, rules.to_hour, rules.per_day, rules.per_week) == (7, 22, 3, 0)


def test_an_evening_before_the_morning_is_refused() -> None:
    with pytest.raises(WrongPolicy, match="from_hour is above to_hour"):
        read_policy("sending: {from_hour: 20, to_hour: 9}")
