"""The workspace of one shop: the command line's verbs as methods; tables come back as Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import Run
from thang.model import DAY, WrongInput
from thang.policy.load import load_policy, read_policy
from thang.policy.schema import Policy
from thang.record import PolicyVersion, Record
from thang.record.moving import move
from thang.river.calendar import end_of_day
from thang.workspace import classify as classifying
from thang.workspace import exporting, ingest
from thang.workspace.advising import Advising
from thang.workspace.applying import Applied, Standing, Wish, put_in_force, standing
from thang.workspace.campaigning import Campaigning
from thang.workspace.consents import Consenting
from thang.workspace.delivering import Delivering
from thang.workspace.explain import explain
from thang.workspace.folder import Folder, wall_clock
from thang.workspace.freshness import Freshness, freshness
from thang.workspace.groups import Grouping
from thang.workspace.hearing import Hearing
from thang.workspace.importing import Importing
from thang.workspace.judging import is_judged, judge
from thang.workspace.ladder import Ladder, ladder
from thang.workspace.lived import era_at, lived_history
from thang.workspace.names import cards
from thang.workspace.outcomes import Measuring
from thang.workspace.owning import Owning
from thang.workspace.pages import Look, Pages
from thang.workspace.preview import SAMPLE, Preview, preview
from thang.workspace.public_forms import PublicForms
from thang.workspace.rewarding import Rewards
from thang.workspace.staging import Staging
from thang.workspace.strategizing import Strategizing
from thang.workspace.tasking import Tasking
from thang.workspace.valuing import Valuing
from thang.workspace.versions import Version, one_version, versions

# A text that was read once says the same for ever; pages ask for it at each request.
known_policy = lru_cache(maxsize=16)(read_policy)

FURTHEST = 200 * 366 * DAY  # beyond the year 2170, where calendars would run out of years


class Workspace(
    Pages, Importing, Valuing, Staging, Grouping, Measuring, Campaigning, Rewards, PublicForms,
    Tasking, Consenting, Delivering, Hearing, Strategizing, Advising, Owning,
):  # fmt: skip
    """A shop's folder and what can be done with it. One call, one commit."""

    def __init__(self, path: Path, now: Callable[[], int] = wall_clock) -> None:
        self.folder = Folder(path, now)

    @classmethod
    def init(
        cls, path: Path, currency: str = "VND", tz: str = "Asia/Ho_Chi_Minh",
        now: Callable[[], int] = wall_clock, server: str = "",
    ) -> Workspace:  # fmt: skip
        """Lay out a new shop: record, vault, key, and a policy file to write in.

        With a `server`'s address, record and vault are kept in that PostgreSQL database.
        """
        shop = cls(path, now)
        read_policy(f"shop: {{currency: {currency!r}, tz: {tz!r}}}", "init")
        Record.create(path, now, server).close()
        shop.folder.write_policy(currency, tz)
        return shop

    def move(self, server: str) -> None:
        """Have a PostgreSQL database keep record and vault from now on, for several machines."""
        self.folder.must_exist()
        with self._projection():  # nobody else is at work here
            move(self.folder.path, server)

    def classify(
        self,
        as_of: str | None = None,
        *,
        everybody: bool = False,
        progress: classifying.Progress = classifying.quiet,
    ) -> classifying.Classified:
        """Place everybody as of now, or the end of a shop day (YYYY-MM-DD)."""
        policy = self.folder.policy()
        self.settle_erasures()
        with self._record() as record, self._projection() as projection:
            done = classifying.classify(
                record, projection, policy, self._instant(as_of, policy),
                everybody=everybody, progress=progress,
            )  # fmt: skip
            projection.note(computed_at=self.folder.now())
        return done

    def ladder(self, month: str | None = None) -> Ladder:
        """The ladder as last classified."""
        with self._record() as record, self._projection() as projection:
            version = self._classified(record, projection)
            policy = known_policy(version.text)
            return ladder(projection, policy, _named(version), month, policy.shop.tz)

    def explain(self, person: str, at: str | None = None) -> dict[str, Any]:
        """Why one person stands where they stand; `person` is a reference, phone, e-mail or id."""
        with self._record() as record, self._projection() as projection:
            version = self._classified(record, projection)
            run = self._run(record, projection, version)
            if at is not None:
                run = replace(run, as_of=self._instant(at, run.policy), _made={})
            number = _person(record, projection, ingest.spellings(person, run.policy))
            before = era_at(record, run.as_of, projection.meta("as_of") or 0)
            if before is not None:
                run = replace(self._run(record, projection, before), as_of=run.as_of, _made={})
            told = explain(projection, run, number, record.refs.ref_of(number))
            return told | lived_history(record, projection, number, run.as_of)

    def export(self, table: str) -> pa.Table:
        """`transitions`, `placements` or `people` as a table."""
        with self._record() as record, self._projection() as projection:
            version = self._classified(record, projection)
            return exporting.table(table, record, projection, known_policy(version.text))

    def preview(self, file: Path | None = None) -> Preview:
        """What another policy (by default the shop's file as it is now) would change."""
        after = self.folder.policy() if file is None else load_policy(file)
        with self._record() as record, self._projection() as projection:
            version = self._classified(record, projection)
            return preview(record, projection, version, after)

    def preview_policy(self, text: str, *, whole: bool = False) -> Preview:
        """What a policy text would change: at once by a sample of a big shop, or by everybody."""
        after = read_policy(text.replace("\r\n", "\n"), self.folder.policy_file.name)
        with self._record() as record, self._projection() as projection:
            version = self._classified(record, projection)
            return preview(record, projection, version, after, None if whole else SAMPLE)

    def apply_policy(self, wish: Wish) -> Applied:
        """Put a policy in force; the next classification places everybody under it."""
        with self._record() as record, self._projection() as projection:
            return put_in_force(record, projection, self.folder, wish)

    def apply_file(
        self, file: Path | None, note: str, progress: classifying.Progress = classifying.quiet
    ) -> tuple[Applied, classifying.Classified | None]:
        """Put a file (by default the shop's own) in force, and place everybody under it."""
        text = (self.folder.policy() if file is None else load_policy(file)).text
        done = self.apply_policy(Wish(text, note))
        with self._record() as record:
            known = record.counts().events > 0
        return done, self.classify(progress=progress) if known and done.is_new else None

    def policy_standing(self) -> Standing:
        """The policy as somebody who wants to change it sees it."""
        with self._record() as record:
            return standing(record, self.folder)

    def policy_versions(self) -> tuple[Version, ...]:
        """All policy versions, the latest first."""
        with self._record() as record:
            return versions(record)

    def policy_version(self, number: int) -> Version:
        """One policy version by its number."""
        with self._record() as record:
            return one_version(record, number)

    def titles(self, refs: Sequence[str]) -> dict[str, str]:
        """What people are called, by their references; a reference where no name is known."""
        with self._record() as record, self._projection() as projection:
            numbers = [number for ref in refs if (number := record.refs.id_of(ref)) is not None]
            return {card.ref: card.title for card in cards(record, projection, numbers).values()}

    def policy_in_force(self) -> Policy:
        """The policy that people were last placed under; before that, the shop's file."""
        with self._record() as record, self._projection() as projection:
            number = projection.meta("version")
            version = record.policy(number) if number else None
        return known_policy(version.text) if version else self.folder.policy()

    def freshness(self) -> Freshness:
        """What the ladder was computed from, and whether that is all there is."""
        with self._record() as record, self._projection() as projection:
            return freshness(record, projection, self.folder.now())

    def look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`, for whoever works on it as a whole."""
        return self._look()

    @contextmanager
    def _look(self) -> Iterator[Look]:
        with self._record() as record, self._projection() as projection:
            version = self._classified(record, projection)
            yield Look(record, projection, known_policy(version.text))

    def judge(self) -> bool:
        """Bring value, stage and groups up to the last classification; whether that was due."""
        with self._look() as look:
            due = not is_judged(look.projection)
            self._judge_if_due(look)
        return due

    def _judge_if_due(self, look: Look) -> None:
        if not is_judged(look.projection):
            judge(look.record, look.projection, self._classified(look.record, look.projection))

    def _version(self, look: Look) -> PolicyVersion:
        return self._classified(look.record, look.projection)

    def _number_of(self, look: Look, person: str) -> int:
        return _person(look.record, look.projection, ingest.spellings(person, look.policy))

    def _record(self) -> AbstractContextManager[Record]:
        self.folder.must_exist()
        return Record.open(self.folder.path, self.folder.now)

    def _projection(self) -> AbstractContextManager[Projection]:
        return Projection.open(self.folder.projection_file)

    def _instant(self, text: str | None, policy: Policy) -> int:
        if text is None:
            return self.folder.now()
        try:
            at = end_of_day(text, policy.shop.tz)
        except (ValueError, OverflowError):
            raise WrongInput(f"{text!r} is no date: write it as YYYY-MM-DD.") from None
        if at > FURTHEST:
            raise WrongInput(f"{text} lies too far ahead: give an earlier day.")
        return at

    def _classified(self, record: Record, projection: Projection) -> PolicyVersion:
        number = projection.meta("version")
        version = record.policy(number) if number and projection.meta("classified") else None
        if version is None or record.left_out().events == record.last_seq():
            raise WrongInput("Nobody is placed yet: run `thang classify` first.")
        return version

    def _run(self, record: Record, projection: Projection, version: PolicyVersion) -> Run:
        ((first,),) = projection.sql.execute('select min("at") from events').fetchall()
        return Run(
            known_policy(version.text), version.settings, record.kinds(), first or 0,
            projection.meta("as_of") or 0, tuple(record.bars(version.version)),
        )  # fmt: skip


def _named(version: PolicyVersion) -> str:
    return f"{version.version}:{version.fingerprint}"


def _person(record: Record, projection: Projection, spellings: list[str]) -> int:
    """The number of the one person that a text names, in any of its spellings."""
    found: set[int] = set()
    for number in (number for text in spellings for number in record.find_any(text)):
        rows = projection.sql.execute(
            "select person from people where identifier = ?", [number]
        ).fetchall()
        found |= {row[0] for row in rows}
    if len(found) == 1:
        return found.pop()
    if not found:
        raise WrongInput(
            "Nobody is known by that: give a customer id, phone, e-mail or a p_… reference."
        )
    raise WrongInput(f"{len(found)} people are known by that: give one's p_… reference instead.")
