"""The verbs of the groups: the shop's five, and one person's with the evidence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from thang.engines.duckdb import Projection
from thang.engines.steps import added_of
from thang.policy.aims import GROUPS
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.groups.crv import descent, influence, living, referral_value
from thang.river.groups.membership import NONE
from thang.river.lifetime.rows import Float64
from thang.river.tables import Int64
from thang.workspace.group_yardstick import GroupYardstick, group_yardstick
from thang.workspace.grouped import Grouped, GroupsAnswer, Listed, PersonGroup, PersonGroups
from thang.workspace.grouping import OF_GROUP
from thang.workspace.tallied import PROFITABLE, VALUABLE, Tallied, one_person

if TYPE_CHECKING:
    from thang.workspace.pages import Look

SHOWN = 10  # people of a short list


class Grouping(ABC):
    """The verbs of the groups. Before anybody is placed each is `WrongInput`."""

    def groups(self, *, anew: bool = False) -> GroupsAnswer:
        """The shop's groups as last judged; with `anew` judged first where that is due."""
        with self._look() as look:
            if anew:
                self._judge_if_due(look)
            told = groups_told(look.projection)
            if told is None:
                return GroupsAnswer(None)
            best = tuple(_best(look.record, look.projection, i) for i in range(len(GROUPS)))
        return GroupsAnswer(told, best)

    def groups_of(self, person: str) -> PersonGroups | None:
        """One person's groups; None where nobody is judged yet, or nothing is known of them."""
        with self._look() as look:
            number, told = self._number_of(look, person), groups_told(look.projection)
            if told is None:
                return None
            of = one_person(look.projection, told.as_of, number)
            if of is None:
                return None
            rules = look.policy.aims.groups
            measure = group_yardstick(
                look.record, look.projection, rules, told.policy, told.quarter, told.as_of
            )
            return _person(look.projection, look.policy, told, measure, of)

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""

    @abstractmethod
    def _judge_if_due(self, look: Look) -> None:
        """Bring value, stage and groups up to the last classification."""


def groups_told(projection: Projection) -> Grouped | None:
    """What the last judging said."""
    kept = projection.sql.execute("select body from groups_told").fetchall()
    return msgspec.json.decode(kept[0][0], type=Grouped) if kept else None


def _best(record: Record, projection: Projection, group: int) -> tuple[Listed, ...]:
    """The surest members of a group."""
    name = GROUPS[group]
    rows = projection.sql.execute(
        f"select person, {name} from scores where members & ? > 0 "  # noqa: S608 - one of GROUPS
        f"order by {name} desc, person limit ?",
        [1 << group, SHOWN],
    ).fetchall()
    return tuple(Listed(record.refs.ref_of(person), score) for person, score in rows)


def _person(
    projection: Projection, policy: Policy, told: Grouped, measure: GroupYardstick, of: Tallied
) -> PersonGroups:
    rules = policy.aims.groups
    ((members, main),) = projection.sql.execute(
        "select members, main from scores where person = ?", [int(of.person[0])]
    ).fetchall() or [(0, NONE)]
    traits = measure.traits(of, rules)
    found = []
    for i, trait in enumerate(traits):
        low, high = trait.bounds()
        origin = measure.priors[next(iter(OF_GROUP[i]))].origin
        found.append(
            PersonGroup(
                GROUPS[i], bool(members >> i & 1), bool(trait.enough[0]), float(trait.score[0]),
                float(trait.mean[0]), float(low[0]), float(high[0]), told.groups[i].border,
                float(trait.k[0]), float(trait.n[0]), origin,
            )
        )  # fmt: skip
    found += [_by_money(projection, told, of, i, members) for i in (VALUABLE, PROFITABLE)]
    owed, saved, sway = _referred(projection, policy, told, of)
    return PersonGroups(
        tuple(found), GROUPS[main] if main != NONE else None, owed, saved, sway,
        float(of.gifts[0]), 1 - float(traits[1].mean[0]), int(of.last_failure[0]) or None,
        told.as_of, told.policy, told.quarter,
    )  # fmt: skip


def _by_money(
    projection: Projection, told: Grouped, of: Tallied, group: int, members: int
) -> PersonGroup:
    """The valuable and the profitable, from the table of values."""
    name, low, high, score = (
        ("value", "value_low", "value_high", "valuable")
        if group == VALUABLE
        else ("profit", "profit_low", "profit_high", "profitable")
    )
    rows = projection.sql.execute(
        f'select {name}, {low}, {high}, {score} from "values" where person = ?',  # noqa: S608
        [int(of.person[0])],
    ).fetchall()
    mean, least, most, chance = rows[0] if rows else (None,) * 4
    bought = float(of.outward.years[0])
    return PersonGroup(
        GROUPS[group], bool(members >> group & 1), bool(of.known[0, group - VALUABLE]), chance,
        mean, least, most, told.groups[group].border, None, bought, "value",
    )  # fmt: skip


def _referred(
    projection: Projection, policy: Policy, told: Grouped, of: Tallied
) -> tuple[float | None, float | None, float | None]:
    """What a person's referrals are worth, what they saved, and what unasked sharing is worth."""
    asked = policy.aims.groups.viral
    edges = living(added_of(projection.referral_rows()), told.as_of, asked.crv_days)
    came = descent(edges, of.person, asked.crv_depth)
    value = _values(projection, came.friend)
    prices = _prices(projection)
    worth = referral_value(came, of.person, value, prices["acquisition"] or 0.0, asked)
    sway = influence(
        of.outward.acts[:, 0], of.gifts, told.clicks, told.referrals, prices["order"] or 0.0
    )
    saved = float(worth.saved[0]) if prices["acquisition"] is not None else None
    known = prices["order"] is not None
    return float(worth.value[0]), saved, float(sway[0]) if known else None


def _values(projection: Projection, people: Int64) -> Float64:
    """What some people are worth; 0 where it is not known."""
    rows = projection.table(
        'select person, coalesce(value, 0) as value from "values" '
        "where person in (select unnest(?))", [np.unique(people).tolist()],
    )  # fmt: skip
    known = dict(zip(rows["person"].to_pylist(), rows["value"].to_pylist(), strict=True))
    return np.array([known.get(person, 0.0) for person in people.tolist()], np.float64)


def _prices(projection: Projection) -> dict[str, float | None]:
    """What winning a customer costs on the mean, and the margin of one order, where known."""
    ((won, spent, orders, revenue),) = projection.sql.execute(
        "select count(*) filter (acquisition > 0), sum(acquisition)::double, sum(orders)::double, "
        "sum(revenue)::double from tallies"
    ).fetchall()
    kept = projection.sql.execute("select body from value_told").fetchall()
    margin = msgspec.json.decode(kept[0][0]).get("margin") if kept else None
    return {
        "acquisition": spent / won if won else None,
        "order": margin * revenue / orders if margin is not None and orders else None,
    }
