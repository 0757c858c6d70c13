"""Outcomes in a terminal: a line for each rung, then each strategy with its arms."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thang.model import DAY
from thang.policy.schema import Policy
from thang.river.calendar import moment
from thang.river.measuring.moves import Span as MoveSpan
from thang.workspace.north_star import NorthStar, Span
from thang.workspace.outcomes import Outcomes, Rung, Tried


def outcomes_text(found: Outcomes, policy: Policy) -> Group:
    """The answer as a person reads it."""
    return Group(*_parts(found, policy))


def _parts(found: Outcomes, policy: Policy) -> Iterator[RenderableType]:
    if found.net_up is None:
        yield Text("No full month has passed yet: there are no moves to speak of.")
    else:
        yield Text(
            f"In {found.months} months, of 1,000 people {abs(found.net_up):.0f} more moved "
            f"{'up than down' if found.net_up >= 0 else 'down than up'} each month.", style="bold",
        )  # fmt: skip
    yield Text("")
    yield _rungs(found, {level.key: level.names["en"] for level in policy.levels})
    for rung in found.rungs:
        if rung.misleads:
            yield Text(
                f"{rung.key}: moves depend on how long somebody has stood there, so monthly shares "
                "alone mislead.", style="dim",
            )  # fmt: skip
    yield Text(
        "These are moves, not effects: only a strategy's arms, drawn by lot, show what helped."
    )
    yield Text("")
    yield from _star(found.star)
    if not found.strategies:
        yield Text("No strategy has met anybody yet.")
    else:
        yield _strategies(found.strategies)


def _star(found: NorthStar) -> Iterator[RenderableType]:
    if not found.quarters:
        yield Text("Nobody was spared by lot for a whole quarter yet: no effect can be told.")
        yield Text("")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("quarter from")
    for name in ("met", "spared", "level-ups per 1,000 a month", "orders each"):
        table.add_column(name, justify="right")
    for one in found.quarters:
        table.add_row(
            moment(one.begins + DAY).strftime("%Y-%m"), f"{one.met:,}", f"{one.spared:,}",
            _of(one.level_ups, "+.1f"), _of(one.orders, "+.3f"),
        )  # fmt: skip
    yield table
    missing = ", ".join(found.missing or ()).replace("_", "-")
    yield Text(
        f"To say that people were lifted it still takes: {missing}."
        if missing
        else "People were lifted: moves and margin hold in two quarters, and nothing got worse.",
        style="bold",
    )
    yield Text("")


def _of(told: Span, form: str) -> str:
    if told.estimate is None:
        return "–"
    return f"{told.estimate:{form}} ({told.low:{form}} to {told.high:{form}})"


def _rungs(found: Outcomes, names: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("rung")
    for name in ("seen", "up", "stay", "down", "in 90 days", "half in"):
        table.add_column(name, justify="right")
    for rung in reversed(found.rungs):
        moves = rung.moves
        table.add_row(
            names.get(rung.key, rung.key), f"{moves.people:,}", _span(moves.up),
            f"{moves.stay.share:.0%}", _span(moves.down), _soon(rung),
            f"{rung.median:.1f} months" if rung.median is not None else "–",
        )  # fmt: skip
    return table


def _span(span: MoveSpan) -> str:
    return f"{span.share:.1%} ({span.low:.0%}–{span.high:.0%})" if span.high > 0 else "–"


def _soon(rung: Rung) -> str:
    if rung.soon is None:
        return "not seen yet"
    return f"{rung.soon[0]:.0%} ({rung.soon[1]:.0%}–{rung.soon[2]:.0%})" if rung.soon[2] else "–"


def _strategies(tried: tuple[Tried, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("strategy", "treated", "held out", "more moved up", "it helps", ""):
        table.add_column(name)
    for one in tried:
        arms = (f"{arm.k:,} of {arm.n:,}" for arm in (one.treated, one.held))
        table.add_row(one.strategy, *arms, _effect(one), _sure(one), _more(one))
    return table


def _effect(one: Tried) -> str:
    if one.estimate is None or one.low is None or one.high is None:
        return "not enough data"
    return f"{one.estimate:+.1%} ({one.low:+.1%} to {one.high:+.1%})"


def _sure(one: Tried) -> str:
    return "unknown" if one.better is None else f"{one.better:.0%} sure"


def _more(one: Tried) -> str:
    if one.found:
        return "found"
    if one.months is None:
        return "too few people to prove a lift of a fifth in ten years"
    return f"about {one.months} such periods to prove a lift of a fifth"
