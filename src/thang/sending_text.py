"""What a call of `thang send` did, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from thang.workspace.delivering import Delivered

MEANS = {
    "sent": "sent", "delivered": "delivered", "failed": "failed for good",
    "unknown": "nobody can say whether they arrived", "planned": "put off",
    "waiting": "no answer yet; asked about later", "overtaken": "settled by another meanwhile",
    "would be sent": "would be sent now", "kept back": "would wait or be withheld",
}  # fmt: skip


def sent_text(found: Delivered) -> Group:
    """The answer as a person reads it."""
    return Group(*_parts(found))


def _parts(found: Delivered) -> Iterator[RenderableType]:
    if not sum(found.outcomes.values()):
        yield Text("Nothing is due.")
    for outcome, many in found.outcomes.items():
        if many:
            yield Text(f"{many:>7,} {MEANS.get(outcome, outcome)}")
    for one in found.due:
        yield Text(f"{one.messages:>9,} {one.channel or one.why}", style="dim")
    if found.fake:
        yield Text("Channels are fake: a stand-in took the messages; nobody was reached.",
                   style="bold")  # fmt: skip
