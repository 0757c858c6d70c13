"""The default rows against the specification told anew: who is there, what they quote and ask."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from math import nan
from pathlib import Path

import pytest

from policy.playbook.asking import answers, asked
from thang.policy.expressions import names_in, to_text
from thang.policy.playbook.facts import FACTS, SHOP, What
from thang.policy.playbook.load import read_playbook
from thang.policy.playbook.nouns import CHANNELS, Strategy
from thang.policy.rules import parse
from thang.policy.schema import Compare, Expr, Not
from thang.river.sending.channels import CHANNELS as REACHED

PLAYBOOK = read_playbook("")
ROWS = {one.id: one for one in PLAYBOOK.strategies}
ARTICLES = Path(__file__).parents[3].parent / "shared" / "articles"
FILES = {"A": "levels.txt", "B": "groups.txt"}
KEYS = (
    "source_capture", "lead_email_nurture", "lead_content_feed", "lead_retarget_ads",
    "lead_magnet_ebook", "lead_webinar", "lead_blog", "lead_interest_story", "shopper_trial",
    "shopper_compare", "shopper_promo", "shopper_discount", "shopper_special_offer",
    "shopper_care", "shopper_fast_sla", "customer_feedback", "after_sales", "loyalty_enrol",
    "second_order_nudge", "member_soft_referral", "member_only_offer", "member_exclusive_content",
    "member_exclusive_product", "premier_upsell", "premier_sla_guard", "premier_advisor",
    "premier_247", "vip_programme", "review_invite", "referral_programme", "thank_letter",
    "thank_gift", "thank_offer", "share_kit", "community_online", "community_offline", "fan_event",
    "next_best_strategy", "public_recognition", "stage_focus", "beta_recruit", "first_use_invite",
    "feedback_loop", "retry_on_version", "beta_livestream", "visionary_first_care",
    "prelaunch_list", "honest_launch", "guided_onboarding", "core_quality_message",
    "public_roadmap", "known_gaps_changelog", "fanpage_ops", "influencer_engage", "do_not_anger",
    "readiness_gate", "viral_hold_list", "trust_kit", "tell_friends_tools", "multi_store",
    "omnichannel_ops", "close_and_repeat", "capacity_growth", "loyal_grow", "clv_allocation",
    "lifecycle_products", "new_features", "better_service", "balance_budget",
    "low_cost_acquire_serve", "margin_mix", "acquisition_throttle", "bulk_message", "not_everyone",
)  # fmt: skip
IDS = [f"A{n}" for n in range(1, 40)] + [f"B{n}" for n in range(1, 36)]
IMPLIED = {"A9", "A10", "A20", "A24", "A25", "A29", "A34", "B11", "B19", "B20", "B23"}
# Days within which the specification counts, where it names them.
WITHIN = {
    "A2": 30, "A3": 30, "A4": 14, "A5": 30, "A6": 14, "A8": 30, "A9": 14, "A10": 14, "A11": 7,
    "A12": 7, "A13": 7, "A14": 7, "A22": 60, "A24": 60, "A30": 90, "A31": 90, "A32": 180, "A33": 30,
    "A36": 90, "A39": 90, "B2": 14, "B3": 30, "B5": 30, "B6": 7, "B10": 7, "B11": 14, "B12": 60,
    "B13": 60, "B15": 30, "B19": 21, "B27": 60, "B34": 7,
}  # fmt: skip
GROUPS = {
    "willing": range(2, 9), "forgiving": range(9, 15), "viral": range(15, 24),
    "valuable": range(24, 31), "profitable": range(31, 34),
}  # fmt: skip
FOR_THE_SHOP = {"A38", "B1", "B6", "B14", "B17", "B18", "B21", "B22", "B24", "B26", "B30", "B31",
                "B33", "B35"}  # fmt: skip


def rules(one: Strategy) -> list[Expr]:
    steps = [step.only_if for step in one.steps if step.only_if is not None]
    return [one.trigger, one.success.rule, *steps]


def test_all_74_rows_are_there_each_once_under_its_own_key() -> None:
    assert len(PLAYBOOK.strategies) == 74
    assert {one.id: one.key for one in PLAYBOOK.strategies} == dict(zip(IDS, KEYS, strict=True))
    assert Counter(one.article for one in PLAYBOOK.strategies) == {"A": 39, "B": 35}


def test_what_the_articles_instruct_and_what_they_imply() -> None:
    assert {one.id for one in PLAYBOOK.strategies if not one.instructed} == IMPLIED


@pytest.mark.parametrize("article", FILES)
def test_every_quote_stands_in_its_article_word_for_word(article: str) -> None:
    path = ARTICLES / FILES[article]
    if not path.is_file():
        pytest.skip(f"{path.name}: the article is not beside the source tree")
    text = path.read_text("utf-8")
    missing = [one.id for one in PLAYBOOK.strategies
               if one.article == article and one.quote not in text]  # fmt: skip
    assert missing == []


def test_every_row_quotes_something() -> None:
    assert all(len(one.quote) >= 6 for one in PLAYBOOK.strategies)
    quotes = Counter((one.article, one.quote) for one in PLAYBOOK.strategies)
    assert set(quotes.values()) == {1}


@pytest.mark.parametrize(("row", "days"), WITHIN.items())
def test_success_is_counted_within_the_days_of_the_specification(row: str, days: int) -> None:
    assert ROWS[row].success.within_days == days


def test_journeys_are_on_the_days_that_their_rows_name() -> None:
    def days(row: str) -> list[int]:
        return list(accumulate(step.wait_days for step in ROWS[row].steps))

    assert days("A2") == [0, 3, 7, 14]
    assert days("A17") == [1, 7, 30]


def test_groups_and_scopes_are_those_of_the_rows() -> None:
    for group, numbers in GROUPS.items():
        assert {ROWS[f"B{n}"].group for n in numbers} == {group}
    assert {one.id for one in PLAYBOOK.strategies if one.scope == SHOP} == FOR_THE_SHOP
    assert {one.id for one in PLAYBOOK.strategies if one.needs_gate} == {"B15", "B19", "B20"}


def test_stages_are_those_where_a_group_is_sought() -> None:
    said = {one.id: one.stages for one in PLAYBOOK.strategies if one.stages}
    assert said["B2"] == said["B6"] == said["B8"] == (1,)
    assert said["B9"] == said["B12"] == (2,)
    assert said["B15"] == said["B21"] == (3,)
    assert said["B24"] == (4,)
    assert said["B31"] == said["B32"] == said["B33"] == (5,)
    assert all(row.startswith("B") for row in said)


def test_lifting_rows_lift_to_a_level_above_their_audience() -> None:
    ladder = ("lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan")
    for one in PLAYBOOK.strategies:
        assert set(one.levels) <= set(ladder)
        if one.lifts_to is not None:
            assert min(map(ladder.index, one.levels)) < ladder.index(one.lifts_to), one.id


def test_all_are_on_but_those_that_promise_or_ask_for_the_owners_own_decision() -> None:
    assert {one.id for one in PLAYBOOK.strategies if not one.on} == {"A27", "B34"}


@pytest.mark.parametrize("row", IDS)
def test_rules_speak_of_known_facts_and_survive_being_written(row: str) -> None:
    for rule in rules(ROWS[row]):
        assert names_in(rule) <= set(FACTS)
        assert parse(to_text(rule), FACTS, ()) == rule


@pytest.mark.parametrize("row", IDS)
def test_triggers_and_successes_can_come_true_and_can_fail(row: str) -> None:
    for rule in rules(ROWS[row]):
        assert answers(rule) == {True, False}, to_text(rule)


@pytest.mark.parametrize("row", IDS)
def test_nothing_having_happened_is_no_success(row: str) -> None:
    rule = ROWS[row].success.rule
    unknown = {name: 0.0 if FACTS[name].is_counted else nan for name in names_in(rule)}
    assert not asked(rule, unknown)
    assert not asked(rule, dict.fromkeys(names_in(rule), 0.0) | {"days_enrolled": 0.0})


@pytest.mark.parametrize("row", IDS)
def test_what_is_done_once_for_the_shop_asks_for_no_one_persons_facts(row: str) -> None:
    one = ROWS[row]
    if one.scope == SHOP:
        for name in set().union(*map(names_in, rules(one))):
            fact = FACTS[name]
            assert fact.is_counted or fact.scope == SHOP or fact.what is What.OWN, name
        assert {c for step in one.steps for c in step.channels} <= {"task", "page", "audience"}


def test_steps_go_by_channels_that_exist_and_reach_somebody() -> None:
    assert set(CHANNELS) == set(REACHED)
    for one in PLAYBOOK.strategies:
        assert one.steps, one.id
        for step in one.steps:
            assert step.channels, one.id
            assert set(step.channels) <= set(CHANNELS)


def test_costs_and_cooldowns_make_sense() -> None:
    for one in PLAYBOOK.strategies:
        assert one.cooldown_days >= 1, one.id
        reaches = {c for step in one.steps for c in step.channels} - {"task", "page"}
        assert one.cost > 0 or not reaches or one.scope == SHOP, one.id


def test_nobody_is_served_worse_for_being_forgiving() -> None:
    """A score of patience may choose whom to invite, never whom to leave out or to leave waiting."""

    def denied(rule: Expr, under_not: bool = False) -> set[str]:
        if isinstance(rule, Not):
            return denied(rule.part, not under_not)
        if isinstance(rule, Compare):
            low = rule.op in ("<", "<=", "==") or under_not
            return {t.name for t in (rule.left, rule.right) if t.name} if low else set()
        return set().union(*(denied(part, under_not) for part in getattr(rule, "parts", ())))

    for one in PLAYBOOK.strategies:
        said = set().union(*map(denied, rules(one)))
        assert not said & {"in_forgiving", "forgiving_score"}, one.id
