"""Histories over a change of policy: what was lived under the one before, then under the next.

A policy that is applied takes effect at an instant. What was lived before it stays as the
policy of then told it; what the new rules alone change of a person's level is one move at
that instant, with the cause `policy`; from it on the new policy tells the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thang.engines.chunks import CHUNK_ROWS
from thang.engines.columns import PLACEMENTS, TRANSITIONS
from thang.engines.duckdb import Projection
from thang.engines.running import in_pairs, mine, silent
from thang.engines.steps import Run, added_of, column, fold_step
from thang.policy.load import read_policy
from thang.policy.schema import Policy
from thang.record import PolicyVersion, Record
from thang.river.program import FAR
from thang.river.tables import CAUSES, Int64
from thang.workspace.ladder import shown
from thang.workspace.ladders import both_ladders

BY_POLICY = CAUSES.index("policy")
ALWAYS = -FAR


@dataclass(frozen=True, slots=True)
class Era:
    """A time under one policy: the last version that says it, and the instant it began."""

    version: PolicyVersion
    begins: int  # ALWAYS: with the shop's first event


@dataclass(frozen=True)
class Past:
    """An era that is over: how it is folded to its end."""

    run: Run
    begins: int
    ends: int


def eras(record: Record) -> tuple[Era, ...]:
    """The eras up to the version in force, the oldest first.

    Versions that say the same (settled anew as the shop grew) are of one era. One that was
    not applied by a word but found in the shop's file rewrites all history before it.
    """
    notes = record.policy_notes()
    found: list[Era] = []
    for version in record.policies():
        note = notes.get(version.version)
        if found and found[-1].version.fingerprint == version.fingerprint:
            found[-1] = replace(found[-1], version=version)
        elif found and note is not None:
            found.append(Era(version, note.from_at))
        else:
            found = [Era(version, ALWAYS)]
    return tuple(found)


def past_of(
    record: Record, run: Run, with_bars: Callable[[Run, PolicyVersion], Run]
) -> tuple[Past, ...]:
    """The eras before the present one, as they are to be folded; none for a date before it."""
    found = eras(record)
    if len(found) < 2 or run.as_of < found[-1].begins:
        return ()
    ends = [era.begins for era in found[1:]]
    return tuple(
        Past(with_bars(_run_of(era, run, end), era.version), era.begins, end)
        for era, end in zip(found, ends, strict=False)
    )


def _run_of(era: Era, run: Run, end: int) -> Run:
    policy, settings = read_policy(era.version.text), era.version.settings
    return replace(run, policy=policy, settings=settings, as_of=end, bars=(), _made={})


def era_at(record: Record, at: int, as_of: int) -> PolicyVersion | None:
    """The version that tells a past instant, where it is not the one in force; None: that one."""
    found = eras(record)
    if len(found) < 2 or as_of < found[-1].begins or at >= found[-1].begins:
        return None
    return next(era.version for era in reversed(found[:-1]) if era.begins <= at)


def lived_history(record: Record, projection: Projection, person: int, at: int) -> dict[str, Any]:
    """What of an explanation spans several eras, as stored: the history, and since when."""
    found = eras(record)
    if len(found) < 2 or (projection.meta("as_of") or 0) < found[-1].begins:
        return {}
    policy = read_policy(found[-1].version.text)
    keys, tz = [level.key for level in policy.levels], policy.shop.tz
    rows = projection.sql.execute(
        'select "at", from_level, to_level, cause from transitions '
        'where person = ? and "at" <= ? order by "at"',
        [person, at],
    ).fetchall()
    told = [
        {
            "at": shown(when, tz),
            "from": keys[start] if start >= 0 else None,
            "to": keys[end],
            "cause": CAUSES[cause],
        }
        for when, start, end, cause in rows
    ]
    return {"history": told, "since": told[-1]["at"]} if told else {}


def as_lived(
    projection: Projection, past: Sequence[Past], run: Run, people: pa.Table | None
) -> None:
    """Put the past as it was lived into the stored history of some people (None: of all)."""
    if not past:
        return
    started = past[-1].ends
    told, stood = [], Stood.nobody()
    for era in past:
        moves = _renamed(_moves(projection, era.run, people), era.run.policy, run.policy)
        told.append(_since(moves, era.begins))
        told.append(_by_policy(stood, Stood.at(moves, era.begins), era.begins))
        stood = Stood.at(moves, era.ends)
    of_some = "" if people is None else "and person in (select person from lived_people)"
    if people is not None:
        projection.sql.register("lived_people", people)
    now = projection.table(
        f'select * from transitions where "at" <= ? {of_some}',  # noqa: S608
        [started],
    )
    told.append(_by_policy(stood, Stood.at(now, started), started))
    projection.sql.execute(f'delete from transitions where "at" <= ? {of_some}', [started])  # noqa: S608
    _put(projection, pa.concat_tables(told))
    if people is not None:
        projection.sql.unregister("lived_people")


@dataclass(frozen=True)
class Stood:
    """Who stood where at an instant, by person."""

    people: Int64
    levels: Int64

    @classmethod
    def nobody(cls) -> Stood:
        """Before anything happened."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))

    @classmethod
    def at(cls, moves: pa.Table, at: int) -> Stood:
        """Where the moves up to an instant had led."""
        past = moves.filter(pc.less_equal(moves["at"], at))
        person, when, to = (column(past, name) for name in ("person", "at", "to_level"))
        order = np.lexsort((np.arange(len(when)), when, person))
        last = np.append(person[order][1:] != person[order][:-1], True)[: len(order)]
        return cls(person[order][last], to[order][last].astype(np.int64))


def _moves(projection: Projection, run: Run, people: pa.Table | None) -> pa.Table:
    """All moves of people up to the run's `as_of`."""
    referrals = added_of(projection.referral_rows())

    def tables() -> Iterator[pa.Table]:
        if people is None:
            yield from projection.whole(CHUNK_ROWS)
        else:
            yield projection.of(people)

    steps = ((t, lambda t: fold_step(t, run, mine(referrals, t), PLACEMENTS)[0]) for t in tables())
    return pa.concat_tables([TRANSITIONS.empty_table(), *in_pairs(steps, silent)])


def _renamed(moves: pa.Table, before: Policy, after: Policy) -> pa.Table:
    """Moves on one ladder as moves on another; a level it lacks is the next one below."""
    order, here = both_ladders(before, after), [level.key for level in after.levels]
    places = {}
    for level in before.levels:
        below = order[: order.index(level.key) + 1]
        places[level.key] = max((here.index(key) for key in below if key in here), default=0)
    by_index = np.array([*(places[level.key] for level in before.levels), -1], np.int8)
    start, end = (by_index[column(moves, name)] for name in ("from_level", "to_level"))
    columns = {name: moves[name] for name in TRANSITIONS.names}
    columns |= {"from_level": pa.array(start), "to_level": pa.array(end)}
    return pa.table(columns, schema=TRANSITIONS).filter(pa.array(start != end))


def _since(moves: pa.Table, begins: int) -> pa.Table:
    return moves.filter(pc.greater(moves["at"], begins))


def _by_policy(before: Stood, after: Stood, at: int) -> pa.Table:
    """The moves of those who stand elsewhere by the change of policy alone."""
    people, i, j = np.intersect1d(before.people, after.people, return_indices=True)
    start, end = before.levels[i].astype(np.int8), after.levels[j].astype(np.int8)
    moved = start != end
    size = int(moved.sum())
    columns = (people[moved], np.full(size, at), start[moved], end[moved])
    cause = np.full(size, BY_POLICY, np.int8)
    return pa.table(dict(zip(TRANSITIONS.names, (*columns, cause), strict=True)), TRANSITIONS)


def _put(projection: Projection, moves: pa.Table) -> None:
    """Store moves, and let everybody stand where they stand since their last one."""
    projection.sql.register("lived_moves", moves)
    names = ", ".join(f'"{name}"' for name in TRANSITIONS.names)
    projection.sql.execute(
        f"insert into transitions ({names}) select {names} from lived_moves"  # noqa: S608
    )
    projection.sql.execute(
        'update placements p set since = t."last" from (select person, max("at") as "last" '
        "from transitions where person in (select person from lived_moves) group by person) t "
        "where p.person = t.person"
    )
    projection.sql.unregister("lived_moves")
