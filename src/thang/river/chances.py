"""Chances that ripen: new things offered, failures to be forgiven, wishes that wait.

What is open of the person at hand lies in `hand`; what is ripe or taken is counted in `out`.
"""

from __future__ import annotations

from thang.model import DAY, Flag
from thang.river.compiled import inner
from thang.river.program import Rows
from thang.river.tally_kinds import ACCEPT, ANNOUNCE, BETA_USED, INVITE, TAKE, TICKET, TRIED, WISH

OK, FAILED, THEIRS = int(Flag.OK), int(Flag.FAILED), int(Flag.THEIRS)
MONTH = 30 * DAY
SEVERE = 3


@inner
def tally_ticket(row: Rows, does: int, rules: Rows, hand: Rows, out: Rows) -> None:
    """A failure of ours begins to be watched; or it is settled, well or badly."""
    h = hand[0]
    if does == TICKET:
        if row.bits & THEIRS:
            return
        mine = hand[h.tickets]
        mine.ticket_ref, mine.ticket_at, mine.ticket_grade = row.ref, row.at, row.grade
        mine.settled = 0
        mine.second = 1 if h.tickets > 0 and row.at - out.last_failure <= rules.second else 0
        h.tickets += 1
        out.last_failure = row.at
        out.open_failures += 1
        return
    for j in range(h.tickets - 1, -1, -1):
        if hand[j].ticket_ref == row.ref:
            if hand[j].settled == 0:
                out.open_failures -= 1
            good = row.bits & OK and not row.bits & FAILED
            hand[j].settled = 2 if good else max(hand[j].settled, 1)
            break


@inner
def ripen(until: int, rules: Rows, hand: Rows, out: Rows) -> None:
    """Chances and failures whose time was over by then are counted."""
    h = hand[0]
    while h.ripened < h.tickets and hand[h.ripened].ticket_at + rules.ripe <= until:
        judge(hand[h.ripened], rules, h, out)
        h.ripened += 1
    while h.first < h.chances and hand[h.first].chance_at + rules.within <= until:
        lapse(hand[h.first], out)
        h.first += 1


@inner
def judge(ticket: Rows, rules: Rows, h: Rows, out: Rows) -> None:
    """A ripe failure: has the person come back, and done no harm?"""
    stayed = h.back > ticket.ticket_at and h.harm <= ticket.ticket_at
    good = ticket.settled == 2
    if stayed:
        weight = rules.after_good_success if good else rules.after_bad_success
    else:
        weight = rules.after_good_failure if good else rules.after_bad_failure
        if ticket.second:
            weight *= rules.second_weight
    if ticket.ticket_grade >= SEVERE:
        weight *= rules.severe
    out.failures += 1
    out.chances += weight
    out.forgiven += weight if stayed else 0.0


@inner
def lapse(chance: Rows, out: Rows) -> None:
    """A chance that nobody took counts against; one that was taken is counted already."""
    if chance.taken:
        return
    if chance.again:
        out.retry_n += 1
    else:
        out.try_n += 1


@inner
def tally_early(row: Rows, does: int, hand: Rows, out: Rows) -> None:
    """New things: offered, taken, wished for."""
    h = hand[0]
    if does == WISH:
        if h.wishes == 0:
            h.since, h.block = row.at, 0
            out.wish_active += 1
        hand[h.wishes].wish_ref = row.ref
        h.wishes += 1
        return
    if does == ANNOUNCE:
        fulfil(row, hand, out)
    if does == ANNOUNCE or does == INVITE:
        offered = hand[h.chances]
        offered.chance_ref, offered.chance_at, offered.taken = row.ref, row.at, 0
        offered.again = 1 if does == ANNOUNCE and has_tried(row.ref, hand) else 0
        h.chances += 1
        return
    take(row, hand, out)
    if out.access_at == 0 and (does == ACCEPT or row.kind == BETA_USED or row.kind == TRIED):
        out.access_at = row.at
    if does == TAKE:
        h.back = row.at
        if not has_tried(row.ref, hand):
            hand[h.tried].tried_ref = row.ref
            h.tried += 1
    if row.kind == BETA_USED:
        out.beta = 1


@inner
def has_tried(ref: int, hand: Rows) -> bool:
    """Whether the person has tried that before."""
    for j in range(hand[0].tried):  # noqa: SIM110 - compiled
        if hand[j].tried_ref == ref:
            return True
    return False


@inner
def take(row: Rows, hand: Rows, out: Rows) -> None:
    """Every open chance of that thing is taken."""
    for j in range(hand[0].first, hand[0].chances):
        if hand[j].chance_ref == row.ref and not hand[j].taken:
            hand[j].taken = 1
            if hand[j].again:
                out.retry_n += 1
                out.retry_k += 1
            else:
                out.try_n += 1
                out.try_k += 1


@inner
def fulfil(row: Rows, hand: Rows, out: Rows) -> None:
    """A wish for that thing is granted; with the last open one its months are over."""
    h = hand[0]
    j = 0
    while j < h.wishes:
        if hand[j].wish_ref == row.ref:
            h.wishes -= 1
            hand[j].wish_ref = hand[h.wishes].wish_ref
            if h.wishes == 0:
                out.wish_months += (row.at - h.since) // MONTH + 1
        else:
            j += 1


@inner
def act_of_wishes(at: int, hand: Rows, out: Rows) -> None:
    """The person did something in a month (30 days) in which a wish of theirs was open."""
    h = hand[0]
    block = (at - h.since) // MONTH
    if block > h.block:
        h.block = block
        out.wish_active += 1


@inner
def finish(rules: Rows, hand: Rows, out: Rows) -> None:
    """What is still open, and when it will be ripe."""
    h = hand[0]
    out.wish_open = h.since if h.wishes > 0 else 0
    if h.ripened < h.tickets:
        out.due = min(out.due, hand[h.ripened].ticket_at + rules.ripe)
    for j in range(h.first, h.chances):
        if not hand[j].taken:
            out.due = min(out.due, hand[j].chance_at + rules.within)
            break
