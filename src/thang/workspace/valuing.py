"""Everybody's lifetime value and profit: computed once they are placed, read by pages and verbs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from thang.engines.duckdb import Projection
from thang.policy.load import read_policy
from thang.record import PolicyVersion, Record
from thang.river.calendar import moment, month_start
from thang.river.lifetime.scoring import Note
from thang.river.profit.ledger import Filled
from thang.workspace.buyers import batches, shop_day
from thang.workspace.cohorts import cohorts
from thang.workspace.judged_rows import ENOUGH_PROFIT, ENOUGH_VALUE, judged
from thang.workspace.summing import Running, summed
from thang.workspace.valued import Customer, Filling, PersonValue, Summed, ValueAnswer
from thang.workspace.yardstick import yardstick

if TYPE_CHECKING:
    from thang.workspace.pages import Look

SHOWN = 10  # people of a short list
_COLUMNS = (
    "alive", "value", "value_low", "value_high", "valuable", "profit", "profit_low",
    "profit_high", "profitable",
)  # fmt: skip


def value_everybody(record: Record, projection: Projection, version: PolicyVersion) -> None:
    """Write the table `values` as of the last classification, and what is told of the shop.

    Everybody is read and written in batches; the measure is the quarter's (`yardstick`).
    """
    policy = read_policy(version.text)
    as_of = projection.meta("as_of") or 0
    today, quarter = shop_day(as_of, policy.shop.tz), quarter_start(as_of, policy.shop.tz)
    measure = yardstick(record, projection, policy, version.version, quarter, as_of, today)
    running = Running()
    with projection.one_commit():
        projection.sql.execute('delete from "values"')
        for batch in batches(projection, as_of, today):
            projection.put_values(judged(batch, measure, policy, running))
        told = summed(running, measure, policy, as_of, quarter, cohorts(projection, today))
        projection.sql.execute("delete from value_told")
        projection.sql.execute(
            "insert into value_told values (?)", [msgspec.json.encode(told).decode()]
        )


def quarter_start(at: int, tz: str) -> int:
    """The first instant of the shop's quarter."""
    day = moment(at, tz)
    return month_start(day.year * 12 + (day.month - 1) // 3 * 3, ZoneInfo(tz))


class Valuing(ABC):
    """The verbs of value. Before anybody is placed each is `WrongInput`."""

    def value(self, *, anew: bool = False) -> ValueAnswer:
        """The shop's value as last judged; with `anew` judged first where that is due."""
        with self._look() as look:
            if anew:
                self._judge_if_due(look)
            told = _told(look.projection)
            if told is None:
                return ValueAnswer(None)
            best = _people(look, "value > 0 order by value desc, person")
            worst = _people(look, "barnacle order by profit, person")
        return ValueAnswer(told, best, worst)

    def value_of(self, person: str) -> PersonValue | None:
        """One person's value and profit; None where they never bought, or nobody is judged yet."""
        with self._look() as look:
            number, told = self._number_of(look, person), _told(look.projection)
            if told is None:
                return None
            found = look.projection.table('select * from "values" where person = ?', [number])
            if not found.num_rows:
                return None
            return _person_value(look, told, found.to_pylist()[0])

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _judge_if_due(self, look: Look) -> None:
        """Bring value, stage and groups up to the last classification."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""


def _told(projection: Projection) -> Summed | None:
    kept = projection.sql.execute("select body from value_told").fetchall()
    return msgspec.json.decode(kept[0][0], type=Summed) if kept else None


def _people(look: Look, which: str) -> tuple[Customer, ...]:
    """The first people of the table `values` by a condition and an order of our own."""
    where, order = which.split(" order by ")
    ask = f'select * from "values" where {where} order by {order} limit {SHOWN}'  # noqa: S608
    return tuple(_customer(look.record, row) for row in look.projection.table(ask).to_pylist())


def _customer(record: Record, row: dict[str, Any]) -> Customer:
    return Customer(record.refs.ref_of(row["person"]), **{name: row[name] for name in _COLUMNS})


def _person_value(look: Look, told: Summed, row: dict[str, Any]) -> PersonValue:
    bits = {str(bit.name).lower(): int(bool(row["note"] & bit)) for bit in Filled}
    notes = tuple(str(bit.name).lower() for bit in Note if row["note"] & bit)
    figures = {one.what: one.figure for one in told.fillings}
    return PersonValue(
        told.status, told.profit_status, told.of_margin, told.horizon_months,
        _customer(look.record, row), row["purchases"], told.tau, told.profit_tau,
        bool(row["enough"] & ENOUGH_VALUE), bool(row["enough"] & ENOUGH_PROFIT), row["barnacle"],
        tuple(Filling(name, 1, figures.get(name)) for name, set_ in bits.items() if set_), notes,
    )  # fmt: skip
