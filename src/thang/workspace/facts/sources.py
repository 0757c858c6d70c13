"""Where counting facts take their rows: of each person, of the shop, since an enrolment."""

from __future__ import annotations

from thang.workspace.facts.happened import Sources

EVERYBODY = 0  # the key of the shop
# What is derived of two people's lines stands beside the events.
LOG = """
select person, "at", kind, ref, amount, grade, flags from events where "at" <= {now}
union all
select person, "at", kind, ref, value as amount, 0 as grade, 0 as flags from referral_rows
where "at" <= {now}
"""
BOUGHT = """
select p.person, p.day, p.money, p.day = t.first_order as first
from purchases p join tallies t using (person)
"""
MOVED = 'select person, "at", from_level, to_level from transitions where from_level >= 0'


def of_people(now: int) -> Sources:
    """Everybody's own rows."""
    log = LOG.format(now=now)
    return Sources(
        f"select *, person as key from ({log})",  # noqa: S608 - numbers and names of our own
        f"select *, person as key from ({BOUGHT})",  # noqa: S608
        f"select *, person as key from ({MOVED})",  # noqa: S608
        windows=True,
    )


def of_shop(now: int) -> Sources:
    """All rows as one's."""
    log = LOG.format(now=now)
    return Sources(
        f"select *, {EVERYBODY} as key from ({log})",  # noqa: S608
        f"select *, {EVERYBODY} as key from ({BOUGHT})",  # noqa: S608
        f"select *, {EVERYBODY} as key from ({MOVED})",  # noqa: S608
        windows=True,
    )


def since_enrolled(now: int, *, everybody: bool) -> Sources:
    """The rows of each enrolment of the registered table `begun` (`key`, `person`, `since`,
    `day`); with `everybody` the whole shop's.
    """
    whose = "true" if everybody else "row.person = e.person"
    return Sources(
        _joined(LOG.format(now=now), "since", f'{whose} and row."at" > e.since'),
        _joined(BOUGHT, "day", f"{whose} and row.day > e.day"),
        _joined(MOVED, "since", f'{whose} and row."at" > e.since'),
        windows=False,
    )


def _joined(rows: str, since: str, on: str) -> str:
    return f"select row.*, e.key, e.{since} as since from begun e join ({rows}) row on {on}"  # noqa: S608
