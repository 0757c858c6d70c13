"""The ledger against a small model of dictionaries, step by step, and against planted faults."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from thang.model import WrongInput
from thang.record import ledger, ledger_audit, lots
from thang.record.ledger import Account, Transfer
from thang.record.ledger_tables import PROGRAMMES
from thang.record.ledger_tables import lots as lot_rows
from thang.record.lots import Lot

NAMES = ("shop", "ann", "bea", "till")
OWES = {"shop"}
LOTS = {"ann", "bea"}
AMOUNTS = st.integers(1, 30)
FAR = 10**9


@cache
def in_memory() -> Engine:
    """The ledger's tables in memory, with the database's own checks."""
    engine = create_engine("sqlite://", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def connected(connection: object, _: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        connection.execute("pragma foreign_keys=on")  # type: ignore[attr-defined]

    event.listen(engine, "begin", lambda c: c.exec_driver_sql("begin"))
    with engine.begin() as connection:
        for table in PROGRAMMES:
            table.create(connection)
    return engine


class Model:
    """What a ledger does, in dictionaries: balances, holds, and lots as lists."""

    def __init__(self) -> None:
        self.posted = dict.fromkeys(NAMES, 0)
        self.held = dict.fromkeys(NAMES, 0)
        self.lots: dict[str, list[list[int]]] = {name: [] for name in LOTS}  # [until, n, left]
        self.done: dict[str, tuple[str, str, str, int, int]] = {}
        self.took: dict[str, list[tuple[list[int], int]]] = {}
        self.made: dict[str, list[int]] = {}
        self.over: set[str] = set()

    def short(self, name: str, amount: int) -> bool:
        return name not in OWES and self.posted[name] - self.held[name] < amount

    def spend(self, key: str, name: str, amount: int, first: str = "") -> None:
        self.took[key] = []
        own = self.made.get(first)
        for lot in sorted(self.lots.get(name, ()), key=lambda lot: (lot is not own, *lot[:2])):
            part = min(lot[2], amount)
            if part:
                lot[2] -= part
                amount -= part
                self.took[key].append((lot, part))

    def give(self, key: str, name: str, amount: int, until: int) -> None:
        self.posted[name] += amount
        if name in LOTS:
            lot = [until, len(self.made), amount]
            self.made[key] = lot
            self.lots[name].append(lot)

    def back(self, key: str) -> None:
        for lot, part in self.took[key]:
            lot[2] += part


class Ledgers(RuleBasedStateMachine):
    """Random transfers, holds, settlements, reversals and repeats, on a real record."""

    moved, pending = Bundle("moved"), Bundle("pending")

    def __init__(self) -> None:
        super().__init__()
        # One transaction for all steps, rolled back: what is tested is the ledger, not the disk.
        self.connection = in_memory().connect()
        self.connection.begin()
        for name in NAMES:
            account = Account(name, 1, may_owe=name in OWES, by_lots=name in LOTS)
            ledger.open_account(self.connection, account, 1)
        self.model, self.count = Model(), 0

    def teardown(self) -> None:
        self.connection.close()

    def key(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def tried(self, work: object) -> bool:
        """Whether it was done; a refusal leaves everything as it was."""
        save = self.connection.begin_nested()
        try:
            done = work()  # type: ignore[operator]
        except WrongInput:
            save.rollback()
            return False
        save.commit()
        assert done
        return True

    @initialize()
    def something_to_spend(self) -> None:
        for name in ("ann", "bea"):
            self.go("shop", name, 20, 50)

    def go(self, debit: str, credit: str, amount: int, until: int) -> str | None:
        key, model = self.key(), self.model
        asked = Transfer(key, debit, credit, amount, self.count, "test", expires_at=until)
        done = self.tried(lambda: ledger.move(self.connection, asked, 1))
        assert done != (debit == credit or model.short(debit, amount))
        if not done:
            return None
        model.spend(key, debit, amount)
        model.posted[debit] -= amount
        model.give(key, credit, amount, until)
        model.done[key] = ("moved", debit, credit, amount, until)
        return key

    @rule(target=moved, ends=st.permutations(NAMES), amount=AMOUNTS, until=st.integers(1, 99))
    def moves(self, ends: list[str], amount: int, until: int) -> str | None:
        return self.go(ends[0], ends[1], amount, until)

    @rule(key=moved)
    def told_again(self, key: str | None) -> None:
        if key is None or self.model.done[key][0] != "moved":
            return
        _, debit, credit, amount, until = self.model.done[key]
        again = Transfer(key, debit, credit, amount, 77, "test", expires_at=until)
        assert not ledger.move(self.connection, again, 1)
        other = Transfer(key, debit, credit, amount + 1, 77, "test", expires_at=until)
        with pytest.raises(WrongInput):
            ledger.move(self.connection, other, 1)

    @rule(target=pending, ends=st.permutations(NAMES), amount=AMOUNTS, until=st.integers(1, 99))
    def holds(self, ends: list[str], amount: int, until: int) -> str | None:
        key, model, (debit, credit, *_) = self.key(), self.model, ends
        asked = Transfer(key, debit, credit, amount, 1, "test", expires_at=until)
        done = self.tried(lambda: ledger.hold(self.connection, asked, 1))
        assert done != model.short(debit, amount)
        if not done:
            return None
        model.spend(key, debit, amount)
        model.held[debit] += amount
        model.done[key] = ("pending", debit, credit, amount, until)
        return key

    @rule(target=moved, key=consumes(pending))
    def posts(self, key: str | None) -> str | None:
        if key is None:
            return None
        name, model = self.key(), self.model
        _, debit, credit, amount, until = model.done[key]
        assert self.tried(lambda: ledger.post(self.connection, name, key, 2, 1))
        assert not self.tried(lambda: ledger.void(self.connection, self.key(), key, 2, 1))
        model.posted[debit] -= amount
        model.held[debit] -= amount
        model.give(name, credit, amount, until)
        model.took[name] = model.took[key]
        model.done[name] = ("posted", debit, credit, amount, until)
        return name

    @rule(key=consumes(pending))
    def voids(self, key: str | None) -> None:
        if key is None:
            return
        _, debit, _, amount, _ = self.model.done[key]
        name = self.key()
        assert self.tried(lambda: ledger.void(self.connection, name, key, 2, 1))
        assert not ledger.void(self.connection, name, key, 3, 1)
        self.model.held[debit] -= amount
        self.model.back(key)

    @rule(key=moved)
    def takes_back(self, key: str | None) -> None:
        if key is None:
            return
        name, model = self.key(), self.model
        _, debit, credit, amount, _ = model.done[key]
        done = self.tried(lambda: ledger.reverse(self.connection, name, key, 5, 1, "wrong"))
        assert done != (key in model.over or model.short(credit, amount))
        if done:
            model.over.add(key)
            model.spend(name, credit, amount, first=key)
            model.posted[credit] -= amount
            model.posted[debit] += amount
            model.back(key)

    @invariant()
    def is_what_the_model_says(self) -> None:
        found = {name: ledger.balance(self.connection, name) for name in NAMES}
        assert {name: one.posted for name, one in found.items()} == self.model.posted
        assert {name: one.held for name, one in found.items()} == self.model.held
        assert sum(one.posted for one in found.values()) == 0
        assert all(one.free >= 0 for name, one in found.items() if name not in OWES)
        columns = (lot_rows.c.account, lot_rows.c.expires_at, lot_rows.c.left)
        rows = self.connection.execute(select(*columns).order_by(lot_rows.c.id))
        assert sorted(map(tuple, rows)) == sorted(
            (name, lot[0], lot[2]) for name, held in self.model.lots.items() for lot in held
        )
        assert all(ledger.balance_at(self.connection, n, FAR) == found[n].posted for n in NAMES)
        assert ledger_audit.faults(self.connection) == []


def judged(examples: int, steps: int, **more: object) -> None:
    """Let the machine run."""
    wanted = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None,
        suppress_health_check=list(HealthCheck), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    run_state_machine_as_test(Ledgers, settings=wanted)


def test_the_ledger_is_what_the_model_says() -> None:
    judged(40, 30)


@pytest.mark.soak
def test_the_ledger_is_what_the_model_says_for_long() -> None:
    judged(1500, 60)


def _forgetful(real: Callable[..., bool]) -> Callable[..., bool]:
    def new(connection: Connection, asked: Transfer, *rest: object) -> bool:
        return ledger._row(connection, asked.key) is not None or real(connection, asked, *rest)

    return new


def _generous(connection: Connection, account: str, posted: int = 0, held: int = 0) -> None:
    ledger._add(connection, account, posted=-posted, held=held)


def _nothing(*_: object, **__: object) -> None:
    return


def _newest(real: Callable[..., list[Lot]]) -> Callable[..., list[Lot]]:
    return lambda *words: real(*words)[::-1]


def _twice(real: Callable[..., None]) -> Callable[..., None]:
    def add(connection: Connection, account: str, posted: int = 0, held: int = 0) -> None:
        real(connection, account, posted=posted * 2 if posted > 0 else posted, held=held)

    return add


FAULTS: dict[str, tuple[ModuleType, str, Callable[..., object]]] = {
    "a repeat is taken as new": (ledger, "_new", _forgetful),
    "what is given is not written down": (ledger, "_give", lambda _: _nothing),
    "what is given is given twice": (ledger, "_add", _twice),
    "nothing is ever short": (ledger, "_take", lambda _: _generous),
    "what was held is not put back": (lots, "give_back", lambda _: _nothing),
    "what came last goes first": (lots, "_open_lots", _newest),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults_are_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, made = FAULTS[fault]
    monkeypatch.setattr(module, name, made(getattr(module, name)))
    with pytest.raises((AssertionError, SQLAlchemyError, WrongInput)):
        judged(60, 25, database=None, phases=(Phase.generate,), derandomize=True)
