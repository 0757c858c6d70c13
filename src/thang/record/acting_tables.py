"""The record's tables of acting: who may be written to, who is in which strategy, what goes out.

Consents, suppressions, windows, troubles, enrolments and their moves are facts and refuse to
be changed. Messages, tasks and where an enrolment stands change their state in place. No
table holds an address: people are numbers, addresses keyed hashes.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from thang.record.tables import BIG, RECORD, never_changed


def _number(name: str, *parts: ForeignKey, null: bool = False) -> Column[int]:
    return Column(name, BIG, *parts, nullable=null)


def _text(name: str, *parts: ForeignKey) -> Column[str]:
    return Column(name, Text, *parts, nullable=False)


def _serial() -> Column[int]:
    return Column("id", BIG, primary_key=True)


# What a person said to being written to; `purpose` "" in a withdrawal means every purpose,
# `channel` "" every channel.
consents = Table(
    "consents",
    RECORD,
    _serial(),
    _number("identifier", ForeignKey("identifiers.id")),
    _text("channel"),
    _text("purpose"),
    _text("state"),
    _text("wording"),
    _text("frequency"),
    _text("proof"),
    _text("source"),
    _number("at"),
    _number("evidence", ForeignKey("events.seq"), null=True),
    _number("recorded_at"),
    Index("consents_identifier", "identifier"),
)
# Addresses that are not to be used, by keyed hash, so that this outlives the person's erasure.
suppressed = Table(
    "suppressed",
    RECORD,
    _serial(),
    Column("hash", LargeBinary, nullable=False),
    _text("channel"),
    _text("why"),
    _number("at"),
    _number("until"),
    Index("suppressed_hash", "hash"),
)
# Spans in which a platform lets the shop write to somebody, each with the reason it opened.
windows = Table(
    "windows",
    RECORD,
    _serial(),
    _number("identifier", ForeignKey("identifiers.id")),
    _text("channel"),
    _number("at"),
    _number("expires_at"),
    _text("reason"),
    Index("windows_identifier", "identifier", "channel"),
)
# Tickets as they opened (severity 1 to 3) and were resolved (0).
troubles = Table(
    "troubles",
    RECORD,
    _serial(),
    _number("identifier", ForeignKey("identifiers.id")),
    _text("ref"),
    _number("severity"),
    _number("at"),
    _number("evidence", ForeignKey("events.seq")),
    Index("troubles_identifier", "identifier"),
)
enrolments = Table(
    "enrolments",
    RECORD,
    Column("id", Text, primary_key=True),
    _text("strategy"),
    _number("person"),
    _number("cluster"),
    _text("arm"),
    _number("at"),
    _text("playbook"),
    Index("enrolments_person", "person"),
    Index("enrolments_strategy", "strategy", "at"),
)
enrolment_moves = Table(
    "enrolment_moves",
    RECORD,
    _serial(),
    _text("enrolment", ForeignKey("enrolments.id")),
    _number("at"),
    _text("state"),
    _number("step"),
    _number("due"),
    Index("enrolment_moves_enrolment", "enrolment", "id"),
)
# Where each enrolment stands: its last move, kept at hand so that a daily run need not look
# through all moves for it.
enrolment_stands = Table(
    "enrolment_stands",
    RECORD,
    Column("enrolment", Text, ForeignKey("enrolments.id"), primary_key=True),
    _number("at"),
    _text("state"),
    _number("step"),
    _number("due"),
    Index("enrolment_stands_state", "state", "due"),
)
messages = Table(
    "messages",
    RECORD,
    _serial(),
    _text("enrolment", ForeignKey("enrolments.id")),
    _text("strategy"),
    _number("person"),
    _number("step"),
    _text("channels"),  # in order of preference, with spaces between
    _text("channel"),  # the one taken; "" before that
    _text("purpose"),
    _text("template"),
    _number("due"),
    _number("not_before"),  # the next try: due, or what a limit or a provider put off
    _text("state"),
    _number("lease_until"),
    _number("begun"),  # 1: this try's hand-over began; 0: the provider cannot have it from this try
    _number("tries"),
    _number("doubtful"),  # 1: an earlier try may have reached the provider
    _text("key"),
    _text("provider_id"),
    _text("why"),
    _number("planned_at"),
    _number("claimed_at"),  # of the last try; 0: none yet
    _number("settled_at"),
    UniqueConstraint("enrolment", "step"),
    UniqueConstraint("key"),
    Index("messages_state", "state", "not_before"),
    Index("messages_person", "person", "claimed_at"),
    Index("messages_provider", "provider_id"),
)
# A channel or `strategy:<key>` that is not to be used for a while; the last row of each holds.
pauses = Table(
    "pauses",
    RECORD,
    _serial(),
    _text("what"),
    _number("at"),
    _number("until"),
    _text("why"),
    Index("pauses_what", "what", "id"),
)
tasks = Table(
    "tasks",
    RECORD,
    Column("id", Text, primary_key=True),
    _text("strategy"),
    _number("person", null=True),
    _text("what"),
    _number("due"),
    _text("state"),
    _text("by"),
    _number("at"),
    Index("tasks_state", "state", "due"),
)

ACTING = (
    consents, suppressed, windows, troubles, enrolments, enrolment_moves, enrolment_stands,
    messages, pauses, tasks,
)  # fmt: skip

for _facts in (consents, suppressed, windows, troubles, enrolments, enrolment_moves, pauses):
    never_changed(_facts)
