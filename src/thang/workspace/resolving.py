"""What is settled before anybody is folded, whichever engine counts: settings, and bars.

An engine lends two questions: a census at given instants, and whether anybody ever did
something.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from thang.engines.steps import Run
from thang.model import WrongInput
from thang.policy.schema import Policy, Settings
from thang.record import PolicyVersion, Record
from thang.river.bars import Quarter, publish, resolve_window
from thang.river.calendar import quarter_starts
from thang.river.tables import Bar

GROWTH = 1.1  # settings resolved on less than this share of what is known now are resolved anew

Census = Callable[[Run], list[Quarter]]
Ever = Callable[[tuple[str, ...]], bool]


class Extent(NamedTuple):
    """The first and the last instant of all events."""

    first: int
    last: int


def must_begin_by(as_of: int, extent: Extent) -> None:
    """Refuse a date before anything happened."""
    if as_of < extent.first:
        raise WrongInput("--as-of lies before the first event of the shop: give a later date.")


def resolve_settings(
    policy: Policy,
    kinds: Mapping[str, int],
    extent: Extent,
    total: int,
    *,
    census: Census,
    ever: Ever,
) -> Settings:
    """What is constant within a policy version, from all that is recorded (ruling 3)."""
    joined = ever(("membership_joined",))
    programme = joined if policy.programme == "auto" else policy.programme == "yes"
    consents = ever(("consent_granted", "consent_withdrawn"))
    provisional = Settings(policy.window.default_days, programme, consents, total)
    if not isinstance(policy.window.mode, str):
        return replace(provisional, window_days=int(policy.window.mode))
    end = extent.last + 1
    (found,) = census(Run(policy, provisional, kinds, extent.first, end, quarters=(end,)))
    days = resolve_window(found.gaps, found.repeaters, policy)
    return replace(provisional, window_days=days)


def version_in_force(
    record: Record, policy: Policy, total: int, resolved: Callable[[], Settings]
) -> PolicyVersion:
    """The last policy version, or a new one if its text or the shop's data changed."""
    last = record.policy()
    if (
        last is not None
        and last.fingerprint == policy.fingerprint
        and total <= last.settings.events * GROWTH
        and last.settings.events <= total * GROWTH
    ):
        return last
    return record.apply_policy(policy.fingerprint, policy.text, resolved())


def with_bars(run: Run, frozen: list[Bar], census: Census) -> Run:
    """The run with its bars: those frozen before, and those of quarters that have begun since."""
    begun = quarter_starts(run.calendar, run.first, run.as_of)
    last = frozen[-1].quarter if frozen else -1
    missing = tuple(at for at in begun if at > last)
    found = census(replace(run, quarters=missing, _made={})) if missing else []
    new = publish(found, run.policy, run.settings, frozen, run.calendar)
    return replace(run, bars=(*frozen, *new), _made={})
