"""The tables of the record and of the vault: portable columns, one schema for every database.

Facts (`events`, `links`, `policy_versions`, `policy_notes`, `bars`, `withdrawals` and what
was told again) refuse to be changed or deleted by the database's own hand. Nothing in the
record's tables says who a person is: names of people and their addresses are in the vault,
and here are only keyed hashes of them.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.types import TypeEngine

# SQLite numbers its rows by an INTEGER key only; elsewhere such keys are 64 bits wide.
BIG: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")

SCHEMA_VERSION = 1


def _number(name: str, *parts: ForeignKey, null: bool = False) -> Column[int]:
    return Column(name, BIG, *parts, nullable=null)


def _id(name: str = "id") -> Column[int]:
    return Column(name, BIG, primary_key=True, autoincrement=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _meta(metadata: MetaData) -> Table:
    return Table("meta", metadata, Column("key", Text, primary_key=True), _text("value"))


RECORD = MetaData()
VAULT = MetaData()

meta = _meta(RECORD)
vault_meta = _meta(VAULT)

sources = Table("sources", RECORD, _id(), Column("name", Text, nullable=False, unique=True))
kinds = Table("kinds", RECORD, _id("code"), Column("name", Text, nullable=False, unique=True))
namespaces = Table("namespaces", RECORD, _id(), Column("name", Text, nullable=False, unique=True))

identifiers = Table(
    "identifiers",
    RECORD,
    _id(),
    _number("namespace", ForeignKey("namespaces.id")),
    _bytes("hash"),
    _number("first_seen_at"),
    UniqueConstraint("hash", "namespace"),
)
links = Table(
    "links",
    RECORD,
    Column("id", BIG, primary_key=True),
    _number("a", ForeignKey("identifiers.id")),
    _number("b", ForeignKey("identifiers.id")),
    _number("evidence", ForeignKey("events.seq")),  # the event that said so
    _number("source", ForeignKey("sources.id")),
    _number("at"),
    UniqueConstraint("a", "b", "source"),
    Index("links_b", "b"),
)
marks = Table(
    "marks",
    RECORD,
    Column("id", BIG, primary_key=True),
    _number("identifier", ForeignKey("identifiers.id")),
    _number("mark"),
    _number("at"),
    UniqueConstraint("identifier", "mark"),
)
batches = Table(
    "batches",
    RECORD,
    _id(),
    _number("source", ForeignKey("sources.id")),
    _text("name"),
    _text("digest"),
    _number("started_at"),
    _number("finished_at", null=True),
    _number("rows"),
    _number("stored"),
    _number("duplicate"),
    _number("refused"),
    _number("events"),
)
events = Table(
    "events",
    RECORD,
    _id("seq"),
    _number("source", ForeignKey("sources.id")),
    _bytes("key"),
    _number("at"),
    _number("received_at"),
    _number("kind", ForeignKey("kinds.code")),
    _number("subject", ForeignKey("identifiers.id"), null=True),
    _number("other", ForeignKey("identifiers.id"), null=True),
    _text("ref"),
    _number("amount", null=True),
    _text("currency"),
    _number("grade"),
    _number("flags"),
    Column("properties", Text, nullable=True),
    _number("batch", ForeignKey("batches.id")),
    UniqueConstraint("key", "source"),
)
refused = Table(
    "refused",
    RECORD,
    _id(),
    _number("batch", ForeignKey("batches.id")),
    _number("source", ForeignKey("sources.id")),
    _text("where"),
    _text("reason"),
    _bytes("why_sealed"),  # a sentence may quote the cell it complains of
    _bytes("raw_sealed"),
    _bytes("key"),
    UniqueConstraint("key", "source"),
)
# Imports taken back (1) and brought back (0): the last word on a batch holds.
withdrawals = Table(
    "withdrawals",
    RECORD,
    Column("id", BIG, primary_key=True),
    _number("batch", ForeignKey("batches.id")),
    _number("withdrawn"),
    _number("at"),
)
# Events of earlier imports that an import told as well: runs of their numbers, both ends inside.
retold = Table(
    "retold",
    RECORD,
    Column("id", BIG, primary_key=True),
    _number("batch", ForeignKey("batches.id")),
    _number("first", ForeignKey("events.seq")),
    _number("last", ForeignKey("events.seq")),
)
# The same of refused rows, by their ids.
refused_again = Table(
    "refused_again",
    RECORD,
    Column("id", BIG, primary_key=True),
    _number("batch", ForeignKey("batches.id")),
    _number("first", ForeignKey("refused.id")),
    _number("last", ForeignKey("refused.id")),
)
# Later imports' evidence for a link that is there already, and all evidence for a mark.
link_evidence = Table(
    "link_evidence",
    RECORD,
    Column("link", BIG, ForeignKey("links.id"), primary_key=True, autoincrement=False),
    Column("evidence", BIG, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
mark_evidence = Table(
    "mark_evidence",
    RECORD,
    Column("mark", BIG, ForeignKey("marks.id"), primary_key=True, autoincrement=False),
    Column("evidence", BIG, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
policy_versions = Table(
    "policy_versions",
    RECORD,
    _id("version"),
    _text("fingerprint"),
    _text("text"),
    Column("settings", JSON, nullable=False),
    _number("applied_at"),
)
policy_notes = Table(
    "policy_notes",
    RECORD,
    Column("version", BIG, ForeignKey("policy_versions.version"), primary_key=True),
    _text("author"),
    _text("note"),
    _number("from_at"),
)
bars = Table(
    "bars",
    RECORD,
    Column("policy_version", BIG, ForeignKey("policy_versions.version"), primary_key=True),
    Column("quarter", BIG, primary_key=True, autoincrement=False),
    _number("premier_bar", null=True),
    _number("median_member_spend", null=True),
    _number("gap"),
    _number("buyers"),
    _number("raw_premier", null=True),
    _number("bought_in_window"),
    _number("computed_at"),
)

# What was found out once and holds from then on: yardsticks of a quarter, the stage, the gate.
findings = Table(
    "findings",
    RECORD,
    Column("id", BIG, primary_key=True),
    _text("what"),
    _number("at"),  # the instant it speaks of
    _number("found_at"),
    Column("body", JSON, nullable=False),
    Index("findings_what", "what", "at"),
)
# Who entered a group, failed a monthly check of it, or left it, in the order it was found.
group_moves = Table(
    "group_moves",
    RECORD,
    Column("id", BIG, primary_key=True),
    _number("at"),
    _number("person"),
    _number("group"),
    _number("what"),
)

subjects = Table("subjects", VAULT, _id("identifier"), _bytes("wrapped_key"))
fields = Table(
    "fields",
    VAULT,
    Column("identifier", BIG, ForeignKey("subjects.identifier"), primary_key=True),
    Column("field", Text, primary_key=True),
    _bytes("sealed"),
    _number("at"),
)
# Keyed hashes of the words of names and of their beginnings (`words.py`): all of a person's
# rows are found by `identifier`, to be erased with them.
words = Table(
    "words",
    VAULT,
    _id("hash"),
    _id("identifier"),
    Index("words_identifier", "identifier"),
    sqlite_with_rowid=False,
)


def never_changed(table: Table, why: str = "facts are appended and never changed") -> None:
    """Have the database itself refuse to change or delete a row of this table."""
    for verb in ("UPDATE", "DELETE"):
        name = f"{table.name}_no_{verb.lower()}"
        for dialect, refusal in (("sqlite", _IN_SQLITE), ("postgresql", _IN_POSTGRES)):
            said = refusal.format(name=name, verb=verb, table=table.name, why=why)
            ddl = DDL(said).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl)


_IN_SQLITE = (
    "CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
)
_IN_POSTGRES = """
    CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$;
    CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()
"""

WITHDRAWING = (withdrawals, retold, refused_again, link_evidence, mark_evidence)

FINDINGS = (findings, group_moves)

for _facts in (events, links, policy_versions, policy_notes, bars, *WITHDRAWING, *FINDINGS):
    never_changed(_facts)
