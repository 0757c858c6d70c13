"""Everybody's groups: scored and judged once people are placed and valued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import msgspec
import numpy as np
import pyarrow as pa

from thang.engines.columns import SCORES
from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.policy.aims import GROUPS, Groups
from thang.policy.load import read_policy
from thang.record import PolicyVersion, Record
from thang.record.findings import MOVES
from thang.river.calendar import moment
from thang.river.groups.membership import Moves, Standing, bits, judged, primary, standing
from thang.river.lifetime.rows import Bool, Float64
from thang.river.tables import Int8, Int64
from thang.workspace.group_yardstick import GroupYardstick, group_yardstick
from thang.workspace.grouped import Group, Grouped, Prior
from thang.workspace.tallied import Tallied, tallied
from thang.workspace.valuing import quarter_start

CHECK = "group_check"  # a finding: the first judging of a month
OF_GROUP = (("try", "retry", "voice"), ("stay", "wait"), ("bring",), (), ())


@dataclass
class Running:
    """Sums over the batches of a judging."""

    people: int = 0
    none: int = 0
    members: Int64 = field(default_factory=lambda: np.zeros(len(GROUPS), np.int64))
    enough: Int64 = field(default_factory=lambda: np.zeros(len(GROUPS), np.int64))
    mains: Int64 = field(default_factory=lambda: np.zeros(len(GROUPS), np.int64))
    clicks: float = 0.0
    referrals: float = 0.0

    def add(self, of: Tallied, inside: Bool, enough: Bool, main: Int8) -> None:
        """One batch more."""
        self.people += len(of)
        self.none += int((~inside.any(axis=1)).sum())
        self.members += inside.sum(axis=0)
        self.enough += enough.sum(axis=0)
        self.mains += np.bincount(main[main >= 0], minlength=len(GROUPS))
        self.clicks += float(of.outward.acts[:, 0].sum())
        self.referrals += float(of.outward.referrals.sum())


def group_everybody(
    record: Record, projection: Projection, version: PolicyVersion, stage: int | None
) -> Grouped:
    """Write the table `scores` as of the last classification, the moves as facts, and what is
    told of the shop. `stage`: the one that counts, whose group is the focus.
    """
    policy = read_policy(version.text)
    rules, as_of = policy.aims.groups, projection.meta("as_of") or 0
    quarter = quarter_start(as_of, policy.shop.tz)
    measure = group_yardstick(record, projection, rules, version.version, quarter, as_of)
    stood, check = _stood(record, projection, as_of, policy.shop.tz)
    running, turned = Running(), [MOVES.empty_table()]
    with projection.one_commit():
        projection.sql.execute("delete from scores")
        for of in tallied(projection, as_of):
            score, enough = scores(of, measure, rules)
            turns = judged(stood, of.person, score, enough, rules, check=check)
            main = primary(turns.inside, score, stage, rules.stage_weight)
            projection.put_scores(_table(of.person, score, enough, turns.inside, main))
            running.add(of, turns.inside, enough, main)
            turned.append(_moves(as_of, turns.person, turns.group, turns.what))
        told = _told(projection, running, measure, rules, version, as_of, quarter, stage)
        projection.sql.execute("delete from groups_told")
        projection.sql.execute(
            "insert into groups_told values (?)", [msgspec.json.encode(told).decode()]
        )
    record.add_group_moves(pa.concat_tables(turned).to_pylist())
    if check:
        record.add_finding(CHECK, as_of, {"month": _month(as_of, policy.shop.tz)})
    return told


def scores(of: Tallied, measure: GroupYardstick, rules: Groups) -> tuple[Float64, Bool]:
    """Everybody's five scores, and for which of them there is evidence enough."""
    traits = measure.traits(of, rules)
    counted = np.stack([trait.score for trait in traits], axis=1)
    enough = np.stack([trait.enough for trait in traits], axis=1)
    return np.hstack([counted, of.money]), np.hstack([enough, of.known])


def _stood(record: Record, projection: Projection, as_of: int, tz: str) -> tuple[Standing, bool]:
    """Who stands in which group by the moves so far, and whether this is a month's first check."""
    moves = record.group_moves()
    people = projection.table("select identifier, person from people order by identifier")
    who = _renamed(column(moves, "person"), people)
    kept = Moves(
        column(moves, "at"), who, column(moves, "group").astype(np.int64),
        column(moves, "what").astype(np.int64),
    )  # fmt: skip
    known = [one for one in record.findings(CHECK) if one.at <= as_of]
    check = not any(one.body["month"] == _month(as_of, tz) for one in known)
    return standing(kept, [one.at for one in known], as_of), check


def _renamed(person: Int64, people: pa.Table) -> Int64:
    """Moves were kept under the number that a person had then."""
    ids, now = column(people, "identifier"), column(people, "person")
    if not len(ids):
        return person
    place = np.minimum(np.searchsorted(ids, person), len(ids) - 1)
    found: Int64 = np.where(ids[place] == person, now[place], person)
    return found


def _month(at: int, tz: str) -> str:
    return f"{moment(at, tz):%Y-%m}"


def _moves(at: int, person: Int64, group: Int64, what: Int64) -> pa.Table:
    columns = {"at": np.full(len(person), at), "person": person, "group": group, "what": what}
    return pa.table({name: pa.array(values) for name, values in columns.items()}).cast(MOVES)


def _table(person: Int64, score: Float64, enough: Bool, inside: Bool, main: Int8) -> pa.Table:
    columns: Mapping[str, object] = {
        "person": person,
        **{name: score[:, i] for i, name in enumerate(GROUPS)},
        "enough": bits(enough), "members": bits(inside), "main": main,
    }  # fmt: skip
    arrays = [pa.array(columns[f.name], from_pandas=True).cast(f.type) for f in SCORES]
    return pa.Table.from_arrays(arrays, schema=SCORES)


def _told(
    projection: Projection, running: Running, measure: GroupYardstick, rules: Groups,
    version: PolicyVersion, as_of: int, quarter: int, stage: int | None,
) -> Grouped:  # fmt: skip
    borders = _borders(projection, rules)
    groups = tuple(
        Group(
            key, _status(int(running.enough[i]), borders[i]), int(running.members[i]),
            int(running.enough[i]), int(running.mains[i]), borders[i],
            tuple(_prior(name, measure) for name in OF_GROUP[i]),
        )
        for i, key in enumerate(GROUPS)
    )  # fmt: skip
    return Grouped(
        as_of, version.version, quarter, running.people, stage, groups, running.none,
        running.clicks, running.referrals,
    )  # fmt: skip


def _status(enough: int, border: float | None) -> str:
    """Whether anything can be said of a group."""
    if border is None:
        return "unknown"
    return "told" if enough else "few_data"


def _borders(projection: Projection, rules: Groups) -> tuple[float | None, ...]:
    """The border of each trait; money's as value was judged."""
    kept = projection.sql.execute("select body from value_told").fetchall()
    value = msgspec.json.decode(kept[0][0]) if kept else {}
    return (
        float(rules.willing.tau), float(rules.forgiving.tau), float(rules.viral.tau_per_year),
        value.get("tau"), value.get("profit_tau"),
    )  # fmt: skip


def _prior(name: str, measure: GroupYardstick) -> Prior:
    return Prior(name, **asdict(measure.priors[name]))
