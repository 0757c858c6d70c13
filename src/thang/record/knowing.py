"""What the record knows of people at the moment a message to them is claimed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from thang.model import DAY
from thang.record.acting_tables import consents, messages, pauses, suppressed, troubles, windows
from thang.record.bulk import all_rows, rows_among
from thang.record.messages import CLAIMED, DELIVERED, PLANNED, SENT, UNKNOWN
from thang.record.tables import events, identifiers, links, namespaces, withdrawals
from thang.record.withdrawals import left_out
from thang.river.sending.nouns import GRANTED, Address, Consent, Known, Touch, Window

REMEMBERED = 9 * DAY  # touches older than this are within no limit
PORTION = 500
OUT = (CLAIMED, SENT, DELIVERED, UNKNOWN)  # states in which a message went out, or may have


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the derived tables know them now: all their numbers, and if little be asked."""

    number: int
    identifiers: tuple[int, ...]
    few: bool = False


def known_of(connection: Connection, people: Iterable[Person], now: int) -> dict[int, Known]:
    """Everything the rules of contact ask about these people, by their number."""
    everybody = list({person.number: person for person in people}.values())
    look = _Look(connection, everybody, now)
    consented, addresses = look.consents(), look.addresses()
    opened, touches, severity = look.windows(), look.touches(), look.severity()
    rests = paused(connection)
    return {
        one.number: Known(
            consents=tuple(consented[one.number]),
            addresses=tuple(addresses[one.number]),
            windows=tuple(opened[one.number]),
            touches=tuple(touches[one.number]),
            severity=severity[one.number],
            few=one.few,
            paused=rests,
        )
        for one in everybody
    }


def paused(connection: Connection) -> dict[str, int]:
    """Until when channels and strategies rest, by the last word on each."""
    return dict(all_rows(connection, _PAUSES))


def last_words(connection: Connection) -> tuple[int, ...]:
    """Numbers that grow with whatever may forbid a message; while equal, nothing was said."""
    return tuple(connection.execute(_LAST_WORDS).one())


class _Look:
    """One look at some people: whose each identifier is, and whose its neighbours are."""

    def __init__(self, connection: Connection, people: Sequence[Person], now: int) -> None:
        self._connection, self._now = connection, now
        self._owners: dict[int, list[int]] = defaultdict(list)
        for person in people:
            for identifier in person.identifiers:
                self._owners[identifier].append(person.number)
        self._mine = list(self._owners)
        self._gone = left_out(connection)

    def consents(self) -> dict[int, list[Consent]]:
        """Words on consent. A refusal also counts if it came by an identifier that was linked
        to the person's since the derived tables were made; a grant of a taken-back import never.
        """
        found: dict[int, list[Consent]] = defaultdict(list)
        near = self._near()
        rows = list(self._rows(_CONSENTS, consents.c.identifier, [*self._mine, *near]))
        gone = self._taken_back([row[-1] for row in rows])
        for (identifier, channel, purpose, state, at, _), lost in zip(rows, gone, strict=True):
            granted = state == GRANTED
            if granted and lost:
                continue
            owners = self._owners.get(identifier, ())
            for number in owners if granted or owners else near[identifier]:
                found[number].append(Consent(channel, purpose, granted, at))
        return found

    def _near(self) -> dict[int, set[int]]:
        """Identifiers that a link joins to somebody's, though they are nobody's yet."""
        near: dict[int, set[int]] = defaultdict(set)
        for column in (links.c.a, links.c.b):
            for a, b in self._rows(_LINKS, column, self._mine):
                for one, other in ((a, b), (b, a)):
                    if one in self._owners and other not in self._owners:
                        near[other].update(self._owners[one])
        return near

    def addresses(self) -> dict[int, list[Address]]:
        """Each person's identifiers, the last met first, with where they are suppressed."""
        found: dict[int, list[Address]] = defaultdict(list)
        rows = sorted(set(self._rows(_ADDRESSES, identifiers.c.id, self._mine)), reverse=True)
        closed = self._closed([row[-1] for row in rows])
        for _, number, namespace, digest in rows:
            address = Address(number, namespace, closed.get(digest, {}))
            for owner in self._owners[number]:
                found[owner].append(address)
        return found

    def _closed(self, hashes: Sequence[bytes]) -> dict[bytes, dict[str, int]]:
        """Until when an address is not to be used, by channel; the last row of a reason holds."""
        last: dict[tuple[bytes, str, str], int] = {}
        for _, digest, channel, why, until in sorted(
            set(self._rows(_SUPPRESSED, suppressed.c.hash, hashes))
        ):
            last[digest, channel, why] = until
        closed: dict[bytes, dict[str, int]] = defaultdict(dict)
        for (digest, channel, _), until in last.items():
            closed[digest][channel] = max(until, closed[digest].get(channel, 0))
        return closed

    def windows(self) -> dict[int, list[Window]]:
        """The windows that are still open, or will be."""
        found: dict[int, list[Window]] = defaultdict(list)
        for identifier, *facts in self._rows(_WINDOWS, windows.c.identifier, self._mine):
            window = Window(*facts)
            if window.expires_at > self._now:
                for owner in self._owners[identifier]:
                    found[owner].append(window)
        return found

    def touches(self) -> dict[int, list[Touch]]:
        """What went out to each person lately, under whichever number they had then."""
        found: dict[int, list[Touch]] = defaultdict(list)
        lately = _TOUCHES.where(messages.c.claimed_at > self._now - REMEMBERED)
        for start in range(0, len(self._mine), PORTION):
            some = messages.c.person.in_(self._mine[start : start + PORTION])
            for person, state, doubtful, *facts in self._connection.execute(lately.where(some)):
                if state in OUT or (state == PLANNED and doubtful):
                    for owner in self._owners[person]:
                        found[owner].append(Touch(*facts))
        return found

    def severity(self) -> dict[int, int]:
        """The severity of each person's worst open ticket."""
        rows = list(self._rows(_TROUBLES, troubles.c.identifier, self._mine))
        gone = self._taken_back([row[-1] for row in rows])
        last: dict[tuple[int, str], tuple[int, int, int]] = {}
        for (identifier, ref, severity, at, seq), lost in zip(rows, gone, strict=True):
            for owner in () if lost else self._owners[identifier]:
                last[owner, ref] = max(last.get((owner, ref), (0, 0, 0)), (at, seq, severity))
        worst: dict[int, int] = defaultdict(int)
        for (owner, _), (_, _, severity) in last.items():
            worst[owner] = max(worst[owner], severity)
        return worst

    def _rows(self, ask: Any, column: Any, values: Sequence[Any]) -> Iterable[Any]:
        return rows_among(self._connection, ask, column, values)

    def _taken_back(self, evidence: Sequence[int | None]) -> Sequence[bool]:
        """Which of these events belong to imports that were taken back."""
        lost: Sequence[bool] = self._gone.has(
            np.array([seq or 0 for seq in evidence], np.int64)
        ).tolist()
        return lost


_LAST_WORDS = select(
    *(
        select(func.coalesce(func.max(column), 0)).scalar_subquery()
        for column in (
            consents.c.id, suppressed.c.id, troubles.c.id, pauses.c.id, withdrawals.c.id,
            events.c.seq,
        )
    )
)  # fmt: skip
_CONSENTS = select(
    consents.c.identifier, consents.c.channel, consents.c.purpose, consents.c.state, consents.c.at,
    consents.c.evidence,
)  # fmt: skip
_LINKS = select(links.c.a, links.c.b)
_ADDRESSES = select(
    identifiers.c.first_seen_at, identifiers.c.id, namespaces.c["name"], identifiers.c.hash
).join_from(identifiers, namespaces)
_SUPPRESSED = select(
    suppressed.c.id, suppressed.c.hash, suppressed.c.channel, suppressed.c.why,
    suppressed.c.until,
)  # fmt: skip
_WINDOWS = select(
    windows.c.identifier, windows.c.channel, windows.c.at, windows.c.expires_at, windows.c.reason
)
_TOUCHES = select(
    messages.c.person, messages.c.state, messages.c.doubtful,
    messages.c.claimed_at, messages.c.channel, messages.c.purpose, messages.c.strategy,
)  # fmt: skip
_TROUBLES = select(
    troubles.c.identifier, troubles.c.ref, troubles.c.severity, troubles.c.at, troubles.c.evidence
)
_PAUSES = select(pauses.c.what, pauses.c.until).where(
    pauses.c.id.in_(select(func.max(pauses.c.id)).group_by(pauses.c.what))
)
