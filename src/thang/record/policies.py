"""Policy versions as they were applied, and the bars that were frozen under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, func, insert, select

from thang.model import WrongInput
from thang.policy.schema import Settings
from thang.record.database import Database
from thang.record.tables import bars, policy_notes, policy_versions
from thang.river.tables import Bar


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One policy as it was applied: its whole text, and what was resolved from the shop's data."""

    version: int
    fingerprint: str
    text: str
    settings: Settings
    applied_at: int


@dataclass(frozen=True, slots=True)
class PolicyNote:
    """Who applied a version by name, why, and the instant at which it took effect.

    A version without a note was found in the shop's file, and its history is replayed.
    """

    author: str
    note: str
    from_at: int


class OutdatedError(WrongInput):
    """The policy was changed by somebody else since it was looked at."""


def lay_notes(database: Database) -> None:
    """The table of notes, in a record that was made before there was any."""
    with database.reading() as connection:
        if connection.dialect.has_table(connection, policy_notes.name):
            return
    with database.writing() as connection:
        policy_notes.create(connection, checkfirst=True)


def apply_policy(
    connection: Connection, fingerprint: str, text: str, settings: Settings, now: int
) -> PolicyVersion:
    """Append a version; applying the latest one again changes nothing."""
    latest = policy(connection)
    if latest and (latest.fingerprint, latest.settings) == (fingerprint, settings):
        return latest
    version = (latest.version if latest else 0) + 1
    applied = PolicyVersion(version, fingerprint, text, settings, now)
    connection.execute(insert(policy_versions), [asdict(applied)])
    return applied


def apply_noted(
    connection: Connection, version: PolicyVersion, said: PolicyNote, after: int
) -> PolicyVersion:
    """Append a version and what was said of it; `OutdatedError` unless it follows `after`."""
    latest = policy(connection)
    last = latest.version if latest else 0
    if last != after:
        raise OutdatedError(
            f"The policy was changed in the meantime (version {last} is in force, not {after}): "
            "look at that one, then apply yours again."
        )
    applied = replace(version, version=last + 1)
    connection.execute(insert(policy_versions), [asdict(applied)])
    connection.execute(insert(policy_notes), [asdict(said) | {"version": applied.version}])
    return applied


def all_versions(connection: Connection) -> list[PolicyVersion]:
    """Every version, oldest first."""
    rows = connection.execute(select(policy_versions).order_by(policy_versions.c.version))
    return [
        PolicyVersion(**{**row, "settings": Settings(**row["settings"])}) for row in rows.mappings()
    ]


def notes(connection: Connection) -> dict[int, PolicyNote]:
    """What was said of versions, by their number."""
    rows = connection.execute(select(policy_notes)).mappings()
    return {row["version"]: PolicyNote(row["author"], row["note"], row["from_at"]) for row in rows}


def policy(connection: Connection, version: int | None = None) -> PolicyVersion | None:
    """One version, or the latest; None if there is none."""
    wanted = select(func.max(policy_versions.c.version)).scalar_subquery()
    ask = select(policy_versions).where(
        policy_versions.c.version == (wanted if version is None else version)
    )
    row = connection.execute(ask).mappings().one_or_none()
    return (
        None if row is None else PolicyVersion(**{**row, "settings": Settings(**row["settings"])})
    )


def add_bars(connection: Connection, version: int, computed: Sequence[Bar], now: int) -> int:
    """Freeze the bars of quarters that have none yet; the number of those."""
    frozen = {bar.quarter for bar in bars_of(connection, version)}
    new = {bar.quarter: bar for bar in computed if bar.quarter not in frozen}
    rows = [bar._asdict() | {"policy_version": version, "computed_at": now} for bar in new.values()]
    if rows:
        connection.execute(insert(bars), rows)
    return len(rows)


def bars_of(connection: Connection, version: int) -> list[Bar]:
    """The bars frozen under one policy version, oldest quarter first."""
    columns = [bars.c[name] for name in Bar._fields]
    ask = select(*columns).where(bars.c.policy_version == version).order_by(bars.c.quarter)
    return [Bar(*row) for row in connection.execute(ask)]
