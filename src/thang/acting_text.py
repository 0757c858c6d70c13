"""A daily run in a terminal: a line for each strategy that met or moved anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thang.policy.playbook.nouns import Playbook
from thang.workspace.acting.run import Ran, RanStrategy

WHY = {
    "off": "are switched off", "paused": "are stopped",
    "gate": "wait for the gate of the viral ones", "stage": "belong to another stage",
}  # fmt: skip


def ran_text(found: Ran, playbook: Playbook) -> Group:
    """The answer as a person reads it."""
    return Group(*_parts(found, playbook))


def _parts(found: Ran, playbook: Playbook) -> Iterator[RenderableType]:
    entered = sum(one.treated + one.held + one.spared for one in found.strategies)
    would = "would be" if found.dry else "are"
    yield Text(
        f"Of {found.people:,} people {entered:,} entered a strategy, by lot; "
        f"{found.planned:,} messages and tasks {would} planned.", style="bold",
    )  # fmt: skip
    yield Text("")
    if found.strategies:
        yield _table(found.strategies, {one.key: one.name.en for one in playbook.strategies})
    for why, many in Counter(found.blocked.values()).most_common():
        yield Text(f"{many} strategies met nobody: they {WHY.get(why, why)}.", style="dim")


def _table(rows: tuple[RanStrategy, ...], names: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("strategy")
    for name in ("treated", "held out", "spared", "planned", "succeeded", "over", "left"):
        table.add_column(name, justify="right")
    for one in sorted(rows, key=lambda row: -(row.treated + row.held + row.spared)):
        numbers = (
            one.treated, one.held, one.spared, one.planned, one.succeeded, one.finished, one.left,
        )  # fmt: skip
        table.add_row(names.get(one.key, one.key), *(f"{n:,}" if n else "·" for n in numbers))
    return table
