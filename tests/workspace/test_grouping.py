"""The groups of shops written by hand: scores told anew, moves over months, hostile shops."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from scipy import stats
from tests.workspace.ledgers import TODAY, Bought, Ledger, ledger, version

import thang
from thang.model import DAY
from thang.policy.aims import GROUPS
from thang.workspace.grouped import Grouped
from thang.workspace.grouping import group_everybody
from thang.workspace.groups import groups_told
from thang.workspace.judging import is_judged, judge
from thang.workspace.valuing import value_everybody

WILLING, FORGIVING, VIRAL, VALUABLE, PROFITABLE = range(5)
Spent = Mapping[int, Mapping[str, Any]]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Ledger]:
    with ledger(tmp_path / "shop") as found:
        yield found


def judged(shop: Ledger, stage: int | None = None, number: int = 1) -> Grouped:
    """Value and groups as of the ledger's day."""
    value_everybody(shop.record, shop.projection, version(number))
    return group_everybody(shop.record, shop.projection, version(number), stage)


def rows(shop: Ledger) -> dict[int, dict[str, Any]]:
    found = shop.projection.table("select * from scores order by person").to_pylist()
    return {row["person"]: row for row in found}


def members(shop: Ledger, group: int) -> set[int]:
    return {who for who, row in rows(shop).items() if row["members"] >> group & 1}


def knows(shop: Ledger, group: int) -> set[int]:
    return {who for who, row in rows(shop).items() if row["enough"] >> group & 1}


def once(people: int) -> Bought:
    return [(who, 200 + who % 50, 100_000) for who in range(1, people + 1)]


def test_viral_is_a_gammas_tail(shop: Ledger) -> None:
    """Three friends in two years from the policy's prior: Gamma(0.15 + 3, 0.5 + 2) at 1 a year."""
    first = (TODAY + 1) * DAY - 1 - int(2 * 365.25 * DAY)
    shop.write(once(3), {1: {"referrals": 3, "first_at": first}, 2: {"shares": 1}})
    told = judged(shop)
    assert rows(shop)[1]["viral"] == pytest.approx(stats.gamma.sf(1, 3.15, scale=1 / 2.5), abs=1e-4)
    assert knows(shop, VIRAL) == {1, 2}
    assert told.groups[VIRAL].priors[0].origin == "assumed"
    assert told.referrals == 3


def test_forgiving_is_a_betas_tail(shop: Ledger) -> None:
    """Two forgiven of two from Beta(2, 1.6), without a wish: P(share >= 0.6)."""
    shop.write(once(3), {1: {"chances": 2.0, "forgiven": 2.0, "failures": 2},
                         2: {"chances": 1.0, "forgiven": 0.0, "failures": 1}})  # fmt: skip
    judged(shop)
    assert rows(shop)[1]["forgiving"] == pytest.approx(stats.beta.sf(0.6, 4, 1.6), abs=1e-4)
    assert rows(shop)[3]["forgiving"] == pytest.approx(stats.beta.sf(0.6, 2, 1.6), abs=1e-4)
    assert knows(shop, FORGIVING) == {1}  # one failure is too little to say anything
    assert members(shop, FORGIVING) == {1}


def test_willing_needs_two_chances(shop: Ledger) -> None:
    many = {"try_n": 8, "try_k": 8, "retry_n": 8, "retry_k": 8, "voice": 9}
    eager = many | {"access_at": (TODAY - 90) * DAY}
    shop.write(once(3), {1: eager, 2: {"try_n": 1, "try_k": 1}, 3: {"try_n": 9}})
    judged(shop)
    assert knows(shop, WILLING) == {1, 3}
    assert members(shop, WILLING) == {1}
    assert rows(shop)[1]["willing"] > 0.95
    assert rows(shop)[3]["willing"] < 0.1


def test_money_comes_from_value(shop: Ledger) -> None:
    bought = [(who, ago, 100_000 + 40_000 * (who % 7)) for who in range(1, 90)
              for ago in range(20 + who % 11, 700, 30 + who % 60)]  # fmt: skip
    shop.write(bought)
    told = judged(shop)
    for row in shop.rows():
        mine = rows(shop)[row["person"]]
        assert mine["valuable"] == pytest.approx(row["valuable"], abs=1e-6, nan_ok=True)
    assert members(shop, VALUABLE)
    assert told.groups[PROFITABLE].status == "unknown"  # nothing says what goods cost
    assert not knows(shop, PROFITABLE)


def test_in_at_once_and_out_after_two_monthly_checks(shop: Ledger) -> None:
    good: Spent = {1: {"referrals": 9, "shares": 3}}
    bad: Spent = {1: {"referrals": 0, "shares": 3, "first_at": (TODAY - 3_000) * DAY}}
    shop.write(once(3), good)
    judged(shop)
    assert members(shop, VIRAL) == {1}
    for months, still in ((1, True), (1, True), (2, False), (3, False)):
        shop.write(once(3), bad, TODAY + 31 * months)
        judged(shop)
        assert (1 in members(shop, VIRAL)) is still, months
    shop.write(once(3), good, TODAY + 31 * 4)
    judged(shop)
    assert members(shop, VIRAL) == {1}


def test_a_good_month_between_begins_the_count_again(shop: Ledger) -> None:
    good, bad = (
        {1: {"referrals": n, "first_at": (TODAY - 3_000) * DAY, "shares": 1}} for n in (99, 0)
    )
    for months, counts, still in ((0, good, True), (1, bad, True), (2, good, True), (3, bad, True),
                                  (4, bad, False)):  # fmt: skip
        shop.write(once(3), counts, TODAY + 31 * months)
        judged(shop)
        assert (1 in members(shop, VIRAL)) is still, months


def test_judging_again_says_the_same_and_adds_no_facts(shop: Ledger) -> None:
    shop.write(once(9), {1: {"referrals": 9}, 2: {"chances": 5.0, "forgiven": 5.0}})
    first, said = judged(shop), rows(shop)
    moves, checks = shop.record.group_moves().num_rows, len(shop.record.findings("group_check"))
    assert judged(shop) == first
    assert rows(shop) == said
    assert shop.record.group_moves().num_rows == moves
    assert len(shop.record.findings("group_check")) == checks == 1


def test_merged_people_keep_their_membership(shop: Ledger) -> None:
    shop.write(once(3), {2: {"referrals": 9}})
    judged(shop)
    shop.projection.sql.execute("insert into people values (2, 1), (1, 1)")
    weak = {1: {"referrals": 1, "first_at": (TODAY - 170) * DAY}}
    shop.write(once(1), weak, TODAY + 1)
    judged(shop)
    assert 0.4 < rows(shop)[1]["viral"] < 0.6  # would not let in, and does not let out
    assert members(shop, VIRAL) == {1}


def test_the_main_group_goes_by_the_stage(shop: Ledger) -> None:
    both = {"referrals": 9, "chances": 9.0, "forgiven": 9.0, "failures": 9}
    shop.write(once(3), {1: both})
    for stage, main in ((1, FORGIVING), (2, VIRAL)):
        told = judged(shop, stage)
        assert rows(shop)[1]["main"] == main
        assert told.focus == stage
        assert told.groups[main].mains == 1
    assert rows(shop)[2]["main"] == -1
    assert told.none == 2


def test_everything_is_judged_as_of_one_instant(shop: Ledger) -> None:
    shop.write(once(40))
    assert not is_judged(shop.projection)
    judge(shop.record, shop.projection, version())
    assert is_judged(shop.projection)
    told = groups_told(shop.projection)
    assert told is not None
    assert told.as_of == shop.projection.meta("as_of")
    assert told.focus == 0  # nobody bought lately: as before a launch


HOSTILE: dict[str, tuple[Bought, Spent]] = {
    "five customers": (once(5), {}),
    "one-time buyers": (once(400), {}),
    "one customer with 20,000 orders": (
        [*((1, ago % 3_000, 10_000) for ago in range(3_000)), *[(w, 100, 50_000) for w in range(2, 60)]],
        {1: {"orders": 20_000}},
    ),
    "all refunds": ([(who, 100, 0) for who in range(1, 60)],
                    {who: {"refunded": 50_000, "returned": 1} for who in range(1, 60)}),
    "no amounts": ([(who, ago, 0) for who in range(1, 60) for ago in (30, 200)], {}),
    "negative": ([(who, 100, -5_000) for who in range(1, 40)], {}),
    "costs without customers": ([], {1: {"acquisition": 90_000}, 2: {"contact": 500}}),
    "nobody": ([], {}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_shop_gets_a_status_and_no_false_label(shop: Ledger, name: str) -> None:
    bought, spent = HOSTILE[name]
    shop.write(bought, spent)
    told = judged(shop)
    for group in (WILLING, FORGIVING, VIRAL):
        assert told.groups[group].status == "few_data"
        assert not members(shop, group)
    assert told.groups[PROFITABLE].status == "unknown"
    if name != "one customer with 20,000 orders":
        assert not members(shop, VALUABLE)
    for row in rows(shop).values():
        for group in GROUPS:
            assert row[group] is None or 0 <= row[group] <= 1


def test_scores_lower_nobodys_service() -> None:
    """Scores are read where people are told of or chosen for an invitation, and nowhere else."""
    source = Path(next(iter(thang.__path__)))
    readers = set()
    for path in source.rglob("*.py"):
        texts = [n.value for n in ast.walk(ast.parse(path.read_text("utf-8")))
                 if isinstance(n, ast.Constant) and isinstance(n.value, str)]  # fmt: skip
        if any("from scores" in text or "join scores" in text for text in texts):
            readers.add(path.relative_to(source).as_posix())
    shown = {"workspace/groups.py", "workspace/grouping.py", "workspace/choosing.py"}
    counted = {"workspace/gate_counts.py", "workspace/whose.py"}
    asked = {
        "workspace/facts/shopwide.py",
        "workspace/facts/standing.py",
        "workspace/acting/own.py",
    }
    assert "workspace/groups.py" in readers
    assert readers <= shown | counted | asked
