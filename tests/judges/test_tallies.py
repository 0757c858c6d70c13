"""Tallies and purchases out of the fold's pass are what was told of people, counted by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from judges.bars import resolve
from judges.by_hand import default_policy
from judges.calendar import after_events
from judges.kernel import codes_of, events_table, referral_rows
from judges.orders import parts_of
from judges.referrals import qualified_referrals
from judges.rows import Row, by_person, up_to
from judges.tallies import purchases, tallied
from thang.engines.columns import TALLIES
from thang.engines.counted import counted
from thang.engines.steps import Run, events_of, line_of, walked
from thang.model import DAY, Cost, Flag
from thang.river.calendar import calendar
from thang.river.lifetime.summary import by_day, purchases_of
from thang.river.orders import order_rows
from thang.river.prepare import starts

BEGIN = 1_700_000_000_000_000
POLICY = default_policy()
KINDS = (
    "beta_invited", "version_announced", "beta_accepted", "beta_used", "version_tried",
    "trial_started", "trial_used", "feedback_given", "feature_requested", "ticket_opened",
    "ticket_resolved", "complaint_posted", "chargeback", "blocked_us", "product_reviewed",
    "order_completed", "order_refunded", "order_cancelled", "order_delivery_failed",
    "order_delivered", "referral_clicked", "post_shared", "mention_posted", "community_answered",
    "cost_recorded", "support_given", "message_delivered", "email_delivered", "page",
)  # fmt: skip
WEIGHTS = [4 if kind in ("order_completed", "ticket_opened", "version_announced") else 1 for kind in KINDS]  # fmt: skip


def random_rows(dice: random.Random, people: int, each: int) -> list[Row]:
    rows = []
    for who in range(1, people + 1):
        at = BEGIN + dice.randrange(30) * DAY
        for _ in range(dice.randrange(1, each)):
            at += dice.choice((0, 0, 1, 3_600_000_000, DAY, 9 * DAY, 30 * DAY, 61 * DAY))
            rows.append(_row(dice, who, at, len(rows) + 1))
    for referee in range(2, people + 1):
        if dice.random() < 0.5:
            who, at = dice.randrange(1, people + 1), BEGIN + dice.randrange(200) * DAY
            rows += [
                Row(who, at - DAY, len(rows) + 1, "referral_sent", ref=9),
                Row(who, at, len(rows) + 2, "referral_converted", ref=9, other=referee),
            ]
    return rows


def _row(dice: random.Random, who: int, at: int, seq: int) -> Row:
    kind = dice.choices(KINDS, WEIGHTS)[0]
    flags = 0
    for flag in (Flag.PUBLIC, Flag.OK, Flag.FAILED, Flag.THEIRS, Flag.SELF):
        flags |= int(flag) if dice.random() < 0.3 else 0
    if kind.startswith("order"):
        flags = int(
            dice.choice((Flag.FINAL, Flag.DELIVERED, Flag(0))) | dice.choice((Flag.AMOUNT, Flag(0)))
        )
    other = who if flags & Flag.SELF and kind == "referral_clicked" else 0
    flags &= ~int(Flag.SELF)
    return Row(
        who, at, seq, kind, ref=dice.randrange(4), amount=dice.randrange(0, 900), grade=dice.randrange(0, 11),
        flags=flags, other=other,
    )  # fmt: skip


def run_of(rows: Iterable[Row], as_of: int) -> tuple[Run, pa.Table]:
    rows = list(rows)
    codes = codes_of(rows)
    table = events_table(rows, codes)
    settings = resolve(rows, [], POLICY, as_of)
    return Run(POLICY, settings, codes, int(table["at"].to_numpy().min()), as_of), table


def told(rows: list[Row], as_of: int) -> tuple[pa.Table, pa.Table]:
    run, table = run_of(rows, as_of)
    line, people = line_of(table, run, referral_rows(table, rows, [], run))
    walked(line, people, run)
    return counted(line, people, run)


def judged(
    rows: list[Row], as_of: int
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[int, int]]]:
    lines = by_person(up_to(rows, as_of))
    parts = {who: parts_of(line, POLICY) for who, line in by_person(up_to(rows, 2**62)).items()}
    links = qualified_referrals(up_to(rows, 2**62), [], parts, POLICY)
    gap = run_of(rows, as_of)[0].settings.window_days * DAY // 4
    now = after_events(as_of, POLICY.shop.tz)
    found = {}
    for who, line in lines.items():
        mine = [link for link in links if link.referrer == who]
        found[who] = tallied(line, parts[who], mine, POLICY, gap, as_of)
    return found, {who: purchases(parts[who], now) for who in lines}


@pytest.mark.parametrize("seed", range(10))
def test_every_count_is_the_one_counted_by_hand(seed: int) -> None:
    dice = random.Random(seed)
    rows = random_rows(dice, 12, 40)
    for as_of in (BEGIN + dice.randrange(900) * DAY, BEGIN + 6000 * DAY):
        tallies, bought = told(rows, as_of)
        hand, days = judged(rows, as_of)
        assert tallies["person"].to_pylist() == sorted(hand)
        for one in tallies.to_pylist():
            assert _close(one) == _close(hand[one["person"]] | {"person": one["person"]})
        assert set(hand[next(iter(hand))]) | {"person"} == set(TALLIES.names)
        found: dict[int, dict[int, int]] = {}
        for p in bought.to_pylist():
            found.setdefault(p["person"], {})[p["day"]] = p["money"]
        assert found == {who: one for who, one in days.items() if one}


def _close(told: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v, 9) if isinstance(v, float) else v for k, v in told.items()}


def test_purchases_are_those_that_lifetime_value_knows() -> None:
    rows = random_rows(random.Random(77), 30, 30)
    as_of = BEGIN + 700 * DAY
    run, table = run_of(rows, as_of)
    cal = calendar(POLICY.shop.tz, run.first, as_of)
    events = events_of(table)
    orders = order_rows(events, starts(events.person), cal, POLICY.shop.return_window_days)
    known = by_day(purchases_of(orders, cal, as_of), 2**31 - 1)
    _, bought = told(rows, as_of)
    assert bought["person"].to_numpy().tolist() == known.person.tolist()
    assert bought["day"].to_numpy().tolist() == known.day.tolist()
    assert bought["money"].to_numpy().tolist() == known.money.tolist()


def test_somebody_with_twenty_thousand_orders_and_their_costs() -> None:
    rows = []
    for i in range(20_000):
        at = BEGIN + i * DAY // 40
        rows.append(
            Row(
                1,
                at,
                2 * i + 1,
                "order_completed",
                ref=i + 1,
                amount=10,
                flags=int(Flag.AMOUNT | Flag.FINAL),
            )
        )
        rows.append(
            Row(1, at + 1, 2 * i + 2, "cost_recorded", ref=i + 1, amount=4, grade=int(Cost.GOODS))
        )
    (one,) = told(rows, BEGIN + 900 * DAY)[0].to_pylist()
    assert (one["revenue"], one["costed"], one["goods"]) == (200_000, 200_000, 80_000)
    assert one["orders"] == len({np.int64(r.at + 7 * 3_600_000_000) // DAY for r in rows[::2]})
