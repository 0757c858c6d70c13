"""From the record to the projection: events that are new, and who people turned out to be."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thang.engines.columns import EVENTS
from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import WrongPolicy
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.bars import minor_units
from thang.river.events import ref_key
from thang.river.identity import resolve
from thang.river.tables import Int64

PORTION = 200_000


def catch_up(
    record: Record,
    projection: Projection,
    policy: Policy,
    progress: Callable[[int], None] = lambda _: None,
) -> pa.Table | None:
    """Bring the projection up to the record.

    Returns the people whose events or identity changed; None: it was empty, so everybody.
    """
    first = projection.meta("seq") is None
    changed = [_begun_anew(record, projection), _identities(record, projection)]
    stored = record.last_seq()
    ids, people = _map(projection)
    seq = projection.meta("seq") or 0
    while True:
        log = record.events_after(seq, PORTION)
        if not log.num_rows:
            break
        seq = int(column(log, "seq")[-1])
        named = log.filter(pc.greater(log["subject"], 0))
        rows = engine_rows(named, ids, people, policy)
        projection.keep(rows)
        projection.tell(rows["person"], named["source"])
        changed.append(np.unique(column(rows, "person")))
        projection.note(seq=seq)
        progress(log.num_rows)
    projection.note(seq=max(seq, stored))  # the last ones may be left out
    projection.tidy_told()
    _marks(record, projection, ids, people)
    return None if first else pa.table({"person": np.unique(np.concatenate(changed))})


def _begun_anew(record: Record, projection: Projection) -> Int64:
    """Where imports were taken back or brought back since, drop what was read of the record.

    Returns everybody who stands somewhere: each of them may have lost events.
    """
    word = record.last_word()
    if word == (projection.meta("withdrawals") or 0):
        return np.zeros(0, np.int64)
    projection.unread()
    projection.note(withdrawals=word)
    return column(projection.table("select person from placements"), "person")


def engine_rows(log: pa.Table, ids: Int64, people: Int64, policy: Policy) -> pa.Table:
    """Rows of the log as the engine keeps them (EVENTS and `seq`)."""
    columns = {
        "person": _person(column(log, "subject"), ids, people),
        "at": column(log, "at"),
        "kind": column(log, "kind"),
        "ref": _refs(log),
        "amount": _amounts(log, policy),
        "grade": column(log, "grade"),
        "flags": column(log, "flags"),
        "other": _person(column(log, "other"), ids, people),
    }
    table = pa.table(
        {name: pa.array(v).cast(EVENTS.field(name).type) for name, v in columns.items()}
    )
    return table.append_column("seq", log["seq"])


def _person(identifier: Int64, ids: Int64, people: Int64) -> Int64:
    if not len(ids):
        return identifier
    place = np.minimum(np.searchsorted(ids, identifier), len(ids) - 1)
    found: Int64 = np.where(ids[place] == identifier, people[place], identifier)
    return found


def _refs(log: pa.Table) -> Int64:
    words = log["ref"].combine_chunks().dictionary_encode()
    keys = np.array([ref_key(word) for word in words.dictionary.to_pylist()], np.int64)
    if not len(keys):
        return np.zeros(log.num_rows, np.int64)
    found: Int64 = keys[words.indices.to_numpy(zero_copy_only=False)]
    return found


def _amounts(log: pa.Table, policy: Policy) -> Int64:
    """Minor units of the shop's currency; foreign money at the policy's rate."""
    amounts = column(log, "amount").copy()
    currency = np.array(log["currency"].to_pylist(), dtype=object)
    own = policy.shop.currency
    for foreign in {c for c in set(currency) if c and c != own}:
        rate = policy.shop.rates.get(foreign)
        if rate is None:
            raise WrongPolicy(
                f"policy.yaml: shop.rates has no rate for {foreign}, which events are paid in: "
                f"add `shop: {{rates: {{{foreign}: <{own} for one {foreign}>}}}}`."
            )
        factor = rate * minor_units(own) / minor_units(foreign)
        mine = currency == foreign
        amounts[mine] = [round(Fraction(int(a)) * factor) for a in amounts[mine]]
    return amounts


def _map(projection: Projection) -> tuple[Int64, Int64]:
    found = projection.table("select identifier, person from people order by identifier")
    return column(found, "identifier"), column(found, "person")


def _identities(record: Record, projection: Projection) -> Int64:
    """Resolve people anew when identifiers or links were added; whose number changed."""
    size = record.identity_size()
    if size == (projection.meta("identifiers"), projection.meta("links")):
        return np.zeros(0, np.int64)
    named = record.identifiers()
    ids = named[:, 0]
    people = resolve(ids, named[:, 1], record.links())
    old_ids, old = _map(projection)
    was = _person(ids, old_ids, old)
    moved = np.isin(ids, old_ids) & (was != people)
    projection.sql.register("now_people", pa.table({"identifier": ids, "person": people}))
    projection.sql.execute("create or replace table people as select * from now_people")
    projection.sql.unregister("now_people")
    if moved.any():
        _rename(projection, was[moved], people[moved])
    projection.note(identifiers=size[0], links=size[1])
    return np.unique(np.concatenate([was[moved], people[moved]]))


def _rename(projection: Projection, was: Int64, now: Int64) -> None:
    """Two turned out to be one: their rows go under the older number."""
    pairs = pa.table({"was": was, "now": now}).group_by("was").aggregate([("now", "min")])
    projection.sql.register("renamed", pairs)
    for table, who in (
        ("events", "person"), ("events", "other"), ("pairs", "person"), ("pairs", "other"),
        ("signals", "person"), ("marks", "person"), ("told", "person"),
    ):  # fmt: skip
        projection.sql.execute(
            f"update {table} set {who} = r.now_min from renamed r where {who} = r.was"  # noqa: S608
        )
    projection.sql.unregister("renamed")
    projection.note(clustered=0)


def _marks(record: Record, projection: Projection, ids: Int64, people: Int64) -> None:
    marks = record.marks()
    if len(marks) == (projection.meta("marks") or 0):
        return
    rows = pa.table(
        {"person": _person(marks[:, 0], ids, people), "mark": marks[:, 1], "at": marks[:, 2]}
    )
    projection.sql.register("marks_in", rows)
    projection.sql.execute("create or replace table marks as select * from marks_in")
    projection.sql.unregister("marks_in")
    projection.note(marks=len(marks))
