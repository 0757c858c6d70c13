"""The tables of what platforms tell, and what their rows are called."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Column, Index, LargeBinary, MetaData, Table, Text

from thang.record.tables import BIG

INBOX = MetaData()

waiting = Table(
    "waiting", INBOX, Column("id", BIG, primary_key=True), Column("source", Text, nullable=False),
    Column("received_at", BIG, nullable=False), Column("sealed", LargeBinary, nullable=False),
)  # fmt: skip
seen = Table(
    "seen", INBOX, Column("source", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True), Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
wanted = Table(
    "wanted", INBOX, Column("source", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("ref", Text, primary_key=True), Column("due_at", BIG, nullable=False),
    Column("tries", BIG, nullable=False), Index("wanted_due", "due_at"), sqlite_with_rowid=False,
)  # fmt: skip
cursors = Table(
    "cursors", INBOX, Column("source", Text, primary_key=True),
    Column("feed", Text, primary_key=True),
    Column("cursor", Text, nullable=False), Column("due_at", BIG, nullable=False),
    Column("tries", BIG, nullable=False), Column("trouble", Text, nullable=False),
    Column("asked_at", BIG, nullable=False), sqlite_with_rowid=False,
)  # fmt: skip
counts = Table(
    "counts", INBOX, Column("source", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("count", BIG, nullable=False), Column("last_at", BIG, nullable=False),
    sqlite_with_rowid=False,
)  # fmt: skip
tokens = Table(
    "tokens", INBOX, Column("source", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False), sqlite_with_rowid=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Came:
    """A payload to be kept: what it is about, its bytes, and the platform's number for it."""

    topic: str
    body: bytes = field(repr=False)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """A payload that waits to be mapped."""

    number: int
    source: str
    received_at: int
    topic: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a list was asked for. `trouble`: why the last try brought nothing; empty: it did."""

    source: str
    feed: str
    cursor: str = ""
    due_at: int = 0
    tries: int = 0
    trouble: str = ""
    asked_at: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A thing to be asked for by its number."""

    source: str
    what: str
    ref: str
    due_at: int
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """How often something was counted of a source, and when last."""

    source: str
    what: str
    count: int
    last_at: int
