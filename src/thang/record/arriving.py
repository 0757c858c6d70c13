"""Events as they arrive: an import that stays open for as long as nobody else writes.

Its portions are whole commits like any import's, and each event is judged by itself: what
cannot be kept is refused under its reason, and what others sent beside it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, func, select

from thang.model import DAY, Event, Gathered, Refused, WrongInput
from thang.record.appending import Again, Import, Keyed, Stored
from thang.record.bulk import rows_among
from thang.record.codebook import MOST
from thang.record.database import Database
from thang.record.key import ShopKey
from thang.record.rows import check, keepable, properties
from thang.record.tables import batches, events
from thang.record.vault import Vault
from thang.record.withdrawals import last_word

SOURCE = "live"
PATIENCE = 2.0  # seconds to wait for another writer before those who send are told to wait
SPARE_KINDS = 1_000  # names of events left for files once senders have used up the others
REUSED = "Another event with this messageId was stored before: give every event its own."
TOO_MANY_NAMES = "There are too many different names of events: a name is no value."
Renewed = tuple[int, int, int]  # the last batch, the last word on batches, the day


class LiveImport(Import):
    """An import that is never cut off: each portion may be its last."""

    raw: Callable[[int], str]  # how a row of the portion that is taken came

    def knows(self, kind: str) -> bool:
        """Whether an event of a kind can be kept."""
        return kind in self._kinds.codes or len(self._kinds.codes) < MOST - SPARE_KINDS

    def last_batch(self) -> int:
        """The number of this import."""
        return self._batch

    def _note(self, connection: Connection, said: dict[str, int]) -> None:
        super()._note(connection, said | {"finished_at": self._now()})

    def _looked_over(
        self,
        connection: Connection,
        portion: Sequence[Gathered],
        fresh: Mapping[Keyed, Event],
        known: tuple[set[int], Again],
    ) -> Sequence[Gathered]:
        """An id that comes with another event than before is no duplicate: it is refused."""
        stored, again = known
        twice = [n for n, g in enumerate(portion) if g.events and n not in stored]
        if not twice:
            return portion
        first = self._kept(connection, again)
        for event in fresh.values():
            first.setdefault(_named(event), _said(event))
        looked = list(portion)
        for place in twice:
            event = portion[place].events[0]
            if event.message_id and first.get(_named(event)) != _said(event):
                looked[place] = _refusal(event, self.raw(place), "id_reuse", REUSED)
        return looked

    def _kept(self, connection: Connection, again: Again) -> dict[Named, Said]:
        """What the record says of events that come again."""
        names = {code: name for name, code in self._kinds.codes.items()}
        by_seq = dict(again.values())
        rows = rows_among(connection, _KEPT, events.c.seq, list(by_seq))
        return {
            _named(by_seq[seq]): (names[kind], ref, amount, currency, _lasting(told))
            for seq, kind, ref, amount, currency, told in rows
        }


Named = tuple[str, str | None]  # a source, and a message's id in it
Said = tuple[str, str, int | None, str, dict[str, object]]

_KEPT = select(
    events.c.seq, events.c.kind, events.c.ref, events.c.amount, events.c.currency,
    events.c.properties,
)  # fmt: skip


def _named(event: Event) -> Named:
    return event.source, event.message_id


def _said(event: Event) -> Said:
    """What of an event is the same each time it is sent."""
    told = _lasting(properties(event))
    return event.kind, keepable(event.ref), event.amount, event.currency, told


def _lasting(told: str | None) -> dict[str, object]:
    """Properties without the sender's clock, which is corrected anew each time."""
    found: dict[str, object] = msgspec.json.decode(told) if told else {}
    found.pop("original_timestamp", None)
    return found


class Arriving:
    """What senders bring, portion by portion; one thread at a time."""

    def __init__(
        self, record: Database, vault: Vault, key: ShopKey, now: Callable[[], int]
    ) -> None:
        self._record, self._vault = record, vault
        self._key, self._now = key, now
        self._work: LiveImport | None = None
        self._renewed: Renewed = (0, 0, 0)

    def take(self, portion: Sequence[Gathered], raw: Callable[[int], str]) -> list[Gathered | None]:
        """Store a portion, whose n-th row came as `raw(n)`: on disk as a whole when this returns.

        Returns for each its refusal, itself where it brought a new event, and None where
        everything was known before. `Unavailable`: nothing of it was stored.
        """
        with self._record.alone(PATIENCE):
            try:
                work = self._under_way()
                work.raw = raw
                taken = work.take([_fit(work, *placed) for placed in enumerate(portion)])
            except BaseException:
                self._work = None  # what it remembers may never have been written
                raise
        return list(_fates(taken))

    def _under_way(self) -> LiveImport:
        """The import under way, or a new one where another has written since, or a day ended."""
        if self._work is None or self._state() != self._renewed:
            self._work = LiveImport(self._record, self._vault, self._key, self._now)
            self._work.begin("live", SOURCE, "")
            self._renewed = self._state()
        return self._work

    def _state(self) -> Renewed:
        with self._record.reading() as connection:
            batch = connection.scalar(select(func.max(batches.c.id))) or 0
            return batch, last_word(connection), self._now() // DAY


def _fit(work: LiveImport, place: int, gathered: Gathered) -> Gathered:
    """A row as it came, or refused if the record could not hold it."""
    reason = _unfit(gathered.events[0], work) if gathered.events else None
    return gathered if reason is None else _refusal(gathered.events[0], work.raw(place), *reason)


def _unfit(event: Event, work: LiveImport) -> tuple[str, str] | None:
    try:
        check(event)
    except WrongInput as error:
        return "amount", str(error)
    if work.knows(event.kind):
        return None
    return "event_names", TOO_MANY_NAMES


def _refusal(event: Event, raw: str, reason: str, why: str) -> Gathered:
    return Gathered(1, (), Refused(event.source, "live", reason, why, raw))


def _fates(taken: Stored) -> Iterable[Gathered | None]:
    for place, gathered in enumerate(taken.portion):
        keeps = gathered.refused is not None or place in taken.stored
        yield gathered if keeps else None
