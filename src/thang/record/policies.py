"""Policy versions as they were applied, and the bars that were frozen under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select

from thang.policy.schema import Settings
from thang.record.tables import bars, policy_versions
from thang.river.tables import Bar


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One policy as it was applied: its whole text, and what was resolved from the shop's data."""

    version: int
    fingerprint: str
    text: str
    settings: Settings
    applied_at: int


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
