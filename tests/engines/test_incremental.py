"""Folding only those who changed must say what folding everybody says, to the last row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pytest

from judges.by_hand import default_policy
from judges.kernel import codes_of
from judges.rows import Mark, Row
from judges.shops import Told, random_shop
from thang.engines.duckdb import Projection
from thang.engines.steps import Run
from thang.model import DAY
from thang.river.bars import Bar
from thang.workspace.catching_up import _rename
from thang.workspace.classify import fold, referred

from .placing import OnDuckDB, Said, events_of, put_marks, run_of, said_by

PEOPLE = 72
LOTS = 6


@dataclass
class Living:
    """A projection that is fed and folded lot by lot, beside the rows it was told in all."""

    projection: Projection
    run: Run
    rows: list[Row] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def hear(self, rows: Sequence[Row], marks: Sequence[Mark] = ()) -> None:
        self.projection.keep(events_of(rows, self.run.kinds))
        self._touch([row.person for row in rows])
        put_marks(self.projection, marks)
        self.rows += rows
        self.marks += marks

    def merge(self, was: int, now: int) -> None:
        """Two turn out to be one, as catching up with the record finds it."""
        _rename(self.projection, np.array([was]), np.array([now]))
        self._touch([was, now])
        self.rows = [
            row._replace(
                person=now if row.person == was else row.person,
                other=now if row.other == was else row.other,
            )
            for row in self.rows
        ]
        self.marks = [m._replace(person=now) if m.person == was else m for m in self.marks]

    def place(self, as_of: int) -> None:
        self.run = replace(self.run, first=min(r.at for r in self.rows), as_of=as_of, _made={})
        fold(self.projection, self.run, referred(self.projection, self.run))

    def _touch(self, people: Sequence[int]) -> None:
        self.projection.touch(pa.table({"person": pa.array(people, pa.int64())}))


def full(living: Living) -> Said:
    told = Told(living.rows, living.marks, living.run.settings, [], living.run.as_of)
    return OnDuckDB().placed(told, living.run)


def assert_same(living: Living) -> None:
    kept, anew = said_by(living.projection), full(living)
    assert kept.transitions == anew.transitions
    assert kept.placements == anew.placements


def living_shop(
    dice: random.Random, few: float, monkeypatch: pytest.MonkeyPatch
) -> tuple[Living, Told]:
    """`few`: the share of people up to which they are folded one by one."""
    monkeypatch.setattr("thang.workspace.classify.FEW", few)
    told = random_shop(dice, PEOPLE, default_policy())
    run = run_of(told, default_policy())
    return Living(Projection.open(":memory:"), replace(run, kinds=codes_of(told.rows))), told


def lots(dice: random.Random, rows: list[Row]) -> list[list[Row]]:
    """Rows in any order, in lots of any size: most come late."""
    dice.shuffle(rows)
    cuts = sorted(dice.sample(range(1, len(rows)), LOTS - 1))
    return [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


# 9: whoever changed is folded alone, always; 0.2: as `thang classify` does.
@pytest.mark.parametrize("few", [9, 0.2])
@pytest.mark.parametrize("seed", range(4))
def test_late_rows_and_merged_people(
    seed: int, few: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(40 + seed)
    living, told = living_shop(dice, few, monkeypatch)
    last = max(row.at for row in told.rows)
    for number, lot in enumerate(lots(dice, told.rows)):
        living.hear(lot, told.marks if number == 2 else ())
        if number:
            now, was = sorted(dice.sample(range(1, PEOPLE + 1), 2))
            living.merge(was, now)
        living.place(last + number * DAY)
        assert_same(living)


@pytest.mark.parametrize("few", [9, 0.2])
@pytest.mark.parametrize("seed", range(2))
def test_time_goes_by(seed: int, few: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is known from the start; the date moves on, and back once."""
    dice = random.Random(70 + seed)
    living, told = living_shop(dice, few, monkeypatch)
    living.hear(told.rows, told.marks)
    first, last = min(r.at for r in told.rows), max(r.at for r in told.rows)
    dates = sorted(dice.randint(first, last + 300 * DAY) for _ in range(8))
    for as_of in [*dates[:5], dates[2], *dates[5:]]:
        living.place(as_of)
        assert_same(living)


def test_the_observed_level_goes_down_on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(72, 76):
        dice = random.Random(seed)
        living, told = living_shop(dice, 9, monkeypatch)
        living.hear(told.rows, told.marks)
        first, last = min(r.at for r in told.rows), max(r.at for r in told.rows)
        for as_of in sorted(dice.randint(first, last + 300 * DAY) for _ in range(8)):
            living.place(as_of)
            assert_same(living)


def test_a_friends_row_goes_with_the_friend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The referee is merged with a nameless visitor: the referral stays one."""
    dice = random.Random(1)
    living, _ = living_shop(dice, 9, monkeypatch)
    day = 1_700_000_000_000_000
    living.hear(
        [
            Row(1, day, 1, "referral_converted", other=5),
            Row(5, day + DAY, 2, "order_completed", ref=7, amount=900_000, flags=32 | 128),
            Row(3, day, 3, "page"),
        ]
    )
    living.place(day + 30 * DAY)
    living.merge(5, 3)
    living.place(day + 31 * DAY)
    assert_same(living)
    rows = living.projection.sql.execute("select person, ref from referral_rows").fetchall()
    assert rows == [(1, 3)]


def test_new_bars_reach_those_who_waited_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bars are published quarter by quarter while the date moves on."""
    for seed in range(4):
        dice = random.Random(200 + seed)
        living, told = living_shop(dice, 9, monkeypatch)
        living.hear(told.rows, told.marks)
        last = max(row.at for row in told.rows)
        published: list[Bar] = []
        for bar in told.bars[:8]:
            published.append(bar)
            living.run = replace(living.run, bars=tuple(published), _made={})
            living.place(min(bar.quarter + dice.randint(0, 80) * DAY, last + 300 * DAY))
            kept, anew = said_by(living.projection), full(living)
            assert kept.transitions == anew.transitions
        living.projection.close()
