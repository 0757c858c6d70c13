"""The counts of the checks of the stage, out of purchases and signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thang.engines.duckdb import Projection
from thang.engines.steps import column
from thang.model import DAY, Flag
from thang.policy.aims import StageRules
from thang.river.calendar import Calendar, days
from thang.river.events import CODES
from thang.river.stage.signals import BLOCK_DAYS, TROUBLE_DAYS, Estimate, Share, Signals
from thang.river.tables import Int64
from thang.workspace.stage_buying import Buying

REGULAR = 2  # order days in so many cycles, of whoever is asked whether they would miss the shop
REGULAR_CYCLES = 4
VERY = 3  # the answer `very disappointed`
MONTH_DAYS = 30.44
_ANSWERS = """
select s.person, s."at", s.grade, s.seq, coalesce(any_value(t.beta), 0) as beta,
    count(p.day) as bought
from signals s left join tallies t using (person)
left join purchases p on p.person = s.person and p.day * {day} <= s."at"
    and p.day * {day} > s."at" - {window}
where s.kind = {kind} group by s.person, s."at", s.grade, s.seq order by s."at", s.seq
"""


@dataclass(frozen=True)
class Asked:
    """The checks that are asked for: their instants, and the first shop day after each."""

    at: Int64
    day: Int64
    cycle: int  # days between two orders, as usual in the shop
    launched: tuple[bool | None, ...]


@dataclass(frozen=True)
class Margins:
    """What is left of revenue, as a share: before care and acquisition, and after."""

    contribution: Estimate | None
    net: Estimate | None


def signals(
    projection: Projection, bought: Buying, asked: Asked, rules: StageRules, margins: Margins
) -> list[Signals]:
    """The counts of all checks, in their order; `bought` is read up to the last of them."""
    love = _answers(projection, asked, rules)
    troubles = _troubles(projection)
    found = []
    for n, (at, day) in enumerate(zip(asked.at.tolist(), asked.day.tolist(), strict=True)):
        third, sixth = bought.returned(day)
        orders = bought.by_block(bought.orders, day)
        found.append(
            Signals(
                at=at, launched=asked.launched[n], buyers=bought.buyers.on(day),
                active=bought.active.on(day), fresh=bought.by_block(bought.fresh, day),
                orders=orders, existing=bought.existing(day), love=love[n],
                rebought=bought.rebought(day), third=third, sixth=sixth,
                cohorts=bought.cohorts(day), incidents=_incidents(troubles, orders, at),
                contribution=margins.contribution, net_margin=margins.net,
            )
        )  # fmt: skip
    return found


def _answers(projection: Projection, asked: Asked, rules: StageRules) -> list[Share]:
    """Of regular customers and testers within the policy's months; the last answer of each."""
    window = REGULAR_CYCLES * asked.cycle * DAY
    rows = projection.table(_ANSWERS.format(day=DAY, window=window, kind=CODES["pmf_answered"]))
    person, at, grade = (column(rows, name) for name in ("person", "at", "grade"))
    regular = (column(rows, "bought") >= REGULAR) | (column(rows, "beta") > 0)
    person, at, very = person[regular], at[regular], (grade == VERY)[regular]
    span = int(rules.ellis_months * MONTH_DAYS * DAY)
    found = []
    for check in asked.at.tolist():
        low, high = np.searchsorted(at, [check - span, check])
        # From behind, the first of a person is their last.
        _, last = np.unique(person[low:high][::-1], return_index=True)
        found.append(Share(int(very[low:high][::-1][last].sum()), len(last)))
    return found


def _troubles(projection: Projection) -> Int64:
    """The instants of tickets that were our doing."""
    found = projection.table(
        'select "at" from signals where kind = ? and flags & ? = 0 order by "at"',
        [CODES["ticket_opened"], int(Flag.THEIRS)],
    )
    return column(found, "at")


def _incidents(troubles: Int64, orders: tuple[int, ...], at: int) -> Share | None:
    """Tickets of so many orders; None as long as nobody has written one down."""
    low, high = np.searchsorted(troubles, [at - TROUBLE_DAYS * DAY, at])
    if not high:
        return None
    return Share(int(high - low), sum(orders[-(TROUBLE_DAYS // BLOCK_DAYS) :]))


def months_until(calendar: Calendar, first: int, as_of: int, most: int) -> list[int]:
    """The first instants of the shop's latest months that began after `first`."""
    return [int(at) for at in calendar.months if first < at <= as_of][-most:]


def days_after(calendar: Calendar, at: Sequence[int]) -> Int64:
    """The first shop day that begins at or after each instant."""
    found: Int64 = days(calendar, np.array(at, np.int64) - 1).astype(np.int64) + 1
    return found
