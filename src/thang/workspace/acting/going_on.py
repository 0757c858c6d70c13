"""Those who are in a strategy: has it worked, what falls due today, is its time over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY
from thang.policy.expressions import names_in
from thang.policy.playbook.nouns import Strategy
from thang.record import Record
from thang.river.lifetime.rows import Bool, Float64
from thang.river.strategies.enrolling import RUNNING, Enrolment, Said, Stepped, said, stepped
from thang.river.tables import Int64
from thang.workspace.acting.playbooks import Playbooks
from thang.workspace.facts.asking import Enrolled, Facts

# Facts of enrolments themselves: the fact's name, each one's strategy, and since when they are.
Own = Callable[[str, Sequence[str], Enrolled], Float64]
_TODAY = """
select r.*, coalesce(p.person, r.person) as now_person
from running r left join people p on p.identifier = r.person order by r.id
"""


@dataclass(frozen=True)
class Group:
    """The enrolments of one strategy as one playbook wrote it; None: it is written no more."""

    key: str
    strategy: Strategy | None
    rows: Int64  # their places among the running


@dataclass(frozen=True)
class Running:
    """Everybody who is in a strategy, with the number that they have today."""

    table: pa.Table
    groups: tuple[Group, ...]

    @property
    def person(self) -> Int64:
        """Who they are today."""
        return column(self.table, "now_person")


def running(record: Record, projection: Projection, playbooks: Playbooks) -> Running:
    """The running enrolments, in groups of one strategy and playbook each."""
    table = record.enrolments(state=RUNNING)
    projection.sql.register("running", table)
    table = projection.table(_TODAY)
    projection.sql.unregister("running")
    places: dict[tuple[str, str], list[int]] = {}
    pairs = zip(table["playbook"].to_pylist(), table["strategy"].to_pylist(), strict=True)
    for place, pair in enumerate(pairs):
        places.setdefault(pair, []).append(place)
    groups = tuple(
        Group(key, playbooks.strategy(book, key), np.array(rows, np.int64))
        for (book, key), rows in places.items()
    )
    return Running(table, groups)


def stepped_on(of: Running, facts: Facts, own: Own, ended: Mapping[str, bool]) -> Iterator[Stepped]:
    """What the day makes of each enrolment that it makes anything of.

    `ended`: strategies that are over, whatever was begun; who is in one leaves it.
    """
    gone = ~np.isin(of.person, facts.person)
    for scope in ("person", "shop"):
        some = [one for one in of.groups if one.strategy and one.strategy.scope == scope]
        names = {name for one in some if one.strategy for name in _success_names(one.strategy)}
        if not some:
            continue
        rows = np.concatenate([one.rows for one in some])
        enrolled = facts.enrolled(of.person[rows], column(of.table, "at")[rows])
        since = facts.since(names, enrolled, partial(_own, own, some), everybody=scope == "shop")
        first = 0
        for group in some:
            mine = slice(first, first + len(group.rows))
            first += len(group.rows)
            theirs = {name: values[mine] for name, values in since.items()}
            place = enrolled.place[mine]
            yield from _group(of, group, theirs, place, facts, gone, ended)
    for group in of.groups:
        if group.strategy is None:
            yield from (_left(one) for one in _rows(of, group.rows))


def _success_names(strategy: Strategy) -> frozenset[str]:
    return names_in(strategy.success.rule)


def _own(own: Own, groups: Sequence[Group], name: str, enrolled: Enrolled) -> Float64:
    """Facts of an enrolment itself; `own` tells those that depend on the strategy."""
    keys = [group.key for group in groups for _ in group.rows.tolist()]
    return own(name, keys, enrolled)


def _group(
    of: Running, group: Group, since: Mapping[str, Float64], place: Int64, facts: Facts,
    gone: Bool, ended: Mapping[str, bool],
) -> Iterator[Stepped]:  # fmt: skip
    strategy, people = group.strategy, len(group.rows)
    if strategy is None:
        return
    if ended.get(group.key):
        yield from (_left(one) for one in _rows(of, group.rows))
        return
    won, wanted = said(strategy, since, _now_facts(strategy, place, facts, people), people)
    at, due = (column(of.table, name)[group.rows] for name in ("at", "due"))
    left = column(of.table, "step")[group.rows] < len(strategy.steps)
    falls = (due <= facts.now) & left
    over = facts.now >= at + strategy.success.within_days * DAY
    lost = gone[group.rows] if strategy.scope == "person" else np.zeros(people, np.bool_)
    told = np.flatnonzero(won | falls | over | lost)
    for i, one in zip(told.tolist(), _rows(of, group.rows[told]), strict=True):
        if lost[i]:
            yield _left(one)
            continue
        answers = Said(bool(won[i]), tuple(bool(step[i]) for step in wanted))
        yield stepped(one, strategy, answers, facts.now)


def _now_facts(
    strategy: Strategy, place: Int64, facts: Facts, people: int
) -> Mapping[str, Float64]:
    names = {name for step in strategy.steps if step.only_if for name in names_in(step.only_if)}
    if strategy.scope == "shop":
        return {name: np.repeat(v, people) for name, v in facts.of_shop(names).items()}
    return {name: values[place] for name, values in facts.of_people(names).items()}


def _rows(of: Running, rows: Int64) -> Iterator[Enrolment]:
    """Enrolments as nouns, each under the number that the person has today."""
    for row in of.table.take(pa.array(rows)).to_pylist():
        yield Enrolment(
            row["id"], row["strategy"], row["now_person"], row["cluster"], row["arm"], row["at"],
            row["step"], row["due"], row["state"], row["playbook"],
        )  # fmt: skip


def _left(one: Enrolment) -> Stepped:
    return Stepped(replace(one, state="left"))
