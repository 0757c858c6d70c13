"""Strategies as pages and verbs show them: what each does now, and what it has done so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.model import DAY, WrongInput
from thang.policy.nearest import hint
from thang.policy.playbook.nouns import Playbook, Strategy
from thang.record import Record
from thang.river.measuring.differences import Difference
from thang.river.measuring.rates import Arm, newcombe
from thang.river.strategies.arms import GLOBAL, HELD, TREATED
from thang.workspace.acting.effects import FEWEST
from thang.workspace.acting.lots import DECIDED

ENDED = ("succeeded", "finished")


@dataclass(frozen=True)
class Met:
    """Whom a strategy met, by arm; `succeeded` and `ended` of those whose time is over."""

    arm: str
    people: int
    running: int
    succeeded: int
    ended: int


@dataclass(frozen=True)
class Campaign:
    """A strategy with what became of it. `why_not`: why it meets nobody now (off, paused, gate,
    stage); `messages`: how many by state; `verdict`: what was decided on it last.
    """

    strategy: Strategy
    why_not: str | None
    met: tuple[Met, ...]
    messages: Mapping[str, int]
    last: int | None
    verdict: str | None

    def of(self, arm: str) -> Met:
        """One arm of it."""
        return next((one for one in self.met if one.arm == arm), Met(arm, 0, 0, 0, 0))

    @property
    def people(self) -> int:
        """Whom it met, in whichever arm."""
        return sum(one.people for one in self.met)

    @property
    def running(self) -> int:
        """Who is in it now."""
        return sum(one.running for one in self.met)

    @property
    def added(self) -> Difference | None:
        """What it adds to the share of successes; None: too few to say, or nobody is held out."""
        treated, held = (Arm(one.succeeded, one.ended) for one in (self.of(TREATED), self.of(HELD)))
        if min(treated.n, held.n) < FEWEST:
            return None
        return newcombe(treated, held)


@dataclass(frozen=True)
class Enrolled:
    """One person's way through a strategy; `ref` is their reference, "" for the whole shop."""

    ref: str
    arm: str
    at: int
    state: str
    step: int


@dataclass(frozen=True)
class CampaignDetail:
    """A campaign with the latest whom it met."""

    campaign: Campaign
    latest: tuple[Enrolled, ...]


def campaigns(
    record: Record, playbook: Playbook, blocked: Mapping[str, str], now: int
) -> tuple[Campaign, ...]:
    """All strategies in the order of the playbook, as they stand at an instant."""
    met, sent = record.met_by_strategy(), record.messages_by_strategy()
    verdicts = {one.body["strategy"]: one.body["verdict"] for one in record.findings(DECIDED)}
    return tuple(
        Campaign(
            one, blocked.get(one.key), _arms(record, one, met.get(one.key, {}), now),
            sent.get(one.key, {}),
            max((row[-1] for row in met.get(one.key, {}).values()), default=None),
            verdicts.get(one.key),
        )
        for one in playbook.strategies
    )  # fmt: skip


def campaign(
    record: Record, playbook: Playbook, blocked: Mapping[str, str], now: int, key: str,
    latest: int = 50,
) -> CampaignDetail:  # fmt: skip
    """One of them, by its key or its row of the articles; WrongInput names the nearest."""
    for one in campaigns(record, playbook, blocked, now):
        if key in (one.strategy.key, one.strategy.id):
            return CampaignDetail(one, _latest(record, one.strategy.key, latest))
    near = hint(key, [one.key for one in playbook.strategies])
    raise WrongInput(f"There is no strategy {key[:60]}{near}: `thang strategies` lists them all.")


def _arms(
    record: Record, strategy: Strategy, of: Mapping[str, tuple[int, int, int, int, int]], now: int
) -> tuple[Met, ...]:
    """By arm. Success ends a way early, so only those count whose whole time has passed: else
    the quick ones would stand for all.
    """
    if not of:
        return ()
    ripe = record.ended(strategy.key, now - strategy.success.within_days * DAY)
    return tuple(
        Met(arm, *of[arm][:2], *ripe.get(arm, (0, 0)))
        for arm in (TREATED, HELD, GLOBAL)
        if arm in of
    )


def _latest(record: Record, key: str, most: int) -> tuple[Enrolled, ...]:
    rows = record.latest_met(key, most)
    return tuple(
        Enrolled(record.refs.ref_of(person) if person else "", arm, at, state, step)
        for person, arm, at, state, step in rows
    )
