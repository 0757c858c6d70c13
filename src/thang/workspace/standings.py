"""How each channel of a shop stands: set or not, what went out, what rests and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.channels.settings.nouns import ChannelSettings
from thang.record import Record
from thang.record.channelling import Rest, Traffic
from thang.record.messages import CLAIMED, DELIVERED, FAILED, SENT, UNKNOWN
from thang.workspace.channels import STAFF

NOTHING = Traffic({}, 0, 0, "")
NEVER = Rest(0, 0, "")
SET_BY: Mapping[str, str] = {
    "email": "email", "sms": "sms", "zalo_oa": "zalo", "zns": "zalo", "messenger": "messenger",
    "webhook": "webhook",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChannelStanding:
    """One channel; `resting_until` 0: it does not rest. `at` of a fault 0: there was none."""

    key: str
    is_set: bool
    fake: bool
    staff: bool
    sent: int
    delivered: int
    failed: int
    unknown: int
    under_way: int
    last_sent: int
    resting_until: int
    resting_why: str
    fault_at: int
    fault: str


def standings(record: Record, settings: ChannelSettings, now: int) -> tuple[ChannelStanding, ...]:
    """Every channel that messages can go out on, those of staff last."""
    traffic, rests = record.traffic(), record.rests()
    return tuple(
        _standing(key, settings, traffic.get(key, NOTHING), rests.get(key, NEVER), now)
        for key in (*SET_BY, *STAFF)
    )


def _standing(
    key: str, settings: ChannelSettings, traffic: Traffic, rest: Rest, now: int
) -> ChannelStanding:
    is_set = key in STAFF or settings.fake or getattr(settings, SET_BY[key]) is not None
    rests = rest.until > now
    fault = max((traffic.last_fault, traffic.fault), (rest.at, rest.why))
    states = traffic.states
    return ChannelStanding(
        key, is_set, settings.fake and key not in STAFF, key in STAFF,
        states.get(SENT, 0), states.get(DELIVERED, 0), states.get(FAILED, 0),
        states.get(UNKNOWN, 0), states.get(CLAIMED, 0), traffic.last_sent,
        rest.until if rests else 0, rest.why if rests else "", *fault,
    )  # fmt: skip
