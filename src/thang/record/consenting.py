"""What people said to being written to, heard from forms and from the events of imports.

Consents are appended as they are said; a withdrawal calls off at once what it forbids. What
the log tells (consents, refusals, tickets) is read into the same tables before every claim,
in its transaction, so that nothing goes out past a word that is on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from thang.record.acting_tables import consents, messages, troubles
from thang.record.bulk import run_many
from thang.record.messages import cancel
from thang.record.tables import events, kinds, meta, sources
from thang.river.sending.channels import CHANNELS
from thang.river.sending.nouns import EVERY, GRANTED, MARKETING, SERVICE, WITHDRAWN

Row = Mapping[str, Any]

HEARD = "heard"  # up to which event the log was read into these tables
GRANTS = ("consent_granted",)
REFUSALS = ("consent_withdrawn", "unsubscribed", "blocked_us")
OPENED, RESOLVED = "ticket_opened", "ticket_resolved"
# What sources call a channel, and the channels of ours it means.
WORDS: Mapping[str, tuple[str, ...]] = {
    **{key: (key,) for key in CHANNELS},
    "mail": ("email",), "newsletter": ("email",), "zalo": ("zalo_oa", "zns"),
    "facebook": ("messenger",), "fanpage": ("messenger",), "phone": ("call",),
    "named": ("named",),  # to be named in public, which is no channel and as much a consent
}  # fmt: skip


def say(connection: Connection, rows: Iterable[Row], now: int) -> None:
    """Append words on consent, and call off what a withdrawal among them forbids.

    A row has `identifier`, `channel`, `purpose`, `state` and `at`, and may have `wording`,
    `frequency`, `proof`, `source`, and `persons`: all numbers the person is known by.
    """
    said = list(rows)
    run_many(connection, _CONSENT, [_consent(row, now) for row in said])
    for row in said:
        if row["state"] == WITHDRAWN:
            _call_off(connection, row, now)


def _consent(row: Row, now: int) -> dict[str, Any]:
    if row["state"] not in (GRANTED, WITHDRAWN):
        raise ValueError(f"a consent is {GRANTED} or {WITHDRAWN}, not {row['state']}")
    facts = {name: row[name] for name in ("identifier", "channel", "purpose", "state", "at")}
    words = {name: row.get(name, "") for name in ("wording", "frequency", "proof", "source")}
    return facts | words | {"evidence": row.get("evidence"), "recorded_at": now}


def _call_off(connection: Connection, row: Row, now: int) -> None:
    """Messages with another channel left are judged when they are claimed."""
    theirs = messages.c.person.in_([row["identifier"], *row.get("persons", ())])
    if row["purpose"] != EVERY:
        theirs = theirs & (messages.c.purpose == row["purpose"])
    if row["channel"] != EVERY:
        theirs = theirs & (messages.c.channels == row["channel"])
    cancel(connection, theirs, "consent withdrawn", now)


def hear(connection: Connection, now: int) -> None:
    """Read what the log tells of consents and tickets since the last time."""
    last = connection.scalar(select(func.max(events.c.seq))) or 0
    heard = int(connection.scalar(select(meta.c.value).where(meta.c["key"] == HEARD)) or 0)
    if last == heard:
        return
    wanted = select(kinds.c.code).where(kinds.c["name"].in_((*GRANTS, *REFUSALS, OPENED, RESOLVED)))
    told = connection.execute(_TOLD.where(events.c.seq > heard, events.c.kind.in_(wanted)))
    rows = [dict(row) for row in told.mappings()]
    tickets = [row for row in rows if row["kind"] in (OPENED, RESOLVED)]
    run_many(connection, _TROUBLE, list(map(_trouble, tickets)))
    words = [row for row in rows if row["kind"] not in (OPENED, RESOLVED)]
    say(connection, [said for row in words for said in _words(row)], now)
    connection.execute(delete(meta).where(meta.c["key"] == HEARD))
    connection.execute(insert(meta), [{"key": HEARD, "value": str(last)}])


def _trouble(row: Row) -> dict[str, Any]:
    severity = max(int(row["grade"]), 1) if row["kind"] == OPENED else 0
    facts = {name: row[name] for name in ("identifier", "ref", "at", "evidence")}
    return facts | {"severity": severity}


def _words(row: Row) -> Iterator[dict[str, Any]]:
    """An event as words on consent. A grant that names no purpose opens its channel for both;
    a refusal that is not clear closes all it may mean.
    """
    grant = row["kind"] in GRANTS
    told = msgspec.json.decode(row["properties"] or "{}")
    named = row["ref"] or told.get("channel") or ("email" if row["kind"] == "unsubscribed" else "")
    channels = WORDS.get(str(named).lower(), () if grant else (EVERY,))
    purposes = _purposes(told.get("purpose"), row["kind"])
    facts = {name: row[name] for name in ("identifier", "at", "evidence", "source")}
    facts |= {name: str(told.get(name) or "") for name in ("wording", "frequency", "proof")}
    facts["state"] = GRANTED if grant else WITHDRAWN
    for channel in channels:
        for purpose in purposes:
            yield facts | {"channel": channel, "purpose": purpose}


def _purposes(named: object, kind: str) -> Sequence[str]:
    if named in (MARKETING, SERVICE):
        return (str(named),)
    if kind in GRANTS:
        return () if named else (MARKETING, SERVICE)
    return (MARKETING,) if kind == "unsubscribed" else (EVERY,)


_CONSENT, _TROUBLE = insert(consents), insert(troubles)
_TOLD = (
    select(
        events.c.seq.label("evidence"), kinds.c["name"].label("kind"), events.c.at,
        events.c.subject.label("identifier"), events.c.ref, events.c.grade, events.c.properties,
        sources.c["name"].label("source"),
    )
    .select_from(events)
    .join(kinds, kinds.c.code == events.c.kind)
    .join(sources, sources.c.id == events.c.source)
    .where(events.c.subject.is_not(None))
    .order_by(events.c.seq)
)  # fmt: skip
