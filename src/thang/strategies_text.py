"""The playbook in a terminal: one line a strategy, or one strategy with all its words."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from thang.workspace.playbook import PlaybookAnswer, StepListed, StrategyListed


def strategies_table(found: PlaybookAnswer) -> Group:
    """All strategies in the order of the articles."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for title in ("row", "strategy"):
        table.add_column(title, no_wrap=True)
    for title in ("when", "worked if"):
        table.add_column(title, overflow="fold")
    table.add_column("on", no_wrap=True)
    for one in found.strategies:
        worked = f"{one.success.when} ({one.success.within} d)"
        table.add_row(
            one.id or "own", one.key, escape(one.trigger), escape(worked),
            "yes" if one.enabled else "no",
        )  # fmt: skip
    on = sum(one.enabled for one in found.strategies)
    total = f"{len(found.strategies)} strategies, {on} on; playbook {found.fingerprint}"
    return Group(table, Text(""), Text(total))


def strategy_text(one: StrategyListed) -> Group:
    """One strategy whole: the article's words, the rules, and every text in both languages."""
    return Group(*(Text(line) for line in _lines(one)))


def _lines(one: StrategyListed) -> Iterator[str]:
    yield f"{one.id or 'own'} {one.key}: {one.name.vi} / {one.name.en}"
    if one.quote:
        yield f"“{one.quote}”"
    whom = ", ".join(one.levels) or ("the shop" if one.scope == "shop" else "any level")
    stages = f" at stage {', '.join(map(str, one.stages))}" if one.stages else ""
    yield f"for: {whom}{stages}{f', to {one.lifts_to}' if one.lifts_to else ''}"
    yield f"when: {one.trigger}"
    yield f"worked if: {one.success.when} within {one.success.within} days; {one.metric}"
    yield f"again after {one.cooldown} days; on: {'yes' if one.enabled else 'no'}"
    for step in one.steps:
        yield from _step(step)


def _step(step: StepListed) -> Iterator[str]:
    only = f" only if {step.only_if}" if step.only_if else ""
    yield ""
    yield f"{step.key}: after {step.wait} days by {', '.join(step.channels)}{only}"
    yield from (step.subject.vi, step.body.vi, step.subject.en, step.body.en)
