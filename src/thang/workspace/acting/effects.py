"""What strategies have been shown to do: looked at once a month, and decided on where it is clear.

A look is a finding, so that what later runs did can be told from what was known to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thang.model import DAY
from thang.policy.playbook.nouns import Strategy
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.calendar import moment
from thang.river.measuring.differences import Difference
from thang.river.measuring.rates import Arm, newcombe
from thang.river.measuring.several import discoveries
from thang.river.measuring.watched import always_valid
from thang.river.strategies.arms import HELD, TREATED
from thang.river.strategies.ranking import Effect
from thang.workspace.acting.lots import DECIDED

LOOKS = "effects"  # a finding: what every strategy was seen to add, month by month
FEWEST = 20  # people of an arm, below which nothing is said
ANEW = 100  # people more since the last decision, before there is another


@dataclass(frozen=True)
class Seen:
    """A strategy's two arms: the shares of success of enrolments whose time is over."""

    key: str
    treated: Arm
    held: Arm

    @property
    def people(self) -> int:
        """In both arms."""
        return self.treated.n + self.held.n

    @property
    def enough(self) -> bool:
        """Whether anything is said of it."""
        return min(self.treated.n, self.held.n) >= FEWEST

    def difference(self) -> Difference:
        """What it adds to the share of successes."""
        return newcombe(self.treated, self.held)


def known_effects(record: Record) -> dict[str, Effect]:
    """What the last monthly look said."""
    looks = record.findings(LOOKS)
    told = looks[-1].body["effects"] if looks else {}
    return {key: Effect(*pair) for key, pair in told.items()}


def look_at_effects(
    record: Record, strategies: Sequence[Strategy], policy: Policy, now: int
) -> bool:
    """Once a month: note what was seen, decide what is clear, and stop what does harm; whether
    this was that time.
    """
    month = moment(now, policy.shop.tz).strftime("%Y-%m")
    looks = record.findings(LOOKS)
    if looks and looks[-1].body["month"] == month:
        return False
    seen = [one for one in _seen(record, strategies, now) if one.enough]
    told = {one.key: _plain(one.difference()) for one in seen}
    record.add_finding(LOOKS, now, {"month": month, "effects": told})
    _decide(record, seen, now)
    return True


def _seen(record: Record, strategies: Sequence[Strategy], now: int) -> Iterator[Seen]:
    for one in strategies:
        if one.scope == "person" and not one.owed:
            ripe = record.ended(one.key, now - one.success.within_days * DAY)
            yield Seen(one.key, Arm(*ripe.get(TREATED, (0, 0))), Arm(*ripe.get(HELD, (0, 0))))


def _plain(found: Difference) -> tuple[float, float]:
    return found.estimate, found.error


def _decide(record: Record, seen: Sequence[Seen], now: int) -> None:
    """Found among all of them to add something, or, however often it is looked at, to harm."""
    last = _people_at_last(record)
    found = discoveries([one.difference().p for one in seen])
    for one, clear in zip(seen, found.tolist(), strict=True):
        if one.people < last.get(one.key, 0) + ANEW:
            continue
        difference = one.difference()
        if always_valid(difference).harms:
            record.call_off(one.key, "it does harm")
            _note(record, one, "harms", now)
        elif clear and difference.estimate > 0:
            _note(record, one, "helps", now)


def _people_at_last(record: Record) -> Mapping[str, int]:
    return {one.body["strategy"]: one.body["people"] for one in record.findings(DECIDED)}


def _note(record: Record, one: Seen, verdict: str, now: int) -> None:
    told = one.difference()
    body = {
        "strategy": one.key, "verdict": verdict, "people": one.people,
        "estimate": told.estimate, "low": told.low, "high": told.high,
    }  # fmt: skip
    record.add_finding(DECIDED, now, {key: _finite(value) for key, value in body.items()})


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not np.isfinite(value) else value
