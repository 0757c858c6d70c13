"""The tables of `desk.db`. Secrets are kept as hashes only; the audit log refuses to be changed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from thang.record.tables import BIG, never_changed

DESK = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _at(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BIG, nullable=null)


def _person(name: str = "person", *, null: bool = False) -> Column[str]:
    return Column(name, Text, ForeignKey("people.id"), nullable=null)


meta = Table("meta", DESK, Column("key", Text, primary_key=True), _text("value"))
people = Table(
    "people",
    DESK,
    Column("id", Text, primary_key=True),
    _text("name"),
    Column("name_key", Text, nullable=False, unique=True),  # two spellings of a name are one
    _text("role"),
    _text("password"),  # an argon2id hash; empty until the person has chosen a password
    _text("locale"),
    _at("created_at"),
    Column("disabled", Boolean, nullable=False),
)
sessions = Table(
    "sessions",
    DESK,
    Column("id", Text, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    _person(),
    _text("agent"),
    _at("created_at"),
    _at("seen_at"),
    _at("expires_at"),
    Index("sessions_person", "person"),
)
links = Table(
    "links",
    DESK,
    Column("hash", LargeBinary, primary_key=True),
    _person(null=True),  # nobody: the link of the first start
    _at("created_at"),
    _at("expires_at"),
)
api_keys = Table(
    "api_keys",
    DESK,
    Column("id", Text, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    _text("name"),
    _text("prefix"),
    Column("scopes", JSON, nullable=False),
    _text("created_by"),
    _at("created_at"),
    _at("used_at", null=True),
    _at("revoked_at", null=True),
)
audit = Table(
    "audit",
    DESK,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _at("at"),
    _text("who"),
    _text("what"),
    _text("about"),
    Column("hash", LargeBinary, nullable=False),
)
jobs = Table(
    "jobs",
    DESK,
    Column("seq", Integer, primary_key=True),  # the order in which they are taken
    Column("id", Text, nullable=False, unique=True),
    _text("kind"),
    Column("token", Text, nullable=True, unique=True),
    Column("input", JSON, nullable=False),
    _text("state"),
    Column("progress", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    _text("message"),
    _text("created_by"),
    _at("created_at"),
    _at("started_at", null=True),
    _at("finished_at", null=True),
    _at("heartbeat_at", null=True),
    Index("jobs_state", "state", "seq"),
    Index("jobs_kind", "kind", "seq"),
)
answers = Table(
    "answers",
    DESK,
    Column("id", Integer, primary_key=True),
    _text("key"),
    _text("person"),
    _text("route"),
    Column("asked", LargeBinary, nullable=False),
    Column("status", Integer, nullable=True),  # none: still being worked on
    Column("body", JSON, nullable=True),
    _at("at"),
    UniqueConstraint("key", "person", "route"),
    Index("answers_at", "at"),
)

never_changed(audit, "what was noted stays noted")
