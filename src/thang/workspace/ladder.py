"""The ladder as a whole: how many people on each rung, and who moved in a month."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from thang.engines.duckdb import Projection
from thang.model import WrongInput
from thang.policy.schema import Policy
from thang.river.calendar import instant, moment, month_start


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: people on it now; of the month: moves up and down from it, entries and leavings."""

    rung: int
    key: str
    people: int
    up: int
    down: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """All rungs from the lowest, and what the numbers were computed from (ISO instants)."""

    as_of: str
    events_through: str
    policy: str
    computed_at: str
    month: str
    levels: tuple[Rung, ...]


def ladder(
    projection: Projection, policy: Policy, version: str, month: str | None, tz: str
) -> Ladder:
    """The ladder as last classified; moves of `month` (YYYY-MM), by default the last full one."""
    as_of = projection.meta("as_of") or 0
    first, last, name = _month(month, as_of, tz)
    people = _counts(projection, "select level, count(*) from placements group by level")
    span = f'from transitions where "at" >= {first} and "at" < {last}'
    entered = _counts(projection, f"select to_level, count(*) {span} group by to_level")
    went = {
        side: _counts(
            projection,
            f"select from_level, count(*) {span} and to_level {sign} from_level "
            "and from_level >= 0 group by from_level",
        )
        for side, sign in (("up", ">"), ("down", "<"))
    }
    rungs = tuple(
        Rung(
            rung=i + 1,
            key=level.key,
            people=people.get(i, 0),
            up=went["up"].get(i, 0),
            down=went["down"].get(i, 0),
            entered=entered.get(i, 0),
            left=went["up"].get(i, 0) + went["down"].get(i, 0),
        )
        for i, level in enumerate(policy.levels)
    )
    return Ladder(
        as_of=shown(as_of, tz),
        events_through=shown(_events_through(projection), tz),
        policy=version,
        computed_at=shown(projection.meta("computed_at") or 0, tz),
        month=name,
        levels=rungs,
    )


def read_ladder(text: bytes) -> Ladder:
    """The ladder out of its JSON, as a server told it; its month is not told."""
    known = json.loads(text)
    levels = tuple(Rung(**level) for level in known.pop("levels"))
    return Ladder(**{"month": "", **known}, levels=levels)


def shown(at: int, tz: str) -> str:
    """An instant in ISO form on the shop's clock."""
    return moment(at, tz).isoformat(timespec="seconds")


def _events_through(projection: Projection) -> int:
    ((last,),) = projection.sql.execute('select max("at") from events').fetchall()
    return int(last or 0)


def _counts(projection: Projection, sql: str) -> dict[int, int]:
    return {int(level): int(n) for level, n in projection.sql.execute(sql).fetchall()}


def _month(month: str | None, as_of: int, tz: str) -> tuple[int, int, str]:
    zone = ZoneInfo(tz)
    if month is None:
        # `as_of` may be the month's very last instant: then that month is the last full one.
        end = moment(as_of + 1, tz)
        number = end.year * 12 + end.month - 2
    elif re.fullmatch(r"(?!0000)\d{4}-(0[1-9]|1[0-2])", month):
        at = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
        number = at.year * 12 + at.month - 1
        if instant(at) > as_of:
            raise WrongInput(f"--month {month} lies after the ladder's date: give an earlier one.")
    else:
        raise WrongInput(f"--month {month!r} is no month: write it as YYYY-MM.")
    name = f"{number // 12:04d}-{number % 12 + 1:02d}"
    return month_start(number, zone), month_start(number + 1, zone), name
