"""Points and vouchers of people: debts, merges, expiry, and two who want the same last one."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thang
from record.told import shop
from thang.model import WrongInput
from thang.record import Record
from thang.record.ledger import Short
from thang.record.points import Award
from thang.river.programmes import codes
from thang.river.programmes.vouchers import Voucher, off, why_not

ANN, BEA, CAT = 11, 12, 13
ALWAYS = Voucher(20_000, None, 0, uses=1, each=0, from_at=0, until=10**18)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Record.create(tmp_path / "shop").close()
    return tmp_path / "shop"


def got(ref: str, points: int, expires_at: int = 10**18) -> Award:
    return Award(ref, points, 1, "order", expires_at=expires_at)


def free(record: Record, *numbers: int) -> int:
    assert record.ledger_faults() == []
    return record.points_of(numbers)[0].free


def test_an_award_is_brought_to_what_it_is_to_be(folder: Path) -> None:
    with Record.open(folder, lambda: 5) as record:
        assert record.award([([ANN], got("day:1", 30)), ([ANN], got("day:2", 5))]) == 2
        assert record.award([([ANN], got("day:1", 30))]) == 0
        assert record.award([([ANN], got("day:1", 10))]) == 1
        assert free(record, ANN) == 15
        assert record.award([([ANN], got("day:1", 25))]) == 1
        assert free(record, ANN) == 30
        told = {one.ref: (one.holder, one.points) for one in record.awarded()}
        assert told == {"day:1": (ANN, 25), "day:2": (ANN, 5)}


def test_what_was_spent_and_is_taken_back_is_owed_and_paid_by_the_next(folder: Path) -> None:
    with Record.open(folder, lambda: 5) as record:
        record.award([([ANN], got("day:1", 30))])
        assert record.redeem_points([ANN], "r1", 25, "a cup")
        assert not record.redeem_points([ANN], "r1", 25, "a cup")
        record.award([([ANN], got("day:1", 0))])
        assert free(record, ANN) == -25
        with pytest.raises(Short):
            record.redeem_points([ANN], "r2", 1, "a cup")
        record.award([([ANN], got("day:2", 40))])
        assert free(record, ANN) == 15


def test_people_who_merge_bring_their_points_their_expiry_and_their_debts(folder: Path) -> None:
    with Record.open(folder, lambda: 5) as record:
        record.award([([ANN], got("day:1", 10, 900)), ([BEA], got("day:2", 20, 800))])
        record.award([([CAT], got("day:3", 8))])
        record.redeem_points([CAT], "spent", 8, "a cup")
        record.award([([CAT], got("day:3", 0))])
        all_three = [ANN, BEA, CAT]
        assert free(record, *all_three) == 22
        assert record.redeem_points(all_three, "r", 15, "a cup")
        assert free(record, *all_three) == 7
        assert [(lot.left, lot.expires_at) for lot in record.points_of(all_three)[1]] == [(7, 900)]
        assert record.award([(all_three, got("day:2", 20))]) == 0, "it was given before they met"


def test_points_expire_lot_by_lot_the_oldest_first(folder: Path) -> None:
    now = [5]
    with Record.open(folder, lambda: now[0]) as record:
        record.award([([ANN], got("a", 10, 100)), ([ANN], got("b", 10, 50)), ([ANN], got("c", 4))])
        record.redeem_points([ANN], "r", 12, "a cup")
        now[0] = 99
        assert record.expire_points() == 0
        now[0] = 100
        assert record.expire_points() == 1
        assert record.expire_points() == 0
        assert free(record, ANN) == 4


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), max_size=8),
    st.randoms(use_true_random=False),
)
@settings(max_examples=10)
def test_the_order_of_awards_and_refunds_does_not_matter(
    told: list[tuple[str, int]], chance: random.Random
) -> None:
    """Whatever came between, the points are those of the last words."""
    last = dict(told)
    mixed = chance.sample(told, len(told)) + sorted(last.items())
    with shop() as record:
        record.award([([ANN], got(ref, points)) for ref, points in mixed])
        assert free(record, ANN) == sum(last.values())


def at_once(many: int, work: Callable[[int], object]) -> Counter[str]:
    """What became of many tries that begin together."""
    barrier = Barrier(many)

    def one(number: int) -> str:
        barrier.wait()
        try:
            return str(bool(work(number)))
        except WrongInput:
            return "refused"

    with ThreadPoolExecutor(many) as pool:
        return Counter(pool.map(one, range(many)))


def test_of_many_who_spend_the_last_point_at_once_one_does(folder: Path) -> None:
    with Record.open(folder) as record:
        for turn in range(5):
            record.award([([ANN], got(f"day:{turn}", 1))])

            def spend(number: int, turn: int = turn) -> bool:
                return record.redeem_points([ANN], f"{turn}/{number}", 1, "a cup")

            assert at_once(12, spend) == {"True": 1, "refused": 11}
        assert free(record, ANN) == 0


@pytest.mark.soak
def test_of_a_hundred_who_spend_the_last_point_at_once_one_does(folder: Path) -> None:
    with Record.open(folder) as record:
        for turn in range(1000):
            record.award([([ANN], got(f"day:{turn}", 1))])

            def spend(number: int, turn: int = turn) -> bool:
                return record.redeem_points([ANN], f"{turn}/{number}", 1, "a cup")

            assert at_once(100, spend) == {"True": 1, "refused": 99}


def test_a_voucher_is_redeemed_once_even_twice_at_once(folder: Path) -> None:
    with Record.open(folder) as record:
        code = record.issue_voucher("v1", "spring", ALWAYS)
        assert record.issue_voucher("v1", "spring", ALWAYS) == code
        tries = at_once(12, lambda n: record.redeem_voucher(code, f"DH-{n}", 50_000, []).new)
        assert tries == {"True": 1, "refused": 11}
        same = record.issue_voucher("v2", "spring", ALWAYS)
        tries = at_once(8, lambda _: record.redeem_voucher(same, "DH-1", 50_000, []).new)
        assert tries == {"True": 1, "False": 7}, "one order asks again and is answered alike"


def test_an_order_that_fails_gives_its_voucher_back_once(folder: Path) -> None:
    with Record.open(folder) as record:
        code = record.issue_voucher("v1", "spring", ALWAYS, "tet-2027")
        assert record.redeem_voucher("TET2O27", "DH-1", 15_000, []).off == 15_000
        with pytest.raises(WrongInput, match="redeemed already"):
            record.redeem_voucher(code, "DH-2", 50_000, [])
        assert record.return_voucher(code, "DH-1")
        assert not record.return_voucher(code, "DH-1")
        assert record.redeem_voucher(code, "DH-2", 50_000, []).off == 20_000
        with pytest.raises(WrongInput):
            record.redeem_voucher(code, "DH-1", 50_000, [])
        with pytest.raises(WrongInput, match="no voucher"):
            record.redeem_voucher("NOTHING", "DH-3", 50_000, [])


@given(
    st.builds(
        Voucher,
        amount=st.none() | st.integers(1, 99),
        percent=st.integers(1, 100),
        least=st.integers(0, 50),
        uses=st.integers(1, 3),
        each=st.integers(0, 2),
        from_at=st.integers(0, 9),
        until=st.integers(0, 9),
        holder=st.none() | st.just(ANN),
    ),
    st.integers(0, 99),
    st.sampled_from([(), (ANN,), (BEA,), (BEA, ANN)]),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 9),
)
def test_a_voucher_is_taken_just_when_every_condition_holds(
    voucher: Voucher, order: int, who: tuple[int, ...], used: int, theirs: int, now: int
) -> None:
    conditions = (
        voucher.from_at <= now < voucher.until,
        used < voucher.uses,
        voucher.holder in (None, *who),
        voucher.each == 0 or (len(who) > 0 and theirs < voucher.each),
        order >= voucher.least,
        order > 0,
    )
    assert (why_not(voucher, order, who, used, theirs, now) is None) == all(conditions)
    assert 0 <= off(voucher, order) <= order


@given(st.text(max_size=60))
def test_a_code_is_the_same_however_it_is_typed(text: str) -> None:
    kept = codes.plain(text)
    assert codes.plain(kept) == kept
    assert codes.plain(f" {codes.shown(kept).lower()} ") == kept
    assert set(kept) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


KILLED = """
import os, signal, sys
from pathlib import Path
from thang.record import Record, vouchers
from thang.river.programmes.vouchers import Voucher
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
record = Record.open(Path(sys.argv[1]))
if sys.argv[2] == "between":
    vouchers.issue = die
record.buy_voucher([11], "bought", 30, "points", Voucher(300, None, 0, 1, 0, 0, 10**18))
die()
"""


@pytest.mark.parametrize(("moment", "left"), [("between", 40), ("after", 10)])
def test_killed_while_points_become_a_voucher(folder: Path, moment: str, left: int) -> None:
    with Record.open(folder) as record:
        record.award([([ANN], got("day:1", 40))])
    source = str(Path(next(iter(thang.__path__))).parent)
    dying = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), moment],
        env=os.environ | {"PYTHONPATH": source}, check=False,
    )  # fmt: skip
    assert dying.returncode == -signal.SIGKILL
    with Record.open(folder) as record:
        assert free(record, ANN) == left
        assert len(record.vouchers()) == (left < 40)
        worth = Voucher(300, None, 0, 1, 0, 0, 10**18)
        code = record.buy_voucher([ANN], "bought", 30, "points", worth)
        assert free(record, ANN) == 10
        assert record.redeem_voucher(code, "DH-1", 1_000, [ANN]).off == 300


@pytest.mark.once
def test_what_a_form_brought_is_sealed_once_and_gone_when_taken(folder: Path) -> None:
    with Record.open(folder) as record:
        assert record.receive("join", "k1", {"name": "Người Thử"})
        assert not record.receive("join", "k1", {"name": "Người Khác"})
        (one,) = record.received()
        assert (one.form, one.body) == ("join", {"name": "Người Thử"})
        assert "Thử".encode() not in (folder / "record.db").read_bytes()
        record.taken([one.id])
        assert record.received() == []


def test_no_points_reach_what_levels_are_made_from(folder: Path) -> None:
    """All that the ladder is derived from: the log, who is who, policies and bars."""
    with Record.open(folder) as record:

        def read() -> tuple[object, ...]:
            log = record.events_after().to_pylist()
            tables = (record.links(), record.marks(), record.identifiers())
            return log, [table.tolist() for table in tables], record.kinds(), record.last_seq()

        before = read()
        record.award([([ANN], got("day:1", 10**6))])
        record.redeem_points([ANN], "r", 10**5, "a cup")
        record.buy_voucher([ANN], "v", 100, "points", ALWAYS)
        record.expire_points()
        assert read() == before


@pytest.mark.once
def test_nobody_changes_what_was_written_into_the_ledger(folder: Path) -> None:
    with Record.open(folder) as record:
        record.award([([ANN], got("day:1", 10))])
    with sqlite3.connect(folder / "record.db") as connection:
        for verb in ("delete from transfers", "update transfers set amount = 3"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(verb)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("update balances set posted = -1 where account = 'points/11'")
