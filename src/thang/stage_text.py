"""The stage in a terminal: five chances, what each question rests on, the gate, the budget."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thang.policy.aims import GROUPS, STAGES
from thang.river.calendar import moment
from thang.river.stage.checks import Check
from thang.river.stage.questions import Part
from thang.workspace.staged import StageAnswer, Staged

NAMES = (
    "before the launch", "launched, unfinished", "fits its market", "growing", "earning",
)  # fmt: skip
QUESTIONS = {
    "launched": "Has it begun?", "fitted": "Does it fit its market?",
    "scaled": "Has it grown beyond that?", "mature": "Is it time for profit?",
}  # fmt: skip
PARTS = {
    "said": "as the owner says",
    "buyers": "bought within 90 days: {k:,.0f}",
    "love": "{k:,.0f} of {n:,.0f} would be very disappointed without it",
    "back": "months in which old customers bought: {k:,.0f} of {n:,.0f}",
    "quiet": "tickets in 90 days: {k:,.0f} of {n:,.0f} orders",
    "size": "active customers: {k:,.0f}",
    "new": "new customers in 30 days: {k:,.0f}; half a year ago: {n:,.0f}",
    "age": "months since it fits: {k:,.0f}",
    "contribution": "{k:.0%} of revenue is left before care",
    "slow": "orders in 30 days: {k:,.0f}; half a year ago: {n:,.0f}",
    "existing": "{k:.0%} of revenue from whoever had bought before",
    "net_margin": "{k:.0%} of revenue is left after all known costs",
}
UNKNOWN = {
    "love": "too few answers to the question who would miss it",
    "back": "too few customers are old enough to come back",
    "quiet": "no ticket was ever recorded", "contribution": "what goods cost is unknown",
    "net_margin": "what goods cost is unknown", "new": "nobody new", "slow": "no orders",
    "existing": "no revenue",
}  # fmt: skip
WHY = {
    "few_answers": "{k:,.0f} of {n:,.0f} would be very disappointed; {of:,.0f} answers are needed.",
    "little_love": "{k:,.0f} of {n:,.0f} would be very disappointed; {needed:,.0f} are needed.",
    "no_tickets": "No ticket is on record.",
    "few_orders": "{n:,.0f} orders in two months; {needed:,.0f} are needed.",
    "much_goes_wrong": "{k:,.0f} tickets of {n:,.0f} orders: up to {high:.1%}, at most {most:.0%}.",
    "severe_open": "Severe tickets that are open: {open:,.0f}.",
    "slow_recovery": "{k:,.0f} of {n:,.0f} tickets were put right within {days:,.0f} days.",
    "few_reviews": "{n:,.0f} reviews; {needed:,.0f} are needed.",
    "few_stars": "{k:,.0f} of {n:,.0f} reviews have four stars or five.",
    "capacity_unknown": "Nobody said how many orders a month the shop can carry.",
    "too_small": "The shop carries {carries:,.0f} orders a month; {wanted:,.0f} are needed.",
    "punctuality_unknown": "Nobody counted how many parcels come in time.",
    "late_parcels": "{k:,.0f} of {n:,.0f} parcels came in time.",
    "referrals_untested": "Nobody tried whether referrals arrive where they belong.",
    "referrals_lost": "{k:,.0f} of {n:,.0f} test referrals arrived.",
    "terms_unpublished": "Nobody said that the terms are published.",
    "no_pilot": "No pilot with {asked:,.0f} people has begun.",
    "pilot_runs": "The pilot: day {days:,.0f} of {of:,.0f}, {people:,.0f} of {asked:,.0f} people.",
    "pilot_went_badly": "In the pilot more went wrong, or more was said against the shop than for.",
}
BAR = 20


def stage_text(found: StageAnswer, tz: str) -> Group:
    """The answer as a person reads it."""
    if found.told is None:
        return Group(Text("The stage is not computed yet: it follows the next classification."))
    return Group(*_parts(found.told, tz))


def _parts(told: Staged, tz: str) -> Iterator[RenderableType]:
    yield Text(_headline(told, tz), style="bold")
    if not told.enough:
        yield Text("Not enough data: nobody was asked, and too few are old enough to come back.")
    yield _chances(told)
    yield from (Text(line) for line in _questions(told))
    yield Text("")
    yield from (Text(line) for line in _gate(told, tz))
    yield Text("")
    yield Text(_budget(told))
    yield Text("  the events tell of no product lines: the shop is one line", style="dim")


def _headline(told: Staged, tz: str) -> str:
    shown, now = told.shown, told.now
    name = f"S{shown.stage + 1}, {NAMES[shown.stage]}"
    computed = f"S{now.leads + 1} at {now.chances[now.leads]:.0%}"
    if shown.override:
        until = f"{moment(shown.override.until, tz):%Y-%m-%d}"
        return f"{name}: the owner's word until {until}. Computed: {computed}."
    since = f"{moment(shown.since, tz):%Y-%m-%d}"
    agreed = ", and the owner agrees" if shown.agreed else ""
    return (
        f"{name}, since {since}{agreed}. Now: {computed}, "
        f"confidence {now.confidence:.0%} by what is recorded."
    )


def _chances(told: Staged) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for place, chance in enumerate(told.now.chances):
        bar = "█" * round(BAR * chance)
        table.add_row(f"{STAGES[place].upper()} {NAMES[place]}", f"{chance:>4.0%}", bar)
    return table


def _questions(told: Staged) -> Iterator[str]:
    for question in told.now.questions:
        yield f"{QUESTIONS[question.key]} {question.chance:.0%}"
        yield from (f"    {_part(part)}" for part in question.parts)


def _part(part: Part) -> str:
    if part.chance is None:
        return f"unknown, left out: {UNKNOWN[part.key]}"
    figures = {"k": part.k or 0, "n": part.n or 0}
    return f"{part.chance:>4.0%}  {PARTS[part.key].format(**figures)}"


def _gate(told: Staged, tz: str) -> Iterator[str]:
    gate = told.gate
    stands = "open" if gate.opened else "closed"
    yield f"The gate for the viral ones is {stands}: {gate.readiness:.0%} ready."
    if gate.override:
        until = f"{moment(gate.override.until, tz):%Y-%m-%d}"
        yield f"    by the owner's word until {until}: {gate.override.reason}"
    for number, check in enumerate(gate.checks, 1):
        yield f"    {'✓' if check.passed else '✕'} R{number} {check.key}{_why(check)}"


def _why(check: Check) -> str:
    return "" if check.passed else f": {WHY[check.why].format(**check.numbers)}"


def _budget(told: Staged) -> str:
    split = told.allocation
    named = [f"{name} {share:.0%}" for name, share in zip(GROUPS, split.groups, strict=True)]
    mending = [f"mending first {split.mending:.0%}"] if split.mending else []
    return (
        f"Budget: {', '.join([*named, *mending])}, trying out {split.exploring:.0%}; "
        f"{split.acquisition:.0%} of it for new customers."
    )
