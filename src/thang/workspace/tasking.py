"""The verbs of staff tasks: what strategies ask of people's hands, in words, until done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thang.model import WrongInput
from thang.policy.playbook.nouns import Playbook, Words
from thang.record.tasks import DONE, DROPPED, OPEN, Task
from thang.river.sending.filters import Value
from thang.river.sending.labels import Worded
from thang.workspace.buyers import shop_day
from thang.workspace.folder import Folder
from thang.workspace.names import Card, cards
from thang.workspace.playbook import shop_playbook
from thang.workspace.whose import whose
from thang.workspace.wording import values_of, worded

if TYPE_CHECKING:
    from thang.workspace.pages import Look

PAGE = 50
OVERDUE, TODAY, LATER = "overdue", "today", "later"
STATES = (OPEN, DONE, DROPPED)


@dataclass(frozen=True)
class AskedTasks:
    """Which tasks: of a state, `when` they fall due (open ones), of a person or a strategy.

    `after` is where the page before ended.
    """

    state: str = OPEN
    when: str = ""
    person: str = ""
    strategy: str = ""
    after: str = ""


@dataclass(frozen=True)
class StaffTask:
    """One task. `ref` and `title` are the person's, empty for the whole shop; `words` None: the
    playbook that asked for it says so no more; `when`: overdue, today or later.
    """

    id: str
    strategy: str
    name: Words | None
    ref: str
    title: str
    words: Worded | None
    due: int
    when: str
    state: str
    by: str
    at: int


@dataclass(frozen=True)
class TaskList:
    """A page of tasks, the most urgent first, and how many there are of each kind."""

    tasks: tuple[StaffTask, ...]
    counts: Mapping[str, int]
    found: int
    after: str


class Tasking(ABC):
    """The verbs of tasks. Before anybody is placed each is `WrongInput`."""

    folder: Folder

    def tasks(self, asked: AskedTasks, language: str = "vi") -> TaskList:
        """One page of tasks, each in its words."""
        if asked.state not in STATES or asked.when not in ("", OVERDUE, TODAY, LATER):
            raise WrongInput("There is no such list of tasks: open the page of tasks again.")
        with self._look() as look:
            person = self._number_of(look, asked.person) if asked.person else None
            return _listed(look, shop_playbook(self.folder), asked, person, language,
                           self.folder.now())  # fmt: skip

    def settle_task(self, key: str, state: str, by: str) -> None:
        """Call a task done, dropped, or open again."""
        if state not in STATES:
            raise WrongInput("A task is open, done or dropped: choose one of these.")
        with self._look() as look:
            look.record.settle_task(key, state, by)

    @abstractmethod
    def _look(self) -> AbstractContextManager[Look]:
        """The shop as last classified, or `WrongInput`."""

    @abstractmethod
    def _number_of(self, look: Look, person: str) -> int:
        """The number of the one person that a text names, in any of its spellings."""


def _listed(
    look: Look, playbook: Playbook, asked: AskedTasks, person: int | None, language: str, now: int
) -> TaskList:
    everything = look.record.tasks()
    today = shop_day(now, look.policy.shop.tz)
    ends = {one.id: _when(one.due, today, look.policy.shop.tz) for one in everything}
    counts = Counter(one.state for one in everything)
    counts.update(ends[one.id] for one in everything if one.state == OPEN)
    mine = _mine(look, everything, person)
    found = [
        one for one in mine
        if one.state == asked.state and asked.strategy in ("", one.strategy)
        and (not asked.when or ends[one.id] == asked.when)
    ]  # fmt: skip
    rest = [one for one in found if not asked.after or _place(one) > asked.after]
    shown = rest[:PAGE]
    told = tuple(_told(look, playbook, shown, ends, language))
    return TaskList(told, counts, len(found), _place(shown[-1]) if len(rest) > PAGE else "")


def _mine(look: Look, tasks: Sequence[Task], person: int | None) -> list[Task]:
    """Those of one person, by whatever number they had when the task was laid."""
    if person is None:
        return list(tasks)
    numbers = sorted({one.person for one in tasks if one.person is not None})
    who = whose(look.projection, look.policy, numbers)
    return [one for one in tasks if one.person is not None and who[one.person].number == person]


def _told(
    look: Look, playbook: Playbook, tasks: Sequence[Task], ends: Mapping[str, str], language: str
) -> list[StaffTask]:
    asked = sorted({one.person for one in tasks if one.person is not None})
    now_of = {old: one.number for old, one in whose(look.projection, look.policy, asked).items()}
    people = sorted(set(now_of.values()))
    faces, levels = cards(look.record, look.projection, people), levels_of(look, people)
    names = {one.key: one.name for one in playbook.strategies}
    found = []
    for one in tasks:
        who = now_of.get(one.person) if one.person is not None else None
        card = faces.get(who) if who is not None else None
        level = levels.get(who) if who is not None else None
        words = _words(playbook, one.what, values_of(card, level, look.policy, language), language)
        found.append(_task(one, names.get(one.strategy), card, words, ends[one.id]))
    return found


def _words(
    playbook: Playbook, template: str, values: Mapping[str, Value], language: str
) -> Worded | None:
    """The task in words; one text that cannot be filled in must not hide the other tasks."""
    try:
        return worded(playbook, template, values, language)
    except WrongInput:
        return None


def _task(
    one: Task, name: Words | None, card: Card | None, words: Worded | None, when: str
) -> StaffTask:
    ref, title = (card.ref, card.title) if card else ("", "")
    return StaffTask(
        one.id, one.strategy, name, ref, title, words, one.due, when, one.state, one.by, one.at
    )


def levels_of(look: Look, people: Sequence[int]) -> dict[int, int]:
    """The rung of each of a page's people."""
    rows = look.projection.sql.execute(
        "select person, level from placements where person in (select unnest(?))", [list(people)]
    ).fetchall()
    return {int(person): int(level) for person, level in rows}


def _when(due: int, today: int, tz: str) -> str:
    day = shop_day(due, tz)
    return TODAY if day == today else OVERDUE if day < today else LATER


def _place(task: Task) -> str:
    return f"{task.due:020d}.{task.id}"
