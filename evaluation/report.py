"""The report: a row for each question, what was asked, what was found, and whether it is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table. `asked` is in words; `met` None: nothing was asked, or it was not run.

    `why` is said beside it; `reason` only where it is missed.
    """

    what: str
    ours: str
    baseline: str
    asked: str
    met: bool | None
    of: str  # which shops, how large, which seeds
    why: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """What stands below the table."""
        return " ".join(part for part in (self.why, self.reason * (self.met is False)) if part)


def number(value: float) -> str:
    """A figure as the table shows it."""
    return f"{value:.3f}"


def share(value: float) -> str:
    """A share in per cent."""
    return f"{value:.1%}"


MARKS = {True: "met", False: "missed", None: "not run"}


def written(rows: Sequence[Row], machine: str, seconds: float, seeds: str) -> str:
    """The report as Markdown."""
    met = sum(row.met is True for row in rows)
    missed = sum(row.met is False for row in rows)
    head = [
        "# Thang on invented shops whose truth is known",
        "",
        "`make evaluate` writes this page. The truth is sealed off from the events: only this "
        "evaluation reads it.",
        "Seeds by which anything was developed are never those of the report.",
        "",
        f"{met} rows met, {missed} missed. {seeds}. On {machine}, in {seconds / 60:.0f} minutes.",
        "",
        "| question | Thang | best baseline | asked | | shops |",
        "|---|---|---|---|---|---|",
    ]
    lines = [
        f"| {row.what} | {row.ours} | {row.baseline} | {row.asked} | {MARKS[row.met]} | {row.of} |"
        for row in rows
    ]
    reasons = [f"* **{row.what}**: {row.words}" for row in rows if row.words]
    tail = ["", "## Why", "", *reasons] if reasons else []
    return "\n".join([*head, *lines, *tail, ""])
