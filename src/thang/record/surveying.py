"""What a record says of all people at once: words on advertising, what went out, who sold."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, case, func, select

from thang.record.acting_tables import (
    consents,
    enrolment_stands,
    enrolments,
    messages,
    pauses,
)
from thang.record.bulk import all_rows
from thang.record.database import Database
from thang.record.messages import DELIVERED, SENT
from thang.record.tables import events, identifiers, kinds, links, namespaces
from thang.record.withdrawals import left_out
from thang.river.sending.nouns import EVERY, GRANTED, MARKETING

MET = pa.schema([("strategy", pa.string()), ("person", pa.int64()), ("at", pa.int64())])
WENT_OUT = pa.schema([("person", pa.int64()), ("strategy", pa.string()), ("at", pa.int64())])


class Surveying:
    """Questions about everybody; each is one reading."""

    _record: Database

    def words_on_advertising(self) -> list[tuple[int, str, bool]]:
        """Identifier, channel ("": every) and whether it was granted, in the order of the words.

        What imports said that were taken back is not among the grants.
        """
        with self._record.reading() as connection:
            gone = left_out(connection)
            rows = all_rows(connection, _WORDS)
        told = pa.array([row[3] or 0 for row in rows], pa.int64()).to_numpy()
        lost = gone.has(told).tolist()
        return [
            (identifier, channel, state == GRANTED)
            for (identifier, channel, state, _), taken_back in zip(rows, lost, strict=True)
            if not (taken_back and state == GRANTED)
        ]

    def identity_size(self) -> tuple[int, int]:
        """The last numbers of identifiers and of links: they grow with what tells who is who."""
        ask = select(
            select(func.max(identifiers.c.id)).scalar_subquery(),
            select(func.max(links.c.id)).scalar_subquery(),
        )
        with self._record.reading() as connection:
            named, joined = connection.execute(ask).one()
        return named or 0, joined or 0

    def went_out(self, since: int) -> pa.Table:
        """Messages that providers took after an instant (`WENT_OUT`), the first planned first."""
        ask = _SENT.where(messages.c.claimed_at > since)
        with self._record.reading() as connection:
            rows = all_rows(connection, ask)
        return _table(rows, WENT_OUT)

    def selling_sources(self, since: int) -> int:
        """How many sources told of orders placed after an instant."""
        ask = select(func.count(events.c.source.distinct())).where(
            events.c.at > since, events.c.kind == _code("order_completed")
        )
        with self._record.reading() as connection:
            return int(connection.scalar(ask) or 0)

    def last_met(self, since: int) -> pa.Table:
        """Strategy, person and when they last met after an instant (`MET`)."""
        ask = (
            select(enrolments.c.strategy, enrolments.c.person, func.max(enrolments.c.at))
            .where(enrolments.c.at > since)
            .group_by(enrolments.c.strategy, enrolments.c.person)
        )
        with self._record.reading() as connection:
            return _table(all_rows(connection, ask), MET)

    def ended(self, strategy: str, until: int) -> dict[str, tuple[int, int]]:
        """Of a strategy's enrolments made until an instant, by arm: how many succeeded, of all."""
        won = _counted(enrolment_stands.c.state == "succeeded")
        ask = (
            select(enrolments.c.arm, won, func.count())
            .join_from(enrolments, enrolment_stands)
            .where(enrolments.c.strategy == strategy, enrolments.c.at <= until)
            .where(enrolment_stands.c.state.in_(("succeeded", "finished")))
            .group_by(enrolments.c.arm)
        )
        with self._record.reading() as connection:
            return {arm: (int(k), int(n)) for arm, k, n in all_rows(connection, ask)}

    def met_by_strategy(self) -> dict[str, dict[str, tuple[int, int, int, int, int]]]:
        """By strategy and arm: enrolments, of them running, succeeded, ended, and the last one."""
        state = enrolment_stands.c.state
        ask = (
            select(
                enrolments.c.strategy, enrolments.c.arm, func.count(),
                _counted(state == "running"), _counted(state == "succeeded"),
                _counted(state.in_(("succeeded", "finished"))), func.max(enrolments.c.at),
            )
            .join_from(enrolments, enrolment_stands)
            .group_by(enrolments.c.strategy, enrolments.c.arm)
        )  # fmt: skip
        found: dict[str, dict[str, tuple[int, int, int, int, int]]] = {}
        with self._record.reading() as connection:
            for strategy, arm, *numbers in all_rows(connection, ask):
                many, runs, won, over, last = (int(number) for number in numbers)
                found.setdefault(strategy, {})[arm] = (many, runs, won, over, last)
        return found

    def messages_by_strategy(self) -> dict[str, dict[str, int]]:
        """How many messages there are of each strategy, by state."""
        ask = select(messages.c.strategy, messages.c.state, func.count()).group_by(
            messages.c.strategy, messages.c.state
        )
        found: dict[str, dict[str, int]] = {}
        with self._record.reading() as connection:
            for strategy, state, many in all_rows(connection, ask):
                found.setdefault(strategy, {})[state] = int(many)
        return found

    def latest_met(self, strategy: str, most: int) -> list[tuple[int, str, int, str, int]]:
        """Of a strategy's last enrolments: person, arm, instant, state, step."""
        ask = (
            select(
                enrolments.c.person, enrolments.c.arm, enrolments.c.at, enrolment_stands.c.state,
                enrolment_stands.c.step,
            )
            .join_from(enrolments, enrolment_stands)
            .where(enrolments.c.strategy == strategy)
            .order_by(enrolments.c.at.desc(), enrolments.c.id)
            .limit(most)
        )  # fmt: skip
        with self._record.reading() as connection:
            return [(row[0], row[1], row[2], row[3], row[4]) for row in all_rows(connection, ask)]

    def playbook_of(self, enrolment: str) -> str:
        """The fingerprint of the playbook that an enrolment began under; "" if there is none."""
        ask = select(enrolments.c.playbook).where(enrolments.c.id == enrolment)
        with self._record.reading() as connection:
            return str(connection.scalar(ask) or "")

    def resting(self, now: int) -> dict[str, str]:
        """Channels and strategies that rest at an instant, and why."""
        last = select(func.max(pauses.c.id)).group_by(pauses.c.what)
        ask = select(pauses.c.what, pauses.c.why).where(pauses.c.id.in_(last), pauses.c.until > now)
        with self._record.reading() as connection:
            return dict(all_rows(connection, ask))

    def reached_by(self, names: tuple[str, ...]) -> list[int]:
        """The identifiers of these namespaces, such as phone and email."""
        ask = (
            select(identifiers.c.id)
            .join_from(identifiers, namespaces)
            .where(namespaces.c["name"].in_(names))
        )
        with self._record.reading() as connection:
            return _firsts(connection, ask)


def _counted(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((what, 1), else_=0))


def _table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema.names)
    return pa.table(dict(zip(schema.names, map(list, columns), strict=True)), schema)


def _firsts(connection: Connection, ask: Select[tuple[int]]) -> list[int]:
    return [int(row[0]) for row in all_rows(connection, ask)]


def _code(kind: str) -> ScalarSelect[int]:
    return select(kinds.c.code).where(kinds.c["name"] == kind).scalar_subquery()


_WORDS = (
    select(consents.c.identifier, consents.c.channel, consents.c.state, consents.c.evidence)
    .where(consents.c.purpose.in_((MARKETING, EVERY)))
    .order_by(consents.c.at, consents.c.id)
)
_SENT = (
    select(messages.c.person, messages.c.strategy, messages.c.claimed_at)
    .where(messages.c.state.in_((SENT, DELIVERED)))
    .order_by(messages.c.id)
)
