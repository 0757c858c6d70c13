"""The fold's own answer to what the judge is told, in the judge's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from thang.engines.columns import EVENTS
from thang.engines.steps import Run, events_of, fold_step
from thang.policy.schema import Policy, Settings
from thang.river.calendar import calendar
from thang.river.events import CODES, UNKNOWN_BASE
from thang.river.orders import order_rows
from thang.river.prepare import starts
from thang.river.program import Rows
from thang.river.referrals import Links, qualify, sorted_pairs
from thang.river.tables import CAUSES, Bar
from thang.workspace.explain import activity, facets

from .rows import Mark, Row


class Answer(NamedTuple):
    """Where a person stands, as far as both tell it."""

    transitions: tuple[tuple[int, int, int, str], ...]
    level: int
    observed_level: int
    since: int
    facets: frozenset[str]
    activity: str


class Told(NamedTuple):
    """Everybody's answer, and the rest of what the fold said of them."""

    answers: dict[int, Answer]
    next_change: dict[int, int]


def codes_of(rows: Iterable[Row]) -> dict[str, int]:
    """Codes of all kinds; those that the vocabulary does not know get some of their own."""
    strange = sorted({row.kind for row in rows} - set(CODES))
    return dict(CODES) | {kind: UNKNOWN_BASE + i for i, kind in enumerate(strange)}


def events_table(rows: Iterable[Row], codes: dict[str, int]) -> pa.Table:
    """Rows as the engine keeps them: each once, by person, instant and sequence."""
    once = {(row.person, row.seq): row for row in reversed(list(rows))}
    line = sorted(once.values(), key=lambda row: (row.person, row.at, row.seq))
    columns = {
        "person": [r.person for r in line], "at": [r.at for r in line],
        "kind": [codes[r.kind] for r in line], "ref": [r.ref for r in line],
        "amount": [r.amount for r in line], "grade": [r.grade for r in line],
        "flags": [r.flags for r in line], "other": [r.other for r in line],
    }  # fmt: skip
    return pa.table(columns, schema=EVENTS)


def folded(
    rows: Sequence[Row],
    marks: Sequence[Mark],
    policy: Policy,
    settings: Settings,
    bars: Sequence[Bar],
    as_of: int,
) -> Told:
    """The fold at `as_of`, over rows in any order."""
    codes = codes_of(rows)
    table = events_table(rows, codes)
    if not table.num_rows:
        return Told({}, {})
    first = int(table["at"].to_numpy().min())
    if as_of < first:
        return Told({}, {})
    run = Run(policy, settings, codes, first, as_of, tuple(bars))
    referrals = referral_rows(table, rows, marks, run)
    moved, placed = fold_step(table, run, referrals)
    moves: dict[int, list[tuple[int, int, int, str]]] = {}
    for m in moved.to_pylist():
        entry = (m["at"], m["from_level"], m["to_level"], CAUSES[m["cause"]])
        moves.setdefault(m["person"], []).append(entry)
    answers = {}
    for place in placed.to_pylist():
        who = place["person"]
        answers[who] = Answer(
            tuple(moves[who]), place["level"], place["observed"], place["since"],
            frozenset(facets(policy, place["rungs"])), activity(policy, place, as_of),
        )  # fmt: skip
    return Told(answers, {p["person"]: p["next_change"] for p in placed.to_pylist()})


def referral_rows(table: pa.Table, rows: Sequence[Row], marks: Sequence[Mark], run: Run) -> Rows:
    """The referral rows of everybody, the way an engine makes them."""
    events = events_of(table)
    cal = calendar(run.policy.shop.tz, run.first, run.as_of)
    orders = order_rows(events, starts(events.person), cal, run.policy.shop.return_window_days)
    line = sorted(
        {(r.person, r.seq): r for r in reversed(rows)}.values(), key=lambda r: (r.at, r.seq)
    )

    def pairs(kind: str, other: str) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
        found = [(r.person, getattr(r, other), r.at) for r in line if r.kind == kind]
        return tuple(
            np.array(c, np.int64) for c in (zip(*found, strict=True) if found else ((),) * 3)
        )

    converted = [r for r in line if r.kind == "referral_converted" and r.other]
    links = Links(
        *(np.array([getattr(r, n) for r in converted], np.int64)
          for n in ("person", "other", "at", "ref"))
    )  # fmt: skip
    return qualify(
        links, orders, sorted_pairs(*pairs("referral_sent", "ref")),
        sorted_pairs(*pairs("referral_disqualified", "other")),
        sorted_pairs(*(np.array([m[i] for m in marks], np.int64) for i in range(3))),
        run.policy.referral.sent_within_days,
    )  # fmt: skip
