"""Every mistake in a policy is named by its file, line and key, with the cure."""

from __future__ import annotations

import re

import pytest

from thang.model import WrongPolicy
from thang.policy.load import read_policy

SHAPE = "levels:\n  - {key: a, name: {en: A}}\n  - key: b\n    name: {en: B}\n"

# The text, the line, the key, and the words without which the sentence would be no help.
MISTAKES = {
    "unknown section": ("shop: {}\nshoop: {}\n", 2, "shoop", "did you mean shop?"),
    "unknown key": ("shop:\n  curency: USD\n", 2, "shop.curency", "did you mean currency?"),
    "unknown key of a level": (
        "levels:\n  member:\n    grace: 1\n    hold_month: 6\n",
        4, "levels.member.hold_month", "did you mean hold_months?",
    ),
    "unknown key of where": (
        "quantities:\n  a:\n    count: [page]\n    where:\n      publik: true\n",
        5, "quantities.a.where.publik", "did you mean public?",
    ),
    "merge key": ("shop:\n  <<: {tz: UTC}\n", 2, "shop.<<", "no such key"),
    "no number": (
        "levels:\n  member:\n    hold_months: many\n", 3, "levels.member.hold_months",
        "a whole number from 0 to 120",
    ),
    "number in quotes": (
        "levels:\n  member:\n    hold_months: '6'\n", 3, "levels.member.hold_months",
        "write it without quotation marks",
    ),
    "number out of range": (
        "levels:\n  member:\n    hold_months: 400\n", 3, "levels.member.hold_months",
        "a whole number from 0 to 120, found 400",
    ),
    "negative": ("shop: {return_window_days: -3}", 1, "shop.return_window_days", "found -3"),
    "half a month": (
        "levels: {member: {hold_months: 1.5}}", 1, "levels.member.hold_months", "found 1.5"
    ),
    "number read in two ways": (
        "shop:\n  rates:\n    USD: 25.400\n", 3, "shop.rates.USD", "write 25400"
    ),
    "neither yes nor no": ("shop:\n  seasonal: 1\n", 2, "shop.seasonal", "true or false"),
    "not one of the words": ("programme: ato\n", 1, "programme", "did you mean auto?"),
    "not one of the modes": ("window:\n  mode: aut\n", 2, "window.mode", "did you mean auto?"),
    "a list for a mapping": ("shop: [VND]\n", 1, "shop", "found a list"),
    "a mapping for a number": ("referral:\n  sent_within_days: {}\n", 2,
                               "referral.sent_within_days", "found a mapping"),
    "text for a mapping": ("levels: {member: {name: Gold}}", 1, "levels.member.name", "{vi: "),
    "empty": ("shop:\n  tz:\n", 2, "shop.tz", "leave the key out to keep the default"),
    "time zone": ("shop:\n  tz: Asia/Saigonn\n", 2, "shop.tz", "did you mean Asia/Saigon?"),
    "time zone outside": ("shop:\n  tz: a/../../secret\n", 2, "shop.tz", "a time zone such as"),
    "time zone folder": ("shop:\n  tz: Asia\n", 2, "shop.tz", "there is no time zone Asia"),
    "currency": ("shop:\n  currency: vnd\n", 2, "shop.currency", "three capital letters"),
    "foreign currency": ("shop:\n  rates: {usd: 2}\n", 2, "shop.rates.usd", "three capital"),
    "above its end": ("window:\n  round_days: 7\n  min_days: 800\n", 3, "window.min_days",
                      "raise max_days"),
    "its end below": ("window:\n  max_days: 90\n", 2, "window.min_days", "raise max_days"),
    "wire kind": (
        "quantities:\n  a:\n    count:\n      - page\n      - Order Completed\n",
        5, "quantities.a.count", "write order_completed",
    ),
    "camel kind": (
        "quantities:\n  a:\n    count:\n      orderCompleted: 2\n",
        4, "quantities.a.count", "write order_completed",
    ),
    "kind without letters": ("quantities: {a: {days: ['?!']}}", 1, "quantities.a.days",
                             "snake case"),
    "kind twice": ("quantities:\n  a: {count: [page, page]}\n", 2, "quantities.a.count", "twice"),
    "no kinds": ("quantities:\n  a: {count: []}\n", 2, "quantities.a.count", "at least one"),
    "kinds without a list": ("quantities:\n  a: {days: page}\n", 2, "quantities.a.days",
                             "write it as a list"),
    "weight of nothing": ("quantities:\n  a: {count: {page: 0}}\n", 2, "quantities.a.count.page",
                          "found 0"),
    "quantity of two forms": ("quantities:\n  a: {count: [page], days: [page]}\n", 2,
                              "quantities.a.days", "one of them"),
    "quantity of no form": ("quantities:\n  a: {within: 3}\n", 2, "quantities.a", "count, sum"),
    "key of another form": ("quantities:\n  gap: {within: 3}\n", 2, "quantities.gap.within",
                            "gap takes no within"),
    "form switched off": ("quantities:\n  gap: {gap: false}\n", 2, "quantities.gap.gap",
                          "with null"),
    "missing part": ("quantities:\n  a: {open: [page]}\n", 2, "quantities.a", "close is missing"),
    "name in capitals": ("quantities:\n  Orders: {orders: true}\n", 2, "quantities.Orders",
                         "small letters"),
    "name of the language": ("quantities:\n  not: {gap: true}\n", 2, "quantities.not", "not is"),
    "unknown scheme": ("quantities:\n  a:\n    months: advocay\n    of: 3\n", 3,
                       "quantities.a.months", "did you mean advocacy?"),
    "unknown quantity": (
        "levels:\n  premier:\n    enter: ordrs >= 3\n", 3, "levels.premier.enter",
        "ordrs is no quantity of this policy (did you mean orders?)",
    ),
    "unknown quantity in a folded rule": (
        "levels:\n  premier:\n    enter: >- # long\n      orders >= 3\n\n      and spnd >= 1\n",
        6, "levels.premier.enter", "did you mean spend?",
    ),
    "unknown quantity in a plain rule": (
        "levels:\n  premier:\n    enter: orders >= 3\n      and spnd >= 1\n",
        4, "levels.premier.enter", "did you mean spend?",
    ),
    "unknown quantity in a quoted rule": (
        "levels:\n  premier:\n    enter: \"orders >= 3 and\n      spnd >= 1\"\n",
        4, "levels.premier.enter", "did you mean spend?",
    ),
    "a rule that ends too early": ("bars:\n  unless: |\n    insider\n    or\n", 4, "bars.unless",
                                   "ends too early"),
    "a rule that is a list": ("blocked: {while: [fraud_hold]}", 1, "blocked.while", "a rule"),
    "unknown level in a rule": ("levels:\n  premier:\n    enter: advocat.enter\n", 3,
                                "levels.premier.enter", "did you mean advocate?"),
    "level without entry rule": ("levels:\n  premier:\n    enter: customer.enter\n", 3,
                                 "levels.premier.enter", "customer has no entry rule"),
    "a level blocks itself": ("blocked:\n  while: member.enter\n", 2, "blocked.while", "itself"),
    "ring": (
        "levels:\n  premier:\n    enter: raving_fan.enter\n  advocate:\n    enter: premier.enter\n",
        3, "levels.premier.enter", "premier -> raving_fan -> advocate -> premier",
    ),
    "ring of one": ("levels:\n  member:\n    enter: orders or member.enter\n", 3,
                    "levels.member.enter", "member -> member"),
    "ring closed from above": ("levels:\n  advocate:\n    enter: raving_fan.enter\n", 3,
                               "levels.advocate.enter", "advocate -> raving_fan -> advocate"),
    "never": ("levels:\n  premier:\n    enter: false\n", 3, "levels.premier.enter",
              "never be true"),
    "never a fact": ("levels:\n  customer:\n    fact: not true\n", 3, "levels.customer.fact",
                     "never be true"),
    "bounds that leave nothing": ("levels:\n  premier:\n    enter: orders >= 3 and orders < 2\n",
                                  3, "levels.premier.enter", "never be true"),
    "out of reach through another": (
        "levels:\n  advocate:\n    enter: public_complaints > 0\n", 3, "levels.raving_fan.enter",
        "never be true",
    ),
    "days and numbers": ("levels:\n  member:\n    keep: since_order < 30\n", 3,
                         "levels.member.keep", "since_order < 1.5 * gap"),
    "money and counts": ("levels:\n  member:\n    keep: spend > orders\n", 3,
                         "levels.member.keep", "compares money with a count"),
    "money no longer": ("quantities:\n  spend: {count: [page]}\n", 2, "levels.premier.enter",
                        "compares a count with money"),
    "own bar of nobody": ("levels:\n  member:\n    keep: spend >= own_bar\n", 3,
                          "levels.member.keep", "level with own_bar"),
    "own bar dropped": ("levels:\n  premier:\n    own_bar: null\n", 3, "levels.premier.keep",
                        "level with own_bar"),
    "own bar no bar": ("levels:\n  premier:\n    own_bar: spend\n", 3, "levels.premier.own_bar",
                       "there is no bar quantity spend"),
    "member level": ("bars:\n  member_level: membr\n", 2, "bars.member_level",
                     "did you mean member?"),
    "dropped quantity": ("quantities:\n  gap: null\n", 2, "quantities.gap",
                         "levels.raving_fan.enter (default.yaml:"),
    "dropped quantity of the shop's own rule": (
        "levels:\n  member:\n    keep: gap\nquantities:\n  gap: null\n", 5, "quantities.gap",
        "levels.member.keep (policy.yaml:3)",
    ),
    "dropped level": ("levels:\n  advocate: null\n", 2, "levels.advocate",
                      "levels.raving_fan.enter (default.yaml:"),
    "dropped member": ("levels:\n  member: null\n", 2, "levels.member", "bars.member_level"),
    "dropped scheme": ("points:\n  advocacy: null\n", 2, "points.advocacy",
                       "quantities.advocacy_points.points (default.yaml:"),
    "dropped outward lines": (
        "points:\n  advocacy:\n    referral: null\n    review: null\n    referral_clicked: null\n"
        "    share: null\n",
        3, "quantities.outward_points.points", "no line of the scheme advocacy",
    ),
    "dropped nothing": ("quantities:\n  ordrs: null\n", 2, "quantities.ordrs",
                        "did you mean orders?"),
    "dropped first level": ("levels:\n  lead: null\n", 2, "levels.lead", "cannot go"),
    "no such level": ("levels:\n  memberr: {grace: 1}\n", 2, "levels.memberr",
                      "did you mean member?"),
    "another key": ("levels:\n  member: {key: club}\n", 2, "levels.member.key", "by name"),
    "two levels of one key": ("levels:\n  - {key: a, name: {en: A}}\n  - {key: a, name: {en: B}}\n",
                              3, "levels.a", "line 2"),
    "level without key": ("levels:\n  - key: a\n    name: {en: A}\n  - name: {en: B}\n", 4,
                          "levels[2]", "has no key"),
    "level key in capitals": ("levels:\n  - name: {en: A}\n    key: VIP\n", 3, "levels[1].key",
                              "small letters"),
    "level without name": ("levels:\n  - key: a\n", 2, "levels.a", "name is missing"),
    "level that is a word": ("levels:\n  - a\n", 2, "levels[1]", "found a"),
    "empty ladder": ("levels: []\n", 1, "levels", "1 to 24 levels"),
    "tall ladder": ("levels:\n" + "  - {key: a, name: {en: A}}\n" * 25, 1, "levels", "1 to 24"),
    "first level with a rule": ("levels:\n  lead:\n    fact: orders\n", 3, "levels.lead.fact",
                                "drop fact"),
    "first level with a hold": ("levels:\n  lead: {hold_months: 3}\n", 2,
                                "levels.lead.hold_months", "drop hold_months"),
    "level without rule": (SHAPE, 3, "levels.b", "give it fact"),
    "fact and enter": (SHAPE + "    fact: orders\n    enter: orders\n", 6, "levels.b.enter",
                       "drop fact or enter"),
    "silence and keep": (
        SHAPE + "    enter: orders\n    silence: {days: 9, acts: [page]}\n    keep: orders\n",
        7, "levels.b.keep", "drop silence or keep",
    ),
    "keep without enter": (SHAPE + "    keep: orders\n", 5, "levels.b.keep", "without enter"),
    "silence of a fact": (SHAPE + "    fact: orders\n    silence: {days: 9, acts: [page]}\n", 6,
                          "levels.b.silence", "without enter"),
    "hold without keep": (
        SHAPE + "    enter: orders\n    silence: {days: 9, acts: [page]}\n    hold_months: 2\n",
        7, "levels.b.hold_months", "without keep",
    ),
    "enter and nothing more": (SHAPE + "    enter: orders\n", 5, "levels.b.enter",
                               "add keep or silence"),
    "keep dropped": ("levels:\n  member:\n    keep: null\n", 3, "levels.member.enter",
                     "add keep or silence"),
    "name too long": (f"levels:\n  member:\n    name:\n      vi: {'a' * 61}\n", 4,
                      "levels.member.name.vi", "1 to 60 characters"),
    "key twice": ("shop:\n  tz: UTC\n  tz: UTC\n", 3, "tz", "twice"),
    "version": ("version: 2\n", 1, "version", "expected 1, found 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name: str) -> None:
    text, line, key, words = MISTAKES[name]
    with pytest.raises(WrongPolicy) as refused:
        read_policy(text)
    said = str(refused.value)
    assert said.startswith(f"policy.yaml:{line}: {key}: "), said
    assert words in said
    assert re.fullmatch(r"[^\n]+\.", said), "one sentence"


def test_entry_rules_that_grow_when_written_out() -> None:
    rungs = [f"  - {{key: l{n}, name: {{en: L}}, enter: l{n - 1}.enter and l{n - 1}.enter, "
             "keep: orders}\n" for n in range(2, 24)]  # fmt: skip
    text = (
        "levels:\n  - {key: l0, name: {en: L}}\n"
        "  - {key: l1, name: {en: L}, enter: orders, keep: orders}\n"
        f"{''.join(rungs)}bars: {{member_level: l1}}\n"
    )
    with pytest.raises(
        WrongPolicy, match=r"^policy\.yaml:\d+: levels\.l\d\.enter: .* make it smaller"
    ):
        read_policy(text)
