"""Each of the 74 fires through the whole of a run in an invented shop built for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from thang.model import Cost, Event, Flag, Identifier
from thang.policy.playbook.load import load_playbook
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import simulate
from thang.workspace.acting.entering import _shop_fires, able
from thang.workspace.shop import Workspace

from .shops import act, new_shop, order, tell

BOOK = load_playbook(None)
CHANNELS = ("email", "zalo_oa", "messenger", "audience", "call", "named")
DAY, LATER = "2026-12-10", "2026-12-11"


def fits(shop: Workspace) -> set[str]:
    """The strategies that meet somebody, or the shop, today; at whatever stage, the gate open."""
    found = set()
    with shop.look() as look:
        look.record.hear()
        door = shop._door(look)
        for one in BOOK.strategies:
            on = replace(one, on=True)
            if one.scope == "shop" and _shop_fires(door, on):
                found.add(one.key)
            if one.scope == "person" and able(door, on).any():
                found.add(one.key)
    return found


def agreeing(who: str) -> list[Event]:
    return [
        act(who, "consent_granted", "2026-06-01", ref=channel, message_id=f"{who}-{channel}")
        for channel in CHANNELS
    ]


def by_hand() -> Iterable[Event]:
    """People and costs that a simulated year seldom has, each for one strategy."""
    yield from agreeing("KH-CHO")
    yield act("KH-CHO", "product_added", "2026-12-09", ref="SP-1")
    yield act("KH-CHO", "live_chat_message_sent", DAY)
    yield act("KH-CU", "live_chat_message_received", "2026-11-01")
    yield act("KH-THU", "beta_used", "2026-12-04", ref="SP-9")
    yield replace(order("KH-SAN", "2026-12-01"), source="another till")
    yield act("KH-SAN", "cost_recorded", "2026-12-01", grade=int(Cost.ACQUISITION),
              amount=900_000_000, currency="VND", ref="QC-1")  # fmt: skip
    for n in range(16):
        yield from fan(f"KH-HAM-MO-{n}")


def fan(teller: str) -> Iterable[Event]:
    """Somebody who tells others month by month, and whose three friends have bought."""
    yield from agreeing(teller)
    for month in (6, 8, 10, 12):
        yield order(teller, f"2026-{month:02d}-01", 900_000)
    for month in (7, 8, 9, 10, 11, 12):
        said = f"2026-{month:02d}-03"
        yield act(teller, "post_shared", said, ref=f"BV-{teller}-{month}", flags=Flag.PUBLIC)
        yield act(teller, "product_reviewed", said, grade=5, flags=Flag.PUBLIC, ref=f"SP-{month}")
    for n in range(3):
        friend = f"{teller}-BAN-{n}"
        code = f"MA-{friend}"
        yield act(teller, "referral_sent", "2026-11-20", ref=code)
        yield act(teller, "referral_converted", f"2026-12-{n + 3:02d}", ref=code,
                  other=(Identifier("customer", friend),))  # fmt: skip
        yield order(friend, f"2026-12-{n + 4:02d}")


def small_shop(folder: Path) -> Workspace:
    """The shop made by hand, before its launch and at the stage whose budget is cut."""
    shop = new_shop(folder, DAY)
    text = shop.folder.policy_file.read_text() + 'stage: {launched: "no"}\n'
    shop.folder.policy_file.write_text(text)
    tell(shop, by_hand())
    shop.classify(DAY)
    shop.judge()
    return shop


SELDOM = {
    "shopper_fast_sla", "feedback_loop", "close_and_repeat", "public_recognition",
    "community_offline", "prelaunch_list", "omnichannel_ops", "acquisition_throttle",
}  # fmt: skip


def test_what_a_simulated_year_seldom_has_fires_by_hand(tmp_path: Path) -> None:
    assert fits(small_shop(tmp_path / "shop")) >= SELDOM


@pytest.mark.soak
def test_each_of_the_74_fires_in_a_shop_built_for_it(tmp_path: Path) -> None:
    """Three years of a thousand people, looked at as its stages come, with the gate open."""
    shop = new_shop(tmp_path / "mid", "2027-01-15")
    tell(shop, everybody_agrees())
    policy = shop.folder.policy_file
    policy.write_text(policy.read_text() + "gate: {monthly_capacity: 400}\n")
    found = fits(small_shop(tmp_path / "small"))
    for day in ("2024-02-10", "2024-05-10", "2024-09-10", "2025-03-10", "2026-06-10", "2026-12-20"):
        shop.classify(day)
        for stage in range(5):
            shop.say_stage(stage, "to see", "test")
            shop.judge()
            shop.override_gate(stage % 2 == 0, "to see", "test")
            found |= fits(shop)
    assert found >= {one.key for one in BOOK.strategies} - {"premier_sla_guard", "not_everyone"}


def everybody_agrees() -> Iterable[Event]:
    for event in simulate(replace(SCENARIOS["small"], people=1_000, seed=4)):
        if event.kind != "consent_granted":
            yield event
            continue
        for channel in CHANNELS:
            name = f"{event.message_id}-{channel}"
            yield replace(event, ref=channel, message_id=name, properties={})
