"""The groups in a terminal: a line for each, whom the stage courts, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from thang.policy.aims import GROUPS
from thang.value_text import money
from thang.workspace.grouped import Group, Grouped, GroupsAnswer, Prior

NAMES = {
    "willing": "Willing (Thiện chí)", "forgiving": "Forgiving (Khoan dung)",
    "viral": "Viral (Lan truyền)", "valuable": "Valuable (Giá trị)",
    "profitable": "Profitable (Tạo lợi nhuận)",
}  # fmt: skip
TRAITS = {
    "willing": "takes a new thing, and again, at {:.0%} or more",
    "forgiving": "stays after a failure of ours at {:.0%} or more",
    "viral": "brings {:.0f} new customer a year or more",
    "valuable": "will bring {} or more",
    "profitable": "leaves {} a year or more, and asks for little",
}
STATUS = {"few_data": "not enough data", "unknown": "unknown"}
PRIORS = {
    "try": "takes a new thing", "retry": "takes it again", "voice": "useful words a month",
    "stay": "stays after a failure", "wait": "stays while a wish is open",
    "bring": "friends brought a year",
}  # fmt: skip
RATES = ("voice", "bring")


def groups_text(found: GroupsAnswer, currency: str) -> Lines:
    """The answer as a person reads it."""
    if found.told is None:
        return Lines(Text("Groups are not computed yet: they follow the next classification."))
    return Lines(*_parts(found, found.told, currency))


def _parts(found: GroupsAnswer, told: Grouped, currency: str) -> Iterator[RenderableType]:
    yield Text(_headline(told), style="bold")
    yield Text("")
    yield _table(told, currency)
    yield Text("")
    for group, best in zip(told.groups, found.best, strict=True):
        if best:
            surest = ", ".join(f"{one.ref} ({one.score:.0%})" for one in best[:3])
            yield Text(f"{NAMES[group.key]}, surest: {surest}")
    yield Text(f"In no group: {told.none:,} of {told.people:,}; each is a chance to learn more.")
    for prior in (prior for group in told.groups for prior in group.priors):
        yield Text(_prior(prior), style="dim")


def _headline(told: Grouped) -> str:
    if told.focus is None:
        return "At which stage the business stands is not known yet: all groups weigh alike."
    name = NAMES[GROUPS[told.focus]]
    return (
        f"At its stage the business courts the {name} first: {told.groups[told.focus].members:,}."
    )


def _table(told: Grouped, currency: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("group")
    for name in ("in it", "mainly", "known of"):
        table.add_column(name, justify="right")
    table.add_column("who that is")
    for group in told.groups:
        counts = (group.members, group.mains, group.enough)
        table.add_row(NAMES[group.key], *(f"{n:,}" for n in counts), _who(group, currency))
    return table


def _who(group: Group, currency: str) -> str:
    if group.border is None or group.status in STATUS:
        return STATUS.get(group.status, "unknown")
    border = money(group.border, currency) if group.key in GROUPS[3:] else group.border
    return TRAITS[group.key].format(border)


def _prior(prior: Prior) -> str:
    mean = prior.a / prior.b if prior.name in RATES else prior.a / (prior.a + prior.b)
    shown = f"{mean:.2f}" if prior.name in RATES else f"{mean:.0%}"
    origin = (
        f"from {prior.people:,} people" if prior.origin == "fitted"
        else f"an initial assumption, for only {prior.people:,} people tell of it"
    )  # fmt: skip
    return f"The shop's own {PRIORS[prior.name]}: {shown}, {origin}."
