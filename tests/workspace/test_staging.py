"""The stage and the gate of shops written by hand: counts one by one, months kept, hostile shops."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from tests.workspace.ledgers import TODAY, Bought, Ledger, ledger, version

from thang.model import DAY, Flag
from thang.policy.aims import StageRules
from thang.policy.load import read_policy
from thang.river.calendar import moment
from thang.river.events import CODES
from thang.river.stage.signals import Share, Signals
from thang.workspace.margins import margins
from thang.workspace.stage_buying import Buying
from thang.workspace.stage_counts import Asked, Margins, signals
from thang.workspace.staged import StageAnswer, Staged
from thang.workspace.staging import stage_now, stage_told

CYCLE = 30
SIGNALS = ("person", "at", "kind", "ref", "grade", "flags", "seq")
Said = tuple[int, int, str, int, int]  # person, days ago, kind, grade, flags


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path / "shop") as found:
        yield found


def bought(people: int, days: int = 500, seed: int = 3, every: float = 35.0) -> Bought:
    """Invented buyers who come and come back."""
    dice, rows = np.random.default_rng(seed), []
    for who in range(1, people + 1):
        ago = int(dice.integers(1, days))
        while ago > 0:
            rows.append((who, ago, int(dice.integers(50_000, 400_000))))
            ago -= 1 + int(dice.exponential(every))
    return rows


def say(shop: Ledger, said: Sequence[Said], today: int = TODAY) -> None:
    """Signals at noon, so many days ago; a ticket's `ref` is its person."""
    shop.projection.sql.execute("delete from signals")
    for seq, (who, ago, kind, grade, flags) in enumerate(said):
        at = (today - ago) * DAY + DAY // 2
        row = [who, at, CODES[kind], who, grade, flags, seq]
        shop.projection.sql.execute("insert into signals values (?, ?, ?, ?, ?, ?, ?)", row)


def began(shop: Ledger, ago: int, today: int = TODAY) -> None:
    """The first event."""
    shop.projection.sql.execute("delete from events")
    row = {"person": [1], "at": [(today - ago) * DAY], "kind": [1]}
    shop.projection.sql.register("first", pa.table(row))
    shop.projection.sql.execute(
        'insert into events (person, "at", kind) select person, "at", kind from first'
    )


def judged(shop: Ledger, more: str = "", number: int = 1) -> Staged:
    told = stage_now(shop.record, shop.projection, version(number, more)).told
    assert told is not None
    assert stage_told(shop.projection) == told
    return told


def counted(shop: Ledger, *ago: int) -> list[Signals]:
    """The counts of checks so many days ago."""
    day = np.array([TODAY + 1 - one for one in ago], np.int64)
    asked = Asked(day * DAY, day, CYCLE, (None,) * len(ago))
    buying = Buying.read(shop.projection, int(max(day)), CYCLE)
    return signals(shop.projection, buying, asked, StageRules(), Margins(None, None))


def one_by_one(rows: Bought, ago: int) -> dict[str, Any]:
    """The same counts by plain loops; `back`: days before the check, 0 its eve."""
    mine: dict[int, list[tuple[int, int]]] = {}
    for who, day, money in rows:
        if day >= ago:
            mine.setdefault(who, []).append((day - ago, money))
    fresh, orders, old, money = [0] * 6, [0] * 6, 0, 0
    active, at_risk, again, third, sixth, ripe = 0, 0, 0, 0, 0, 0
    for days in mine.values():
        first = max(back for back, _ in days)
        active += any(back < 90 for back, _ in days)
        for back, paid in days:
            if back < 180:
                orders[5 - back // 30] += 1
                fresh[5 - back // 30] += back == first
                money += paid
                old += paid * (back != first)
        for block in range(3):
            age = first + 1 - 30 * (block + 1)  # days before the block
            if 3 * CYCLE < age <= 3 * CYCLE + 365:
                at_risk += 1
                again += any(back // 30 == block for back, _ in days)
        if 7 * CYCLE < first + 1 <= 7 * CYCLE + 365:
            ripe += 1
            third += any((first - back) // CYCLE == 3 for back, _ in days)
            sixth += any((first - back) // CYCLE == 6 for back, _ in days)
    return {
        "fresh": tuple(fresh), "orders": tuple(orders), "active": active, "buyers": active,
        "rebought": Share(again, at_risk), "third": Share(third, ripe),
        "sixth": Share(sixth, ripe), "existing": pytest.approx(old / money) if money else None,
    }  # fmt: skip


def test_purchases_are_counted_as_by_hand(shop: Ledger) -> None:
    rows = bought(120)
    shop.write(rows)
    ago = (0, 1, 29, 31, 100, 365, 499, 600)
    for found, before in zip(counted(shop, *ago), ago, strict=True):
        for name, value in one_by_one(rows, before).items():
            assert getattr(found, name) == value, (name, before)


def test_testers_are_no_buyers_and_yet_active(shop: Ledger) -> None:
    shop.write([(who, 10, 100) for who in range(20)], {who: {"beta": 1} for who in range(8)})
    (found,) = counted(shop, 0)
    assert (found.active, found.buyers) == (20, 12)


def test_of_answers_the_last_of_each_regular_customer_counts(shop: Ledger) -> None:
    twice = [(who, ago, 100) for who in (1, 2, 3, 9) for ago in (20, 60)]
    shop.write([*twice, (4, 20, 100), (5, 300, 100), (5, 310, 100)], {8: {"beta": 1}})
    say(shop, [
        (1, 15, "pmf_answered", 3, 0), (1, 5, "pmf_answered", 1, 0),  # of another mind since
        (2, 15, "pmf_answered", 1, 0), (2, 5, "pmf_answered", 3, 0),
        (3, 5, "pmf_answered", 2, 0), (3, 5, "pmf_answered", 3, 0),  # twice in one breath
        (4, 5, "pmf_answered", 3, 0),  # bought once
        (5, 5, "pmf_answered", 3, 0),  # long ago
        (8, 5, "pmf_answered", 3, 0),  # a tester
        (9, 19, "csat_answered", 3, 0),  # another question
    ])  # fmt: skip
    now, before, later = counted(shop, 0, 10, -200)
    assert now.love == Share(3, 4)
    assert before.love == Share(1, 2)
    assert later.love == Share(0, 0)


def test_trouble_is_what_we_did_ourselves_and_unknown_before_the_first_ticket(
    shop: Ledger,
) -> None:
    shop.write([(who, who, 100) for who in range(100)])
    say(shop, [(1, 50, "ticket_opened", 1, 0), (2, 40, "ticket_opened", 2, int(Flag.THEIRS))])
    now, before, after = counted(shop, 0, 60, -200)
    assert now.incidents == Share(1, 90)
    assert before.incidents is None
    assert after.incidents == Share(0, 0)


def test_each_month_is_judged_once_and_kept(shop: Ledger) -> None:
    shop.write(bought(150))
    began(shop, 500)
    told = judged(shop)
    kept = shop.record.findings("stage")
    starts = [moment(one.at) for one in told.months]
    assert [(one.day, one.hour) for one in starts] == [(1, 0)] * len(starts)
    assert len(starts) == 17
    assert [one.at for one in kept] == [one.at for one in told.months]
    for one, finding in zip(told.months, kept, strict=True):
        assert sum(one.chances) == pytest.approx(1)
        assert list(one.chances) == finding.body["reading"]["chances"]
    again = judged(shop, number=2)
    assert again.months == told.months
    assert len(shop.record.findings("stage")) == 17


def test_months_told_one_by_one_are_those_told_at_once(shop: Ledger, tmp_path: Path) -> None:
    rows = bought(150, every=25.0)
    for ago in range(480, -1, -30):
        shop.write([row for row in rows if row[1] >= ago], today=TODAY)
        began(shop, 500)
        shop.projection.note(as_of=(TODAY - ago + 1) * DAY - 1)
        by_steps = judged(shop)
    with ledger(tmp_path / "another") as at_once:
        at_once.write(rows)
        began(at_once, 500)
        whole = judged(at_once)
    assert [one.leads for one in by_steps.months] == [one.leads for one in whole.months]
    for one, other in zip(by_steps.months, whole.months, strict=True):
        assert one.chances == pytest.approx(other.chances, abs=1e-9)


def test_another_past_is_judged_anew(shop: Ledger) -> None:
    rows = bought(150)
    shop.write(rows)
    began(shop, 500)
    judged(shop)
    shop.write([row for row in rows if row[0] > 5])  # a few were erased
    judged(shop)
    assert len(shop.record.findings("stage")) == 17
    shop.write([*rows, *((who + 1_000, ago, money) for who, ago, money in rows)])
    judged(shop)
    assert len(shop.record.findings("stage")) >= 17 + 14  # the first few orders are no other past


def test_the_launch_is_what_the_policy_says(shop: Ledger) -> None:
    shop.write(bought(30))
    began(shop, 500)
    day = datetime.fromtimestamp((TODAY - 40) * DAY // 10**6, UTC).date()
    assert judged(shop, "stage: {launched: no}\n").now.chances[0] == pytest.approx(0.98)
    told = judged(shop, f"stage: {{launched: {day}}}\n", 2)
    assert told.now.chances[0] == pytest.approx(0.01)
    assert told.now.launched is True


def test_margins_are_those_of_the_ledger(shop: Ledger) -> None:
    rows = [(who, 30, 100_000) for who in range(40)]
    shop.write(rows, {who: {"support": 10_000, "acquisition": 5_000} for who in range(40)})
    policy = read_policy("shop: {currency: VND, tz: UTC}\ncosts: {margin: 0.4}\n")
    found = margins(shop.projection, policy, (TODAY + 1) * DAY)
    assert found.contribution is not None
    assert found.net is not None
    assert found.contribution.mean == pytest.approx(0.4)
    assert found.net.mean == pytest.approx(0.25)
    unknown = read_policy("shop: {currency: VND, tz: UTC}\n")
    assert margins(shop.projection, unknown, TODAY * DAY) == Margins(None, None)


def gate(told: Staged) -> dict[str, Any]:
    return {check.key: check for check in told.gate.checks}


def test_the_gate_counts_tickets_reviews_and_what_the_owner_said(shop: Ledger) -> None:
    shop.write([(who, who % 60, 100) for who in range(120)])
    began(shop, 200)
    ok = int(Flag.OK)
    tickets = [(who, 20, "ticket_opened", 1, 0) for who in (1, 2, 3)]
    say(shop, [
        *tickets, (1, 18, "ticket_resolved", 0, ok), (2, 10, "ticket_resolved", 0, ok),
        (4, 1, "ticket_opened", 2, 0),  # not due yet
        (5, 30, "ticket_opened", 3, 0),  # severe, and open
        (6, 20, "ticket_opened", 3, int(Flag.THEIRS)),
        *((who, 15, "product_reviewed", 5 if who < 28 else 3, 0) for who in range(31)),
        (50, 300, "product_reviewed", 1, 0),
    ])  # fmt: skip
    told = judged(shop)
    found = gate(told)
    assert (found["quality"].numbers["k"], found["quality"].numbers["n"]) == (5, 120)
    assert (found["recovery"].numbers["k"], found["recovery"].numbers["n"]) == (1, 4)
    assert (found["recovery"].why, found["recovery"].numbers["open"]) == ("severe_open", 1)
    assert (found["taste"].numbers["k"], found["taste"].numbers["n"]) == (28, 31)
    assert found["capacity"].why == "capacity_unknown"
    assert not told.gate.opened
    assert told.allocation.groups[2] == 0


def test_a_ticket_closed_without_a_solution_is_closed_and_not_put_right(shop: Ledger) -> None:
    shop.write([(1, 5, 100)])
    began(shop, 90)
    say(shop, [(1, 20, "ticket_opened", 3, 0), (1, 19, "ticket_resolved", 0, int(Flag.FAILED))])
    found = gate(judged(shop))["recovery"]
    assert (found.numbers["k"], found.numbers["n"], found.numbers["open"]) == (0, 1, 0)


def test_a_weeks_look_is_kept_once(shop: Ledger) -> None:
    shop.write(bought(20))
    began(shop, 500)
    for _ in range(3):
        judged(shop)
    looks = [one.body for one in shop.record.findings("gate")]
    assert [look["check"] for look in looks] == ["week"]
    shop.write(bought(20), today=TODAY + 7)
    judged(shop)
    assert len(shop.record.findings("gate")) == 2


HOSTILE: dict[str, tuple[Bought, list[Said]]] = {
    "nobody": ([], []),
    "five customers": ([(w, 30 * w + 3, 90_000) for w in range(5)], []),
    "no orders but surveys": ([], [(w, 5, "pmf_answered", 3, 0) for w in range(90)]),
    "no surveys": (bought(80), []),
    "everybody loves it, nobody bought twice": (
        [(w, 9, 50_000) for w in range(90)], [(w, 5, "pmf_answered", 3, 0) for w in range(90)],
    ),
    "only trouble": ([], [(w, w, "ticket_opened", 3, 0) for w in range(90)]),
    "all refunded": ([(w, w + d, -500) for w in range(60) for d in (0, 40)], []),
    "no money": ([(w, w + d, 0) for w in range(60) for d in (0, 40)], []),
    "one customer, every day": ([(1, d, 50_000) for d in range(900)], []),
    "bought in the future": ([(w, -30, 50_000) for w in range(9)], []),
    "grades of nonsense": (bought(20), [(w, 5, "product_reviewed", -32_000, 0) for w in range(9)]),
}  # fmt: skip


def numbers_of(told: Any) -> Iterator[float]:
    """Every number of an answer."""
    if isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from numbers_of(one)
    elif isinstance(told, int | float):
        yield told


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_shops_are_told_without_nonsense(shop: Ledger, name: str) -> None:
    rows, said = HOSTILE[name]
    shop.write(rows)
    say(shop, said)
    began(shop, 400)
    told = judged(shop, "costs: {margin: 0.4}\n")
    assert sum(told.now.chances) == pytest.approx(1)
    assert all(math.isfinite(one) for one in numbers_of(msgspec.to_builtins(told)))
    assert told.enough or told.now.leads <= 1
    assert not told.gate.opened
    assert told.allocation.groups[2] == 0
    assert sum(told.allocation.groups) + told.allocation.mending + 0.1 == pytest.approx(1)
    fit = told.now.questions[1]
    assert all(part.chance is None for part in fit.parts[:2]) <= (fit.chance <= 0.4)
    assert msgspec.json.decode(msgspec.json.encode(told), type=Staged) == told


def test_few_answers_and_no_cohorts_are_called_few_data(shop: Ledger) -> None:
    shop.write([(who, 5 + who % 40, 90_000) for who in range(60)])
    began(shop, 60)
    told = judged(shop)
    assert not told.enough
    assert StageAnswer(told).status == "few_data"
    assert StageAnswer(None).status == "uncomputed"
    assert StageAnswer(told).stage == told.shown.stage <= 1
