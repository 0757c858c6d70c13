"""The vocabulary: every fact says how it is come by, in kinds of events that exist."""

from __future__ import annotations

import re

import pytest

from thang.policy.aims import GROUPS
from thang.policy.load import read_policy
from thang.policy.playbook.fact import FROM_EVENTS
from thang.policy.playbook.facts import FACTS, SHOP, What
from thang.policy.playbook.happenings import HAPPENINGS, TABLE
from thang.policy.playbook.standings import STANDINGS
from thang.policy.shapes import NAME
from thang.river.events import CODES


def test_every_name_is_one_fact_and_may_stand_in_a_rule() -> None:
    assert len(HAPPENINGS) + len(STANDINGS) == len(FACTS)
    assert all(re.fullmatch(NAME, name) for name in FACTS)


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_a_fact_names_known_kinds_and_what_its_sort_needs(fact) -> None:  # type: ignore[no-untyped-def]
    kinds = (*fact.kinds, *fact.closes)
    assert set(kinds) <= set(CODES)
    assert len(set(fact.kinds)) == len(fact.kinds)
    assert bool(fact.kinds) == (fact.what in FROM_EVENTS)
    assert bool(fact.closes) == (fact.what is What.OPEN)
    assert fact.says.endswith(".")
    named = fact.what not in FROM_EVENTS and not fact.is_counted
    if named and fact.what not in (What.SINCE_ORDER, What.CONSENT):
        assert fact.of


def test_windows_and_since_are_named_as_they_count() -> None:
    for row in TABLE:
        assert FACTS[row.name].within_days is None
        assert FACTS[f"{row.name}_7d"].within_days == 7
        assert FACTS[f"{row.name}_7d"].kinds == FACTS[row.name].kinds
    for fact in FACTS.values():
        if match := re.search(r"_(\d+)d$", fact.name):
            assert fact.within_days == int(match[1])
    assert FACTS["days_since_carts"].kinds == FACTS["carts"].kinds
    assert FACTS["days_since_carts"].what is What.SINCE


def test_what_lasts_counts_from_no_enrolment_on() -> None:
    assert FACTS["orders_placed"].is_counted
    assert not FACTS["open_tickets"].is_counted
    assert not FACTS["enrolled"].is_counted
    assert not FACTS["days_since_carts"].is_counted


def test_levels_and_groups_are_those_of_the_default_policy() -> None:
    keys = [level.key for level in read_policy("").levels]
    assert [f.of for f in FACTS.values() if f.what is What.ON] == keys
    assert [f.of for f in FACTS.values() if f.what is What.HOLDS] == keys
    assert [f.of for f in FACTS.values() if f.what is What.MEMBER] == list(GROUPS)


def test_what_the_shop_is_is_the_same_for_everybody() -> None:
    assert all(fact.scope == SHOP for fact in FACTS.values() if fact.what is What.SHOP)
    assert FACTS["shop_versions_14d"].scope == SHOP
    assert FACTS["carts"].scope != SHOP
