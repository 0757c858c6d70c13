"""Invented shops told to Thang as a shop would tell them, and judged at dates of their history."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from evaluation.metrics import Floats, Ints
from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY, Event, Gathered
from thang.record import Record
from thang.river.calendar import moment
from thang.simulate.instants import add_months
from thang.simulate.scenario import Scenario
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import Simulation
from thang.simulate.truth import Truth
from thang.workspace.shop import Workspace


@dataclass(frozen=True)
class Told:
    """What Thang says of a shop at a date, beside what is true. People are told by true number.

    `key` holds the true numbers of the people whom Thang knows, `person` Thang's own.
    """

    scenario: Scenario
    truth: Truth
    shop: Workspace
    month: int
    at: int
    key: Ints
    person: Ints

    @contextmanager
    def open(self) -> Iterator[tuple[Record, Projection]]:
        """The shop's record and projection, as of this date."""
        with (
            Record.open(self.shop.folder.path, self.shop.folder.now) as record,
            Projection.open(self.shop.folder.projection_file) as projection,
        ):
            yield record, projection

    def table(self, ask: str) -> pa.Table:
        """What a query finds; its first column is `person`, which becomes the true number."""
        with self.open() as (_, projection):
            found = projection.table(ask)
        place = {int(p): int(k) for p, k in zip(self.person, self.key, strict=True)}
        known = [place.get(p, -1) for p in column(found, "person").tolist()]
        kept = pa.array([k >= 0 for k in known])
        return found.set_column(0, "key", pa.array(known, pa.int64())).filter(kept)

    def by_key(self, ask: str, name: str, missing: float = 0.0) -> Floats:
        """One number of each person of `key`."""
        found = self.table(ask)
        place = np.searchsorted(self._sorted, column(found, "key"))
        out = np.full(len(self.key), missing)
        values = found[name].cast(pa.float64()).fill_null(missing).to_numpy()
        out[self._order[place]] = values
        return out

    @cached_property
    def _order(self) -> Ints:
        return np.argsort(self.key)

    @property
    def _sorted(self) -> Ints:
        return self.key[self._order]


def scenario(name: str, people: int, seed: int) -> Scenario:
    """A scenario of the simulator in another size."""
    return replace(SCENARIOS[name], people=people, seed=seed)


def told_at(what: Scenario, months: Sequence[int]) -> Iterator[Told]:
    """The shop after each of some months, told no more than had happened until then."""
    simulation = Simulation(what)
    events = list(simulation.events())
    truth = simulation.truth()
    with tempfile.TemporaryDirectory() as folder:
        clock = [what.start]
        shop = Workspace.init(Path(folder) / "shop", now=lambda: clock[0])
        done = 0
        for month in months:
            at = min(add_months(what.start, month, what.tz), what.end) - 1
            clock[0] = at + 1
            past = [event for event in events[done:] if event.at <= at]
            _tell(shop, past)
            done += len(past)
            shop.classify(_day(at, what.tz))
            shop.judge()
            key, person = _known(shop, truth)
            yield Told(what, truth, shop, month, at, key, person)


def _tell(shop: Workspace, events: Sequence[Event]) -> None:
    with Record.open(shop.folder.path, shop.folder.now) as record:
        record.append("simulator", "told", (Gathered(1, (event,)) for event in events))


def _day(at: int, tz: str) -> str:
    return f"{moment(at, tz):%Y-%m-%d}"


def _known(shop: Workspace, truth: Truth) -> tuple[Ints, Ints]:
    """True numbers and Thang's of everybody who is placed, by any identifier of theirs."""
    with (
        Record.open(shop.folder.path, shop.folder.now) as record,
        Projection.open(shop.folder.projection_file) as projection,
    ):
        people = dict(projection.sql.execute("select identifier, person from people").fetchall())
        placed = {
            row[0] for row in projection.sql.execute("select person from placements").fetchall()
        }
        found: dict[int, int] = {}
        for one in truth.people:
            names = [("customer", one.customer_id), *(("anonymous", a) for a in one.anonymous_ids)]
            numbers = (record.find(*name) for name in names)
            persons = {people[n] for n in numbers if n in people} & placed
            if persons and one.arrived_at is not None:
                found[one.key] = min(persons)
    keys = np.array(sorted(found), np.int64)
    return keys, np.array([found[int(key)] for key in keys], np.int64)


def days_before(at: int, instants: Floats) -> Floats:
    """Days since some instants."""
    return (at - instants) / DAY
