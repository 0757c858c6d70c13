"""What a kind of event may do to a person, as one row of a program: feed, end, restart, touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thang.policy.schema import Level, Policy, Where
from thang.river import program as p
from thang.river.events import DERIVED

ORDER_KINDS_DERIVED = tuple(DERIVED)  # they may change any quantity of orders or referrals
AT_ONCE = ("order_voided", "referral_undone", "chargeback")


@dataclass(slots=True)
class Entry:
    """What an event of a kind feeds, and how; see `program.ENTRY`."""

    kind: str
    does: int
    slot: int
    window: int = -1
    weight: int = 1
    aux: int = -1
    where: Where = Where()


def shape(level: Level) -> int:
    """Which of the four shapes a level has."""
    if level.fact is not None:
        return p.FACT
    if level.silence is not None:
        return p.SILENT
    return p.EVERYBODY if level.enter is None else p.KEPT


def _ends(policy: Policy) -> list[tuple[tuple[str, ...], int]]:
    kept = [(i, x) for i, x in enumerate(policy.levels) if shape(x) == p.KEPT]
    return [((*x.ended_by, *policy.blocked_by), 1 << i) for i, x in kept]


def _acts(levels: tuple[Level, ...]) -> list[tuple[tuple[str, ...], int]]:
    return [(x.silence.acts, 1 << i) for i, x in enumerate(levels) if x.silence]


def mark_kinds(
    table: p.Rows,
    policy: Policy,
    entries: list[Entry],
    codes: dict[str, int],
    asked: dict[int, int],
) -> None:
    """Fill a program's table of kinds; `asked` are the levels whose rules read a slot, as bits."""
    everywhere = (1 << len(policy.levels)) - 1
    of_entries = np.array([codes[e.kind] for e in entries], np.int64)
    table["first"] = np.searchsorted(of_entries, np.arange(len(table)))
    table["last"] = np.searchsorted(of_entries, np.arange(len(table)), side="right")
    for i, e in enumerate(entries):
        span = table["by_window"][codes[e.kind], e.window + 1]
        span[:] = (i if span[1] == 0 else span[0], i + 1)
    marks = [("at_once", kind, 1) for kind in AT_ONCE]
    marks += [("ends", kind, bit) for kinds, bit in _ends(policy) for kind in kinds]
    marks += [("acts", kind, bit) for kinds, bit in _acts(policy.levels) for kind in kinds]
    marks += [("windows", e.kind, 1 << e.window) for e in entries if e.window >= 0]
    marks += [("touches", e.kind, asked.get(e.slot, 0)) for e in entries]
    marks += [("touches", kind, everywhere) for kind in ORDER_KINDS_DERIVED]
    for name, kind, bit in marks:
        if codes.get(kind, p.MOST_KINDS) < p.MOST_KINDS:
            table[name][codes[kind]] |= bit
    _mark_quiet(table, entries, codes)


def _mark_quiet(table: p.Rows, entries: list[Entry], codes: dict[str, int]) -> None:
    """Kinds whose rows may be counted later: sums do not mind, and days come in their order."""
    table["quiet"] = (table["at_once"] == 0) & (table["ends"] == 0)
    loud = {e.kind for e in entries if e.does not in (p.COUNT, p.SUM, p.DAYS)} | set(DERIVED)
    loud |= {e.kind for e in entries if not table["quiet"][codes[e.kind]]}
    days = [e for e in entries if e.does == p.DAYS]
    while True:
        rings = {e.aux for e in days if e.kind in loud}
        more = {e.kind for e in days if e.aux in rings} - loud
        if not more:
            break
        loud |= more
    table["quiet"][[code for kind in loud if (code := codes[kind]) < len(table)]] = 0
