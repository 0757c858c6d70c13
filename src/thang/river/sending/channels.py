"""What each channel is to the rules of contact: by what it reaches whom, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thang.policy.contact import (
    LEGAL_CALL_HOURS,
    LEGAL_CALLS_PER_DAY,
    LEGAL_HOURS,
    LEGAL_PER_DAY,
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `contacts`: it reaches the person, so that hours and caps hold for it.

    `personal`: somebody else learns of the person, so that consent is needed. `by` are the
    namespaces of its addresses, `windowed` whether a platform must have opened a window.
    """

    key: str
    by: tuple[str, ...] = ()
    contacts: bool = True
    personal: bool = True
    windowed: bool = False
    legal_hours: tuple[int, int] = (0, 24)
    legal_per_day: int = LEGAL_PER_DAY


CHANNELS: Mapping[str, Channel] = {
    channel.key: channel
    for channel in (
        Channel("email", ("email",)),
        Channel("sms", ("phone",), legal_hours=LEGAL_HOURS),
        Channel("zns", ("phone",), legal_hours=LEGAL_HOURS),
        Channel(
            "call", ("phone",), legal_hours=LEGAL_CALL_HOURS, legal_per_day=LEGAL_CALLS_PER_DAY
        ),
        Channel("messenger", ("psid", "messenger"), windowed=True),
        Channel("zalo_oa", ("zalo",), windowed=True),
        Channel("audience", ("phone", "email"), contacts=False),
        # These reach nobody but the shop itself.
        Channel("task", contacts=False, personal=False),
        Channel("page", contacts=False, personal=False),
        Channel("webhook", contacts=False, personal=False),
    )
}
