"""When Vietnamese shops are busy: the week, the hours of a day, and Tết."""

from __future__ import annotations

from datetime import date

# First day of the lunar year, a published fact of each year.
TET: dict[int, date] = {
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
}

WEEKDAYS = (0.95, 0.93, 0.95, 0.98, 1.04, 1.10, 1.05)  # Monday first
BEFORE_TET = ((-28, 1.25), (-14, 1.6), (-4, 0.8))  # from so many days to Tết on
HOLIDAY = (0, 5)  # days of the feast: families, not parcels
AFTER_TET = 20  # purses are light for so long
BUSIEST = 1.6 * max(WEEKDAYS)
# A shop of one season sells before Tết and hardly ever else.
SEASON_DAYS = 60
IN_SEASON, OFF_SEASON = 3.5, 0.25

# How busy each hour is: lunch break and late evening, when phones are in hand.
_HOURLY = (1, 0, 0, 0, 0, 1, 2, 4, 6, 7, 7, 9, 10, 7, 6, 6, 6, 6, 7, 9, 13, 14, 10, 4)
HOURS = tuple(hour for hour, weight in enumerate(_HOURLY) for _ in range(weight))


def days_to_tet(day: date) -> int | None:
    """Days since the Tết of the day's calendar year, negative before it; None: year unknown."""
    tet = TET.get(day.year)
    return None if tet is None else (day - tet).days


def busyness(day: date, *, seasonal: bool = False) -> float:
    """How busy a day is beside an ordinary one (1.0): week and Tết together."""
    ordinary = WEEKDAYS[day.weekday()] * _tet_share(days_to_tet(day))
    return ordinary * _season_share(day) if seasonal else ordinary


def busiest(*, seasonal: bool = False) -> float:
    """No day is busier than this."""
    return BUSIEST * IN_SEASON if seasonal else BUSIEST


def _season_share(day: date) -> float:
    """Whether Tết, of this calendar year or the next, is near enough to buy for it."""
    feasts = (TET.get(day.year), TET.get(day.year + 1))
    near = any(tet is not None and 0 < (tet - day).days <= SEASON_DAYS for tet in feasts)
    return IN_SEASON if near else OFF_SEASON


def _tet_share(offset: int | None) -> float:
    if offset is None or not BEFORE_TET[0][0] <= offset <= AFTER_TET:
        return 1.0
    if offset < HOLIDAY[0]:
        return [share for since, share in BEFORE_TET if offset >= since][-1]
    return 0.25 if offset <= HOLIDAY[1] else 0.8


def carriers_rest(day: date) -> bool:
    """Whether no parcel is brought: from the last day of the old year through the feast."""
    offset = days_to_tet(day)
    return offset is not None and -1 <= offset < HOLIDAY[1]
