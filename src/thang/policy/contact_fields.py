"""The keys of `sending`: the rules of contact, whose ranges end where the law's limits are."""

from __future__ import annotations

from thang.policy.contact import (
    LABELS,
    LEGAL_CALL_HOURS,
    LEGAL_CALLS_PER_DAY,
    LEGAL_HOURS,
    LEGAL_PER_DAY,
)
from thang.policy.shapes import NAME, Field, OneOf, Record, Text, Truth, Whole, Word

HOUR, CALL_HOUR = Whole(*LEGAL_HOURS), Whole(*LEGAL_CALL_HOURS)
WEEK = Whole(0, 7 * LEGAL_PER_DAY)

SENDING = Field(
    "sending",
    Record(
        (
            Field("from_hour", HOUR, "Messages go out from this hour on, by the shop's clock."),
            Field("to_hour", HOUR, "From this hour on they wait for the next morning."),
            Field("call_from_hour", CALL_HOUR, "Calls are made from this hour on."),
            Field("call_to_hour", CALL_HOUR, "From this hour on they wait."),
            Field(
                "per_day",
                Whole(0, LEGAL_PER_DAY),
                "Advertising messages to one person on one day, over all channels, at most.",
            ),
            Field("per_week", WEEK, "The same in seven days."),
            Field(
                "per_week_few",
                WEEK,
                "The same for those of whom little should be asked: `few_from` and the viral ones.",
            ),
            Field(
                "few_from",
                Word(NAME, "the key of a level"),
                "Little is asked of this level, where there is one, and of those above it.",
            ),
            Field(
                "calls_per_day", Whole(0, LEGAL_CALLS_PER_DAY), "Advertising calls a day, at most."
            ),
            Field(
                "mute_severity",
                Whole(1, 3),
                "While a ticket of this severity or a worse one is open, nothing is advertised.",
            ),
            Field(
                "service_needs_consent",
                Truth(),
                "False where the contract with the customer is ground enough for service messages.",
            ),
            Field("zns_marketing", Truth(), "True if advertising templates of ZNS are approved."),
            Field(
                "zalo_paid",
                Truth(),
                "True: Zalo messages are paid for once the free ones are used.",
            ),
            Field("label", OneOf(LABELS), "What stands in front of advertising."),
            Field("opt_out", Text(60), "The words before the address by which one opts out."),
            Field("sms_plain", Truth(), "True: SMS go without accents, more letters to a part."),
            Field("sms_segments", Whole(1, 10), "An SMS has at most so many parts."),
            Field("stale_hours", Whole(1, 336), "Not sent so long after it was due: never sent."),
            Field("tries", Whole(1, 10), "So many tries, then a message is given up."),
            Field("lease_minutes", Whole(5, 60), "A try is given up after so long a silence."),
        )
    ),
    "When, how often and on what grounds the shop writes to somebody.",
)
