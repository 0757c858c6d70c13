"""What a person sees in a terminal: tables, sentences, and progress with a rate and an end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from thang.policy.schema import Policy
from thang.river.calendar import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from rich.console import JustifyMethod

    from thang.model import Tally
    from thang.workspace.applying import Applied
    from thang.workspace.classify import Classified
    from thang.workspace.ingest import Imported
    from thang.workspace.ladder import Ladder
    from thang.workspace.preview import Preview
    from thang.workspace.undoing import PastImport
    from thang.workspace.versions import Version

BAR_WIDTH = 10
COLUMNS: tuple[tuple[str, JustifyMethod], ...] = (
    ("", "right"), ("", "left"), ("", "left"), ("people", "right"), ("", "left"),
    ("entered", "right"), ("rose", "right"), ("fell", "right"),
)  # fmt: skip


@contextmanager
def rows_progress(name: str, *, quiet: bool) -> Iterator[Callable[[Tally], None]]:
    """Rows read so far and their rate, on stderr."""
    with _progress(quiet, TextColumn("{task.completed:,.0f} rows")) as bar:
        task = bar.add_task(name, total=None)
        yield lambda tally: bar.update(task, completed=tally.rows)


@contextmanager
def steps_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Each step of a classification with its end."""
    with _progress(quiet, BarColumn(), MofNCompleteColumn()) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done)

        yield show


def _progress(quiet: bool, *columns: Any) -> Progress:
    from rich.console import Console  # noqa: PLC0415

    shown = not quiet and sys.stderr.isatty()
    described = TextColumn("{task.description}")
    return Progress(
        described, *columns, TimeElapsedColumn(),
        console=Console(stderr=True), disable=not shown, transient=True,
    )  # fmt: skip


def import_summary(done: Imported) -> Text:
    """rows = stored + duplicate + refused, and why."""
    tally = done.tally
    text = Text(f"Read as {done.format}: {tally.rows:,} rows = {tally.stored:,} stored")
    text.append(f" + {tally.duplicate:,} known before + {tally.refused:,} refused")
    text.append(f" ({tally.events:,} new events)")
    for reason, rows in sorted(tally.reasons.items(), key=lambda item: -item[1]):
        text.append(f"\n  {rows:>9,} refused: {reason}")
    if done.unmapped_columns:
        text.append(f"\n  columns not used: {', '.join(done.unmapped_columns)}")
    return text


def imports_table(found: Iterable[PastImport], tz: str) -> Table:
    """Imports with what became of their rows."""
    table = Table("import", "file", "when", box=None, pad_edge=False)
    for title in ("rows", "stored", "known", "refused", "events"):
        table.add_column(title, justify="right")
    table.add_column("")
    for past in found:
        numbers = (past.rows, past.stored, past.duplicate, past.refused, past.events)
        cut = "" if past.finished_at else "cut off"
        table.add_row(
            str(past.id), Text(past.file), f"{moment(past.started_at, tz):%Y-%m-%d %H:%M}",
            *(f"{number:,}" for number in numbers), "undone" if past.undone else cut,
        )  # fmt: skip
    return table


def classify_summary(done: Classified, policy: Policy) -> str:
    """How many were placed, and a hint where the events end long before the date."""
    days = done.version.settings.window_days
    text = f"{done.people:,} people placed ({done.folded:,} folded), window {days} days."
    last = moment(done.events_through, policy.shop.tz)
    if (moment(done.as_of, policy.shop.tz) - last).days > 60:
        day = f"{last:%Y-%m-%d}"
        text += f"\nThe last event is of {day}: for the ladder of then, add --as-of {day}."
    return text


def ladder_table(found: Ladder, policy: Policy) -> Group:
    """The rungs from the top, with a bar each."""
    most = max((level.people for level in found.levels), default=0) or 1
    names = {level.key: level.names for level in policy.levels}
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for title, side in COLUMNS:
        table.add_column(title, justify=side, no_wrap=True)
    for level in reversed(found.levels):
        name = names.get(level.key, {})
        width = round(BAR_WIDTH * level.people / most)
        bar = "█" * width or ("▏" if level.people else "")
        table.add_row(
            str(level.rung), name.get("vi", level.key),
            Text(name.get("en", level.key), style="dim"),
            f"{level.people:,}", Text(bar, style="green"),
            f"{level.entered:,}", f"{level.up:,}", f"{level.down:,}",
        )  # fmt: skip
    foot = Text(
        f"as of {found.as_of} · events through {found.events_through} · "
        f"policy {found.policy} · moves of {found.month}",
        style="dim",
    )
    return Group(table, foot)


def explanation(found: dict[str, Any], policy: Policy) -> Group:
    """One person in sentences."""
    names = {level.key: level.names.get("vi", level.key) for level in policy.levels}
    head = Text(f"{found['person']}: {names[found['level']]} ({found['level']})", style="bold")
    head.append(f" since {found['since'][:10]}, {found['activity']}", style="")
    lines = [head]
    if found["observed_level"] != found["level"]:
        lines.append(Text(f"  by the rules asked today: {found['observed_level']}", style="yellow"))
    lines += [Text(f"  {_told(reason)}") for reason in found["why"]]
    step = found["next"]
    if step:
        lines.append(Text(f"  next {names[step['level']]} ({step['level']}):"))
        lines += [Text(f"    missing: {_told(reason)}") for reason in step["missing"]]
    hold = found["hold"]
    if hold:
        late = f", {hold['failures']} failed checks" if hold["failures"] else ""
        lines.append(Text(f"  held; asked again from {hold['asked_from'][:10]} on{late}"))
    fall = found["demotion"]
    if fall:
        why = "; ".join(_told(reason) for reason in fall["unless"])
        lines.append(Text(f"  falls to {fall['to']} on {fall['at'][:10]} unless: {why}"))
    lines.append(Text("  " + " → ".join(f"{m['to']} {m['at'][:10]}" for m in found["history"])))
    return Group(*lines)


def _told(reason: dict[str, Any]) -> str:
    value = "none yet" if reason["value"] is None else f"{reason['value']:,}"
    needs = "none yet" if reason["needs"]["value"] is None else f"{reason['needs']['value']:,}"
    mark = "✓" if reason["ok"] else "✗"
    return f"{mark} {reason['quantity']} = {value} (needs {reason['needs']['op']} {needs})"


def preview_table(found: Preview) -> Group:
    """Changed keys, then who would move."""
    table = Table("from", "to", "people", box=None, pad_edge=False)
    for move in found.moves:
        table.add_row(move["from"], move["to"], f"{move['people']:,}")
    changes = [Text(f"{c.key}: {c.before} → {c.after}") for c in found.changes]
    people = f"{found.up:,} people would rise, {found.down:,} would fall."
    examples = [Text(f"  {e['person']}: {e['from']} → {e['to']}") for e in found.examples]
    return Group(*(changes or [Text("No key differs.")]), Text(people), table, *examples)


def applied_summary(done: Applied, people: int) -> str:
    """What became of a policy, and how many were placed under it."""
    if not done.is_new:
        return f"Nothing but remarks differs: version {done.number} stays in force."
    placed = f"{people:,} people placed under it." if people else "Nobody is placed yet."
    return f"Version {done.number} ({done.fingerprint}) is in force. {placed}"


def versions_table(found: Sequence[Version]) -> Table:
    """The versions, the latest first; instants in UTC."""
    table = Table("version", "applied", "why", box=None, pad_edge=False)
    for version in found:
        why = version.note or ("settled anew" if version.settled_anew else "")
        at = moment(version.applied_at, "UTC").isoformat(sep=" ", timespec="minutes")
        table.add_row(str(version.number), at, Text(why))
    return table


def demo_story(found: Ladder, people: list[dict[str, Any]], shop: Path) -> Group:
    """The demo's ladder and one invented person of each rung."""
    from thang.policy.load import load_policy  # noqa: PLC0415

    policy = load_policy(None)
    shown = [explanation(person, policy) for person in reversed(people)]
    hint = Text(f"Look further: thang explain PERSON --shop {shop}", style="dim")
    return Group(ladder_table(found, policy), Text(""), *shown, hint)
