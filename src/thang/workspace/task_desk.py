"""Tasks as the outbox hands them over: laid once for each message, and found again by its key."""

from __future__ import annotations

from dataclasses import dataclass

from thang.channels.sender import Outgoing
from thang.record import Record


@dataclass(frozen=True)
class TaskDesk:
    """What the senders of `task`, `call` and `page` need of a record.

    A task keeps its template and its person's number: its words are written when somebody
    looks at it, so that no name comes to lie in the record.
    """

    record: Record

    def lay(self, key: str, message: Outgoing) -> str:
        """Lay a task for the message of this key; again: the same task."""
        (one,) = self.record.messages(key=key)
        facts = {"id": key, "strategy": one.strategy, "person": one.person}
        self.record.add_tasks([facts | {"what": message.template, "due": one.due}])
        return key

    def find(self, key: str) -> str | None:
        """The task of this key, if it was laid."""
        return next((task.id for task in self.record.tasks(key=key)), None)
