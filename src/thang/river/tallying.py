"""What value, groups and stage ask of the fold: counted on the same lines, in the same pass.

The fold has just walked these lines and left in each row what became of it by `as_of`;
here each line is read once more while it lies in memory. Chances that are not ripe yet
count for nothing, and `due` says when the next one will be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thang.model import Cost, Flag
from thang.river.chances import act_of_wishes, finish, ripen, tally_early, tally_ticket
from thang.river.compiled import inner, kernel
from thang.river.counting import QUALIFIED
from thang.river.events import DERIVED, DERIVED_BASE
from thang.river.orders import ADJUSTED, COUNTED, JOINED, VOIDED
from thang.river.program import FAR, Rows, room_for
from thang.river.tables import Int8
from thang.river.tally_kinds import (
    ANSWER,
    BUY,
    CLICK,
    CONTACT,
    COST,
    HARM,
    MINUTES,
    NOTHING,
    REFUSED,
    RESOLVE,
    REVIEW,
    SHARE,
    TICKET,
    VOICE,
)  # fmt: skip
from thang.river.tally_rows import HAND, PART, TALLY
from thang.river.work import Line

PUBLIC, SELF, OK = int(Flag.PUBLIC), int(Flag.SELF), int(Flag.OK)
GOODS, COSTS = int(Cost.GOODS), len(Cost)
DERIVED_END = DERIVED_BASE + len(DERIVED)
BAD_STARS = 2


class Asked(NamedTuple):
    """What the policy asks, and what each kind of event does (by its code)."""

    rules: Rows
    does: Int8
    theirs: Int8  # 1: the person did it


class Tallied(NamedTuple):
    """One row a person, and one a living part of an order: whose, when placed, its money."""

    people: Rows
    parts: Rows


def tally(line: Line, asked: Asked, as_of: int) -> Tallied:
    """Tallies of the people of a line that the fold has walked up to `as_of`."""
    people = room_for(TALLY, len(line.start) - 1)
    orders = np.isin(line.rows["kind"], (COUNTED, JOINED))
    longest = int(np.diff(line.start).max()) if len(people) else 0
    parts = room_for(PART, int(orders.sum()))
    n = tally_people(line, asked, room_for(HAND, longest + 1), people, parts, as_of)
    return Tallied(people, parts[:n])


@kernel
def tally_people(line: Line, asked: Asked, hand: Rows, out: Rows, parts: Rows, as_of: int) -> int:
    """Everybody of a chunk; the number of living parts written."""
    n = 0
    for who in range(len(out)):
        n = tally_person(line, asked, hand, out[who], parts, n, who, as_of)
    return n


@inner
def tally_person(
    line: Line, asked: Asked, hand: Rows, out: Rows, parts: Rows, n: int, who: int, as_of: int
) -> int:
    """One line; `out` begins empty, `hand` holds what is open."""
    rows, rules = line.rows, asked.rules[0]
    hand[0].chances, hand[0].first, hand[0].tried = 0, 0, 0
    hand[0].wishes, hand[0].tickets, hand[0].ripened = 0, 0, 0
    hand[0].back, hand[0].harm, hand[0].since, hand[0].block = 0, 0, 0, -1
    out.due = FAR
    for i in range(line.start[who], line.start[who + 1]):
        row = rows[i]
        if row.at > as_of:
            break
        if out.first_at == 0:
            out.first_at = row.at
        k = row.kind
        if k >= DERIVED_BASE:
            if k < DERIVED_END:
                n = tally_derived(row, out, parts, n, who)
            continue
        if hand[0].wishes > 0 and asked.theirs[k]:
            act_of_wishes(row.at, hand, out)
        if asked.does[k] != NOTHING:
            ripen(row.at - 1, rules, hand, out)
            tally_event(row, asked.does[k], rules, hand, out)
    ripen(as_of, rules, hand, out)
    finish(rules, hand, out)
    return n


@inner
def tally_derived(row: Rows, out: Rows, parts: Rows, n: int, who: int) -> int:
    """Orders as the fold left them, and referrals that stand."""
    k = row.kind
    if k == COUNTED or k == JOINED:
        out.counted += row.value
        if not row.dead:
            out.revenue += row.left
            parts[n].who, parts[n].placed, parts[n].ref = who, row.anchor, row.ref
            parts[n].money = row.left
            n += 1
    elif k == ADJUSTED:
        out.counted += max(row.value, 0)
    elif k == VOIDED:
        out.returned += 1
    elif k == QUALIFIED and not row.dead:
        out.referrals += 1
    return n


@inner
def tally_event(row: Rows, does: int, rules: Rows, hand: Rows, out: Rows) -> None:
    """What one event adds."""
    if does == COST or does == MINUTES or does == CONTACT or does == REFUSED:
        tally_cost(row, does, out)
    elif does == BUY:
        hand[0].back = row.at
    elif does == HARM:
        hand[0].harm = row.at
    elif does == TICKET or does == RESOLVE:
        tally_ticket(row, does, rules, hand, out)
    elif does == CLICK or does == SHARE or does == ANSWER or does == REVIEW or does == VOICE:
        tally_voice(row, does, hand, out)
    else:
        tally_early(row, does, hand, out)


@inner
def tally_cost(row: Rows, does: int, out: Rows) -> None:
    """What serving the person took. Goods that name an order wait until it is known to live."""
    if does == MINUTES:
        out.minutes += max(row.grade, 0)
    elif does == CONTACT:
        out.contacts += 1
    elif does == REFUSED:
        out.refused += 1
    elif 0 < row.grade <= COSTS and (row.grade != GOODS or row.ref == 0):
        out.costs[row.grade - 1] += row.value


@inner
def tally_voice(row: Rows, does: int, hand: Rows, out: Rows) -> None:
    """What the person said to others or to the shop; public displeasure is harm."""
    if does == CLICK:
        out.clicks += 0 if row.bits & SELF else 1
    elif does == SHARE:
        out.shares += 1 if row.bits & PUBLIC else 0
    elif does == ANSWER:
        out.answers += 1
    elif does == VOICE:
        out.voice += 1 if row.bits & OK else 0
    else:
        out.reviews += 1
        if row.bits & PUBLIC and 0 < row.grade <= BAD_STARS:
            hand[0].harm = row.at
