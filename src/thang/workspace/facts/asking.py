"""The numbers of facts: everybody's now, and each enrolment's since it began."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.model import DAY
from thang.policy.playbook.fact import COUNTED, FROM_EVENTS, SHOP, Fact, What
from thang.policy.playbook.nouns import Playbook
from thang.policy.schema import Policy
from thang.record import PolicyVersion, Record
from thang.river.calendar import calendar, days, instant, moment
from thang.river.lifetime.rows import Float64
from thang.river.tables import Int64
from thang.workspace.facts.happened import Happened, Moment, at_keys
from thang.workspace.facts.shopwide import Shopwide
from thang.workspace.facts.sources import EVERYBODY, of_people, of_shop, since_enrolled
from thang.workspace.facts.standing import Standing
from thang.workspace.group_yardstick import group_yardstick
from thang.workspace.tallied import tallied
from thang.workspace.valuing import quarter_start

FORGIVING = 1  # the place of the trait
NONE = float("nan")
Own = Callable[[str, "Enrolled"], Float64]


@dataclass(frozen=True)
class Enrolled:
    """Enrolments whose facts are asked: `since` instants, `place` of each person among all."""

    person: Int64
    since: Int64
    place: Int64

    def __len__(self) -> int:
        return len(self.person)


class Facts:
    """What is so in a shop at an instant; numbers are made when a rule first asks for them."""

    def __init__(
        self, record: Record, projection: Projection, policy: Policy, version: PolicyVersion,
        playbook: Playbook, now: int,
    ) -> None:  # fmt: skip
        self._record, self._projection, self._policy = record, projection, policy
        self._version, self._playbook, self.now = version, playbook, now
        self._known = calendar(policy.shop.tz, now - 40 * 366 * DAY, now)
        self.day = self._day_of(np.array([now], np.int64))
        self._moment = Moment(now, self.day, record.kinds(), self._known)
        self._standing = Standing(projection, policy, now)
        self._made: dict[str, Float64] = {}
        self._made_of_all: dict[str, Float64] = {}

    @property
    def person(self) -> Int64:
        """Everybody on the ladder, by number."""
        return self._standing.person

    @property
    def level(self) -> Int64:
        """The place of their level on the ladder."""
        return self._standing.level

    @property
    def midnight(self) -> int:
        """The first instant of the shop's day."""
        today = moment(self.now, self._policy.shop.tz).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return instant(today)

    @cached_property
    def shop(self) -> Shopwide:
        """The shop as a whole."""
        return Shopwide(
            self._record, self._projection, self._policy, self._version, self.now, self.day,
            self._standing.waiting_minutes,
        )  # fmt: skip

    def need(self, names: Iterable[str]) -> None:
        """Make what counts events at once, in one look at them."""
        facts = [self._fact(name) for name in set(names) - set(self._made)]
        counted = [one for one in facts if one.scope != SHOP and _counts(one)]
        happened = Happened(self._projection, of_people(self.now), self._moment, self.person)
        self._made |= happened.columns(counted)
        consents = {one.name: one.of for one in facts if one.what is What.CONSENT}
        if consents:
            self._made |= self._standing.consents(self._record, consents)

    def of_people(self, names: Iterable[str]) -> Mapping[str, Float64]:
        """The facts by name, a number for each person."""
        asked = set(names)
        self.need(asked)
        return {name: self._of_everybody(name) for name in asked}

    def of_shop(self, names: Iterable[str]) -> Mapping[str, Float64]:
        """The facts by name as they are of the whole shop: what happens counts of everybody."""
        asked = set(names)
        missing = [self._fact(name) for name in asked - set(self._made_of_all)]
        counted = [one for one in missing if _counts(one)]
        keys = np.array([EVERYBODY], np.int64)
        happened = Happened(self._projection, of_shop(self.now), self._moment, keys)
        self._made_of_all |= happened.columns(counted)
        for one in missing:
            if not _counts(one):
                self._made_of_all[one.name] = np.array([self._of_the_shop(one)])
        return {name: self._made_of_all[name] for name in asked}

    def since(
        self, names: Iterable[str], enrolled: Enrolled, own: Own, *, everybody: bool = False
    ) -> Mapping[str, Float64]:
        """The facts of enrolments: what happens counts from each one's instant on.

        `own` tells facts of the enrolment itself; `everybody`: they are of the whole shop.
        """
        facts = {name: self._fact(name) for name in set(names)}
        counted = [one for one in facts.values() if one.is_counted]
        if counted:
            self._register(enrolled)
        sources = since_enrolled(self.now, everybody=everybody)
        keys = np.arange(len(enrolled), dtype=np.int64)
        found = Happened(self._projection, sources, self._moment, keys).columns(counted)
        if counted:
            self._projection.sql.unregister("begun")
        rest = [one for one in facts.values() if not one.is_counted]
        standing = [one.name for one in rest if one.what is not What.OWN]
        now = self.of_shop(standing) if everybody else self.of_people(standing)
        for one in rest:
            found[one.name] = (
                own(one.of, enrolled)
                if one.what is What.OWN
                else now[one.name][
                    np.zeros(len(enrolled), np.int64) if everybody else enrolled.place
                ]
            )
        return found

    def enrolled(self, person: Int64, since: Int64) -> Enrolled:
        """Enrolments of these people, each with the person's place among all."""
        place = np.searchsorted(self.person, person).clip(max=max(len(self.person) - 1, 0))
        return Enrolled(person, since, place.astype(np.int64))

    def _register(self, enrolled: Enrolled) -> None:
        day = days(self._known, enrolled.since).astype(np.int64)
        rows = pa.table(
            {
                "key": np.arange(len(enrolled), dtype=np.int64), "person": enrolled.person,
                "since": enrolled.since, "day": day,
            }
        )  # fmt: skip
        self._projection.sql.register("begun", rows)

    def _of_everybody(self, name: str) -> Float64:
        if name not in self._made:
            self._made[name] = self._standing_column(self._fact(name))
        return self._made[name]

    def _standing_column(self, fact: Fact) -> Float64:
        if fact.scope == SHOP:
            return np.full(len(self.person), self.of_shop([fact.name])[fact.name][0])
        if fact.what is What.OWN:
            return np.full(len(self.person), NONE)
        if self._standing.has(fact):
            return self._standing.column(fact)
        return _SPECIAL[fact.name](self)

    def _of_the_shop(self, fact: Fact) -> float:
        return self.shop(fact.of) if fact.what is What.SHOP else NONE

    def _fact(self, name: str) -> Fact:
        return self._playbook.facts[name]

    def _day_of(self, at: Int64) -> int:
        return int(days(self._known, at)[0])

    def waiting_minutes(self) -> Float64:
        """How long each person's oldest unanswered message waits."""
        return self._standing.waiting_minutes()

    def referred(self) -> Float64:
        """Whether somebody referred them."""
        return self._standing.referred()

    def bar_share(self) -> Float64:
        """What they spent lately as a share of the Premier bar."""
        bars = [bar for bar in self._record.bars(self._version.version) if bar.quarter <= self.now]
        bar = bars[-1].premier_bar if bars else None
        return self._standing.bar_share(self._version.settings.window_days, bar, self.day)

    def anger_risk(self) -> Float64:
        """One less the mean of the trait to forgive; unknown before a judging."""
        found = np.full(len(self.person), NONE)
        rules, quarter = self._policy.aims.groups, quarter_start(self.now, self._policy.shop.tz)
        measure = group_yardstick(
            self._record, self._projection, rules, self._version.version, quarter, self.now
        )
        for of in tallied(self._projection, self.now):
            risk = 1.0 - measure.traits(of, rules)[FORGIVING].mean
            here = at_keys(self.person, of.person, risk, NONE)
            found = np.where(np.isnan(here), found, here)
        return found


_SPECIAL: Mapping[str, Callable[[Facts], Float64]] = {
    "waiting_minutes": Facts.waiting_minutes,
    "referred": Facts.referred,
    "bar_share": Facts.bar_share,
    "anger_risk": Facts.anger_risk,
}


def _counts(fact: Fact) -> bool:
    """Whether it is counted out of rows, rather than looked up."""
    return fact.what in COUNTED or fact.what in FROM_EVENTS
