"""Short words for hand-made timelines: instants by the shop's clock, and the usual rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from thang.model import DAY, Flag
from thang.policy.schema import Policy, Settings
from thang.river.tables import Bar

from .by_hand import default_policy
from .calendar import instant
from .ladder import Verdict, judge
from .rows import Mark, Row

TZ = "Asia/Ho_Chi_Minh"
WEEK = 7 * DAY
FINAL, AMOUNT, DELIVERED = int(Flag.FINAL), int(Flag.AMOUNT), int(Flag.DELIVERED)
NAMES = [level.key for level in default_policy().levels]
PLAIN = Settings(window_days=180, programme=False, consent_recorded=False)
CLUB = replace(PLAIN, programme=True)
_seq = count(1)


def on(text: str, tz: str = TZ) -> int:
    """The instant of a shop clock time such as `2024-01-31` or `2024-01-31 10:00`."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)))


def row(at: str | int, kind: str, person: int = 1, **rest: int) -> Row:
    """One row, each later one with a higher `seq`."""
    return Row(person, on(at) if isinstance(at, str) else at, next(_seq), kind, **rest)


def bought(at: str | int, amount: int = 100, person: int = 1, ref: int = 0) -> Row:
    """An order of a till: it counts at once."""
    return row(at, "order_completed", person, ref=ref, amount=amount, flags=FINAL | AMOUNT)


def refunded(at: str | int, amount: int | None, ref: int, person: int = 1) -> Row:
    """A refund, of an amount or of the rest."""
    flags = 0 if amount is None else AMOUNT
    return row(at, "order_refunded", person, ref=ref, amount=amount or 0, flags=flags)


def bar(quarter: str, premier: int | None = None, **rest: int | None) -> Bar:
    """A bar in force from that quarter on."""
    told: dict[str, int | None] = {"median_member_spend": None, "gap": 30 * DAY, "buyers": 0}
    told |= rest
    return Bar(on(quarter), premier, **told)  # type: ignore[arg-type]


def everybody(
    rows: Sequence[Row],
    as_of: str,
    *,
    policy: Policy | None = None,
    settings: Settings = PLAIN,
    bars: Sequence[Bar] = (),
    marks: Sequence[Mark] = (),
) -> dict[int, Verdict]:
    """Everybody's verdict at a shop clock time."""
    return judge(rows, marks, policy or default_policy(), settings, bars, as_of=on(as_of))


def moves(verdict: Verdict) -> list[tuple[int, str, str]]:
    """Instant, the name of the level reached, and the cause of each move."""
    return [(at, NAMES[to], cause) for at, _, to, cause in verdict.transitions]
