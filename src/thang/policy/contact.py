"""The rules of contact: when, how often and on what grounds the shop writes to somebody.

What the law fixes is a constant here. A shop's own rules may be stricter and never milder:
the ranges of the keys end at these limits, and whoever asks takes the stricter of both.
"""

from __future__ import annotations

from dataclasses import dataclass

# Decree 91/2020/ND-CP: advertising messages 7 to 22, calls 8 to 17 o'clock; at most three
# messages and one call a day to one recipient; a label in front.
LEGAL_HOURS = (7, 22)
LEGAL_CALL_HOURS = (8, 17)
LEGAL_PER_DAY = 3
LEGAL_CALLS_PER_DAY = 1
LABELS = ("[QC]", "[AD]")


@dataclass(frozen=True, slots=True)
class Contact:
    """A shop's rules of contact. Hours are the shop's own clock; the last one is not included."""

    from_hour: int = 8
    to_hour: int = 21
    call_from_hour: int = 8
    call_to_hour: int = 17
    per_day: int = 1
    per_week: int = 2
    per_week_few: int = 1
    few_from: str = "premier"
    calls_per_day: int = 1
    mute_severity: int = 2
    service_needs_consent: bool = True
    zns_marketing: bool = False
    zalo_paid: bool = False
    label: str = LABELS[0]
    opt_out: str = "Từ chối nhận tin"
    sms_plain: bool = True
    sms_segments: int = 3
    stale_hours: int = 24
    tries: int = 5
    lease_minutes: int = 10
