"""The ladder itself, lived instant by instant: what is gained, held, renewed and lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from thang.model import DAY
from thang.policy.schema import Level, Policy, Settings
from thang.river.tables import Bar

from .activity import activity
from .calendar import (
    Moment,
    add_months,
    after_events,
    at_check,
    before_events,
    checks_between,
    is_new_year,
)
from .life import Life, lives
from .quantities import Shop
from .rows import Mark, Row
from .rules import Asked, entry_met, is_kept, keep_met

AT_ONCE = "chargeback"


@dataclass(frozen=True, slots=True)
class Held:
    """A rung that is held: since when its hold runs, the bar it was earned with, failed checks."""

    since: int
    own_bar: int | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a person stands at `as_of`, and every move that led there.

    Moves are (at, from level, to level, cause); levels are places on the policy's
    ladder, -1 before the first. `held` tells the state of every rung that is held.
    """

    person: int
    transitions: tuple[tuple[int, int, int, str], ...]
    level: int
    observed_level: int
    since: int
    facets: frozenset[str]
    activity: str
    held: dict[str, Held]

    @property
    def pressure(self) -> bool:
        """Whether the person stands above what today's acts alone would give."""
        return self.level > self.observed_level


def judge(
    rows: Iterable[Row],
    marks: Iterable[Mark],
    policy: Policy,
    settings: Settings,
    bars: Sequence[Bar],
    *,
    as_of: int,
) -> dict[int, Verdict]:
    """Everybody's verdict at `as_of` (microseconds), by person."""
    shop = Shop(policy, settings, tuple(bars))
    everybody = lives(rows, marks, policy, as_of)
    return {person: Climb(life, shop).until(as_of) for person, life in everybody.items()}


@dataclass
class Climb:
    """One person's way up and down the ladder."""

    life: Life
    shop: Shop
    held: dict[str, Held] = field(default_factory=dict)
    moves: list[tuple[int, int, int, str]] = field(default_factory=list)

    def until(self, as_of: int) -> Verdict:
        """Live through every instant at which anything can change, up to `as_of`."""
        events = set(self.life.event_instants())
        first = min(events)
        checks = set(checks_between(first, as_of, self.shop.tz))
        dues = {at for at in self._possible_dues() if first < at <= as_of}
        for at in sorted(events | checks | dues):
            if at in dues:
                self._fall_silent(at)
                self._move(at, "due")
            if at in checks:
                self._check(at)
                self._move(at, "check")
            if at in events:
                self._happen(at)
                self._move(at, "event")
        return self._verdict(as_of)

    @property
    def _levels(self) -> tuple[Level, ...]:
        return self.shop.policy.levels

    @property
    def _level(self) -> int:
        return max((i for i, x in enumerate(self._levels) if x.key in self.held), default=-1)

    def _move(self, at: int, cause: str) -> None:
        before = self.moves[-1][2] if self.moves else -1
        if before != self._level:
            self.moves.append((at, before, self._level, cause))

    def _asked(self, level: Level, moment: Moment) -> Asked:
        held = self.held.get(level.key)
        return Asked(self.life, moment, self.shop, own_bar=held.own_bar if held else None)

    # silence

    def _last_act(self, level: Level, moment: Moment) -> int | None:
        assert level.silence is not None
        acts = [a.at for a in self.life.acts if a.kind in level.silence.acts and moment.sees(a.at)]
        return max(acts, default=None)

    def _possible_dues(self) -> set[int]:
        return {
            act.at + level.silence.days * DAY
            for level in self._levels
            if level.silence is not None
            for act in self.life.acts
            if act.kind in level.silence.acts
        }

    def _is_silent(self, level: Level, moment: Moment) -> bool:
        last = self._last_act(level, moment)
        silence = level.silence
        return silence is not None and last is not None and last + silence.days * DAY <= moment.at

    def _fall_silent(self, at: int) -> None:
        for level in self._levels:
            if level.silence and self._is_silent(level, before_events(at, self.shop.tz)):
                self.held.pop(level.key, None)

    # what can be gained at any instant

    def _gain(self, moment: Moment, closed: set[str]) -> None:
        """Ask facts anew, and the entry rules of what is neither held nor `closed`."""
        for level in self._levels:
            if level.fact is not None:
                self._ask_fact(level, moment)
            elif level.key not in self.held and level.key not in closed:
                self._ask_entry(level, moment)

    def _ask_fact(self, level: Level, moment: Moment) -> None:
        if not entry_met(level, self._asked(level, moment)):
            self.held.pop(level.key, None)
        elif level.key not in self.held:
            self.held[level.key] = Held(moment.at)

    def _ask_entry(self, level: Level, moment: Moment) -> None:
        # Whoever has been silent for so long already would lose it at the same instant.
        silent = level.silence is not None and self._is_silent(level, moment)
        if not silent and entry_met(level, self._asked(level, moment)):
            self.held[level.key] = Held(moment.at, self._bar(level, moment))

    def _bar(self, level: Level, moment: Moment) -> int | None:
        if level.own_bar is None:
            return None
        value = Asked(self.life, moment, self.shop).value(level.own_bar)
        return None if value is None else int(value)

    # the monthly check

    def _check(self, at: int) -> None:
        moment = at_check(at, self.shop.tz)
        held_before = set(self.held)
        if not self.shop.policy.shop.seasonal or is_new_year(at, self.shop.tz):
            for level in self._levels:
                if is_kept(level) and level.key in self.held:
                    self._ask_held(level, moment)
        self._gain(moment, closed=held_before)

    def _ask_held(self, level: Level, moment: Moment) -> None:
        held = self.held[level.key]
        if moment.at < add_months(held.since, level.hold_months, self.shop.tz):
            return
        lower = self._lower_bar(level, held, moment)
        lowered = {level.own_bar: lower} if level.own_bar else {}
        renewing = Asked(self.life, moment, self.shop, lowered=lowered)
        if entry_met(level, renewing):
            self.held[level.key] = Held(moment.at, lower)
        elif keep_met(level, self._asked(level, moment)):
            self.held[level.key] = Held(held.since, held.own_bar)
        elif held.failures + 1 > (0 if self.shop.policy.shop.seasonal else level.grace):
            del self.held[level.key]
        else:
            self.held[level.key] = Held(held.since, held.own_bar, held.failures + 1)

    def _lower_bar(self, level: Level, held: Held, moment: Moment) -> int | None:
        bars = [held.own_bar, self._bar(level, moment)]
        return min((bar for bar in bars if bar is not None), default=None)

    # the events of an instant

    def _happen(self, at: int) -> None:
        held_before = set(self.held)
        for key in self._ended_at_once(at):
            self.held.pop(key, None)
        self._gain(after_events(at, self.shop.tz), closed=held_before)

    def _ended_at_once(self, at: int) -> set[str]:
        kinds = self.life.kinds_at(at)
        undone = AT_ONCE in kinds or self.life.is_undone_at(at)
        is_blocking = bool(kinds.intersection(self.shop.policy.blocked_by))
        return {
            level.key
            for level in self._levels
            if level.key in self.held
            and (
                kinds.intersection(level.ended_by)
                or (is_kept(level) and is_blocking)
                or (is_kept(level) and undone and self._keep_turns_failed(level, at))
            )
        }

    def _keep_turns_failed(self, level: Level, at: int) -> bool:
        before = self._asked(level, before_events(at, self.shop.tz))
        after = self._asked(level, after_events(at, self.shop.tz))
        return keep_met(level, before) and not keep_met(level, after)

    # the answer

    def _verdict(self, as_of: int) -> Verdict:
        now = after_events(as_of, self.shop.tz)
        observed = [
            i
            for i, level in enumerate(self._levels)
            if entry_met(level, Asked(self.life, now, self.shop))
        ]
        return Verdict(
            person=self.life.person,
            transitions=tuple(self.moves),
            level=self._level,
            observed_level=max(observed),
            since=self.moves[-1][0],
            facets=self._facets(),
            activity=activity(self.life, now, self.shop),
            held=dict(self.held),
        )

    def _facets(self) -> frozenset[str]:
        """All that is held or factual; silence counts only while no fact speaks (ruling 29)."""
        factual = any(level.fact is not None and level.key in self.held for level in self._levels)
        quiet = {level.key for level in self._levels if level.silence is not None and factual}
        return frozenset(self.held) - quiet
