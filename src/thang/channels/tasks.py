"""Staff as a channel: what people are to do by hand, such as a call or a letter, becomes a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from thang.channels.sender import Absent, Outgoing, Sent, Unknown

Lay = Callable[[str, Outgoing], str]  # key, message -> the task's id; the same key is the same task
Find = Callable[[str], str | None]


@dataclass(frozen=True)
class Tasks:
    """Lays tasks on the staff's desk. `key` is `task`, `call` or `page`."""

    lay: Lay
    find: Find
    key: str = "task"
    keyed: bool = True
    can_look_up: bool = True

    def send(self, message: Outgoing, idempotency_key: str) -> Sent:
        """One task."""
        return Sent(self.lay(idempotency_key, message))

    def look_up(self, idempotency_key: str) -> Sent | Absent | Unknown:
        """Whether there is such a task."""
        found = self.find(idempotency_key)
        return Absent() if found is None else Sent(found)
