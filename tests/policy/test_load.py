"""A shop's policy over the default one: what changes, what stays, and what names it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from judges.by_hand import default_policy
from thang.model import Flag, WrongPolicy
from thang.policy.load import default_text, effective, load_policy, read_policy, unknown_kinds
from thang.policy.rules import to_text
from thang.policy.schema import Always, Level, Measure, Policy, Quantity, Silence, Where

DEFAULT = read_policy("")


def level(policy: Policy, key: str) -> Level:
    return next(level for level in policy.levels if level.key == key)


def test_the_default_policy_is_the_one_written_out_by_hand() -> None:
    by_hand = default_policy()
    for part in by_hand.__dataclass_fields__:
        if part not in ("fingerprint", "text"):
            assert getattr(DEFAULT, part) == getattr(by_hand, part), part


def test_seven_levels_in_their_order() -> None:
    assert [level.key for level in load_policy(None).levels] == [
        "lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "\n", "# only a remark\n", "---\n", "~\n", "shop:\nlevels:\n"]
)
def test_a_file_that_says_nothing_is_the_default_policy(text: str) -> None:
    assert read_policy(text).fingerprint == DEFAULT.fingerprint


def test_a_level_is_renamed_in_one_language() -> None:
    policy = read_policy("levels: {member: {name: {vi: Hội viên}}}")
    assert level(policy, "member").names == {"vi": "Hội viên", "en": "Member"}
    assert level(policy, "member").enter == level(DEFAULT, "member").enter


def test_a_threshold_changes_and_nothing_else() -> None:
    policy = read_policy("levels:\n  premier:\n    keep: spend >= 0.5 * own_bar\n    grace: 1\n")
    found, before = level(policy, "premier"), level(DEFAULT, "premier")
    assert to_text(found.keep or Always(False)) == "spend >= 0.5 * own_bar"
    assert (found.grace, found.hold_months, found.enter) == (1, 12, before.enter)
    others = [x for x in policy.levels if x.key != "premier"]
    assert others == [x for x in DEFAULT.levels if x.key != "premier"]


def test_a_rung_is_dropped() -> None:
    policy = read_policy("levels: {premier: null}")
    assert [x.key for x in policy.levels] == [
        "lead", "shopper", "customer", "member", "advocate", "raving_fan",
    ]  # fmt: skip


def test_a_level_changes_its_shape_and_what_hung_on_the_old_one_goes() -> None:
    text = "levels:\n  member: {keep: null, silence: {days: 90, acts: [order_completed]}}\n"
    found = level(read_policy(text), "member")
    assert found.silence == Silence(90, ("order_completed",))
    assert (found.keep, found.hold_months, found.ended_by) == (None, 0, ())
    text = "levels:\n  member: {enter: null, fact: orders >= 2}\nbars: {member_level: advocate}\n"
    found = level(read_policy(text), "member")
    assert (found.enter, found.keep, found.silence) == (None, None, None)


def test_a_list_of_levels_replaces_the_ladder() -> None:
    policy = read_policy(
        """
levels:
  - key: guest
    name: {en: Guest}
  - key: regular
    name: {en: Regular}
    enter: orders >= 2
    keep: orders >= 1
    hold_months: 6
bars: {member_level: regular}
"""
    )
    assert [x.key for x in policy.levels] == ["guest", "regular"]
    assert policy.levels[0] == Level("guest", {"en": "Guest"})
    assert policy.quantities == DEFAULT.quantities


def test_a_rule_over_a_kind_that_nobody_knows() -> None:
    policy = read_policy(
        """
quantities:
  classes: {count: {pottery_class_attended: 1.5}, within: 90, where: {verified: true, self: false}}
levels:
  premier: {enter: classes >= 3}
"""
    )
    assert policy.quantities["classes"] == Quantity(
        "classes",
        Measure.COUNT,
        (("pottery_class_attended", Fraction(3, 2)),),
        within=90,
        where=Where(flags=int(Flag.VERIFIED), without=int(Flag.SELF)),
    )
    known = {kind for kind in unknown_kinds(DEFAULT, ()) if kind != "ticket_opened"}
    assert unknown_kinds(policy, known) == ["pottery_class_attended", "ticket_opened"]
    assert "order_completed" in known
    assert "fraud_hold_set" in known


def test_quantities_change_are_dropped_and_take_another_form() -> None:
    policy = read_policy(
        """
quantities:
  orders: {within: 400}
  weak_acts: {count: {page: 2, email_opened: null}}
  negative_reviews: {where: {public: null}}
  open_channels: {days: [consent_granted]}
  insider: null
bars: {unless: fraud_hold}
"""
    )
    found = policy.quantities
    assert found["orders"] == Quantity("orders", Measure.ORDERS, within=400)
    assert dict(found["weak_acts"].kinds)["page"] == 2
    assert "email_opened" not in dict(found["weak_acts"].kinds)
    assert found["negative_reviews"].where == Where(grade_max=2)
    assert found["open_channels"].measure is Measure.DAYS
    assert found["open_channels"].closes == ()
    assert "insider" not in found


def test_a_points_line_changes_and_another_is_dropped() -> None:
    policy = read_policy("points: {advocacy: {share: {cap: null, points: 0.5}, review: null}}")
    lines = {act.name: act for act in policy.schemes["advocacy"]}
    assert (lines["share"].cap, lines["share"].points) == (None, Fraction(1, 2))
    assert lines["share"].kinds == ("post_shared", "product_shared", "cart_shared", "ugc_posted")
    assert "review" not in lines


def test_numbers_words_and_switches() -> None:
    policy = read_policy(
        "programme: yes\nblocked: null\nshop: {rates: {USD: 25400, JPY: 170.5}, seasonal: on}\n"
        "bars: {premier: {mode: 5_000_000}}\nwindow: {mode: 90}\n"
    )
    assert (policy.programme, policy.blocked, policy.blocked_by) == ("yes", Always(False), ())
    assert policy.shop.rates == {"USD": 25400, "JPY": Fraction(341, 2)}
    assert policy.shop.seasonal
    assert policy.bars.premier.mode == Fraction(5_000_000)
    assert policy.window.mode == 90


def test_an_alias_may_spare_typing() -> None:
    policy = read_policy("quantities:\n  a: &acts {count: [page], within: 30}\n  b: *acts\n")
    assert policy.quantities["a"].kinds == policy.quantities["b"].kinds == (("page", Fraction(1)),)


def test_a_file_is_read_with_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "tiệm.yaml"
    path.write_bytes("\ufeffshop: {tz: UTC}\r\n".encode())
    policy = load_policy(path)
    assert (policy.shop.tz, policy.text) == ("UTC", "shop: {tz: UTC}\r\n")
    path.write_bytes(b"shop:\r\n  tz: Nowhere/At_All\r\n")
    with pytest.raises(WrongPolicy, match=r"^tiệm\.yaml:2: shop\.tz: "):
        load_policy(path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    with pytest.raises(WrongPolicy, match=r"policy\.yaml: no such file"):
        load_policy(path)
    with pytest.raises(WrongPolicy, match="give the path of a policy file"):
        load_policy(tmp_path)
    path.write_bytes(b"shop:\n  tz: \xff\n")
    with pytest.raises(WrongPolicy, match=r"^policy\.yaml:2: this is not UTF-8"):
        load_policy(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(WrongPolicy, match="too long"):
        load_policy(path)


def test_the_fingerprint_sees_what_is_said_and_not_how() -> None:
    one = "shop: {tz: UTC, currency: USD}\nlevels: {member: {enter: orders >= 3, grace: 1}}\n"
    other = """# the same, said at length
levels:
  member:
    grace: 01   # once
    enter: "((orders>=3))"
    hold_months: 12
    ended_by: [membership_left]
shop: {'currency': USD, tz: UTC}
"""
    assert read_policy(one).fingerprint == read_policy(other).fingerprint
    assert read_policy(one).text == one
    assert len(DEFAULT.fingerprint) == 12
    assert int(DEFAULT.fingerprint, 16) >= 0


@pytest.mark.parametrize(
    "text",
    ["shop: {return_window_days: 8}", "levels: {member: {grace: 1}}", "levels: {premier: null}",
     "levels: {member: {name: {en: Club}}}", "quantities: {orders: {within: ever}}",
     "quantities: {a: {sum: [page]}}", "points: {advocacy: {share: {outward: false}}}",
     "bars: {unless: insider}", "activity: {new: 2}", "blocked: null", "programme: no",
     "quantities: {negative_reviews: {where: {public: false}}}"],
)  # fmt: skip
def test_the_fingerprint_sees_every_change(text: str) -> None:
    assert read_policy(text).fingerprint != DEFAULT.fingerprint


def test_kinds_in_another_order_are_the_same_policy_but_levels_are_not() -> None:
    acts = "quantities: {weak_days: {days: [%s]}}"
    one, other = (
        read_policy(acts % kinds) for kinds in ("page, link_clicked", "link_clicked, page")
    )
    assert one.fingerprint == other.fingerprint
    turned = effective(DEFAULT)
    turned["levels"][1:3] = reversed(turned["levels"][1:3])
    assert read_policy(yaml.safe_dump(turned)).fingerprint != DEFAULT.fingerprint


def test_the_default_text_and_the_effective_data_are_policies_that_say_the_same() -> None:
    for text in (default_text(), yaml.safe_dump(effective(DEFAULT), allow_unicode=True)):
        assert read_policy(text).fingerprint == DEFAULT.fingerprint


whole = st.integers(0, 24)


@given(hold=whole, grace=whole, days=st.integers(0, 365), new=st.decimals("0.1", "9", places=2))
def test_what_is_effective_loads_as_itself(hold: int, grace: int, days: int, new: object) -> None:
    policy = read_policy(
        f"levels: {{member: {{hold_months: {hold}, grace: {grace}}}}}\n"
        f"shop: {{return_window_days: {days}}}\nactivity: {{new: {new}}}\n"
    )
    again = read_policy(yaml.safe_dump(effective(policy)))
    assert again.fingerprint == policy.fingerprint
    assert again.levels == policy.levels
    assert again.activity == policy.activity
