"""A shop's value in a terminal: sentences with bounds, a table of people, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thang.river.bars import minor_units
from thang.workspace.valued import Customer, Filling, Summed, ValueAnswer

UNTOLD = {
    "nobody": "Nobody has bought yet: there is no value to tell.",
    "young": "The orders go back less than 90 days: nothing is foretold yet.",
    "no_money": "No order has a known amount: value is unknown.",
}
CAUTION = {
    "no_repeat_buyers": "Nobody has come back yet: this rests on assumptions, and nobody is called "
    "valuable.",
    "spend_rate": "Too few have come back to model who leaves: it is orders a year times the mean "
    "order.",
}
NO_PROFIT = {
    "nobody": "Profit: nobody has bought yet.",
    "margin_unknown": "Profit is unknown: record what goods cost, or give costs.margin in the "
    "policy.",
}
MODELS = {"bg": "BG/NBD", "mbg": "MBG/NBD", "pareto": "Pareto/NBD"}
MONTHS = (0, 1, 2, 3, 6, 9, 12, 18)  # of the cohorts that fit a line
COHORTS = 8


def value_text(found: ValueAnswer, currency: str) -> Group:
    """The answer as a person reads it."""
    told = found.summed
    if told is None:
        return Group(Text("Value is not computed yet: it follows the next classification."))
    return Group(*_parts(found, told, currency))


def _parts(found: ValueAnswer, told: Summed, currency: str) -> Iterator[RenderableType]:
    yield Text(_headline(told, currency), style="bold")
    yield from (Text(line) for line in _about(told))
    if found.best and told.totals:
        yield Text("")
        yield _best(found.best, currency)
    if told.cohorts:
        yield Text("")
        yield _cohorts(told)
    yield Text("")
    yield from (Text(line) for line in _profit(told, found.worst, currency))
    yield from (Text(line, style="dim") for line in _grounds(told, currency))


def _headline(told: Summed, currency: str) -> str:
    if told.totals is None:
        return UNTOLD.get(told.status, UNTOLD["nobody"])
    sums, of = told.totals, "margin" if told.of_margin else "revenue (what goods cost is unknown)"
    return (
        f"In the next {told.horizon_months} months {told.buyers:,} customers will bring about "
        f"{money(sums.value, currency)} of {of}; 80 %: {money(sums.low, currency)} to "
        f"{money(sums.high, currency)}."
    )


def _about(told: Summed) -> Iterator[str]:
    if told.status in CAUTION:
        yield CAUTION[told.status]
    if told.totals:
        yield f"About {told.totals.alive:,.0f} of them are still there."
    top, coming = told.revenue, told.value
    if top.top_10 is not None and top.top_20 is not None:
        line = f"10 % of customers brought {top.top_10:.0%} of revenue, 20 % {top.top_20:.0%}"
        more = f"; 10 % hold {coming.top_10:.0%} of the value to come" if coming.top_10 else ""
        yield f"{line}{more}."
    yield _backtest(told)


def _backtest(told: Summed) -> str:
    if not told.tests:
        return "Backtest: too few customers or too short a past to test the forecast on."
    test = told.tests[0]
    return (
        f"Backtest: of the last {test.days} days, {MODELS[test.model]} foretold "
        f"{test.foretold:,.0f} orders and {test.actual:,} came ({test.error:+.0%}); everybody "
        f"going on at their pace would have been off by {test.naive_error:+.0%}."
    )


def _best(people: tuple[Customer, ...], currency: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("most value to come", no_wrap=True)
    for title in ("there", f"value {currency}", "80 % from", "to", "valuable"):
        table.add_column(title, justify="right", no_wrap=True)
    for one in people[:5]:
        amounts = (one.value, one.value_low, one.value_high)
        table.add_row(
            one.ref, _share(one.alive), *(_amount(amount, currency) for amount in amounts),
            _share(one.valuable),
        )  # fmt: skip
    return table


def _cohorts(told: Summed) -> Table:
    """Of each month's new buyers, the share who bought again so many months later."""
    table = Table("first bought", box=None, pad_edge=False)
    shown = [later for later in MONTHS if later < len(told.cohorts[0].active)]
    for title in ("people", *(f"+{later}" for later in shown[1:])):
        table.add_column(title, justify="right")
    for cohort in told.cohorts[-COHORTS:]:
        cells = [
            f"{cohort.active[later] / cohort.people:.0%}" if later < len(cohort.active) else ""
            for later in shown[1:]
        ]
        table.add_row(cohort.month, f"{cohort.people:,}", *cells)
    return table


def _profit(told: Summed, worst: tuple[Customer, ...], currency: str) -> Iterator[str]:
    if told.profit_status in NO_PROFIT:
        yield NO_PROFIT[told.profit_status]
        return
    curve = told.whale
    if curve is not None:
        yield (
            f"Profit: {curve.people:,} people left {money(curve.total, currency)} to this day; the "
            f"{curve.peak_at:.0%} who gained left {curve.peak:.0%} of "
            + ("that." if curve.of == "total" else "all gains, and the others took more.")
        )
    yield (
        f"{told.losing:,} of {told.judged_profit:,} cost more than they bring, with a chance of "
        f"80 % at least; {told.barnacles:,} of them are Members or above."
    )
    if worst and worst[0].profit is not None:
        yield f"The dearest of these: {worst[0].ref}, {money(worst[0].profit, currency)} a year."
    if told.profit_tau is None:
        yield "Too few have shown enough of themselves: nobody is called profitable yet."


def _grounds(told: Summed, currency: str) -> Iterator[str]:
    for one in told.fillings:
        if one.what != "margin_unknown":
            yield f"  {one.people:,} people: {filled(one, currency)}"
    if told.missing:
        yield f"  not recorded, and not in these figures: {', '.join(told.missing)}"
    if told.model:
        spends = "Gamma-Gamma" if told.model.spending_parameters else told.model.spending
        name, status = MODELS[told.model.name], told.model.status.replace("_", " ")
        yield f"  {name} ({status}), {spends}; {told.model.repeaters:,} came back"


def filled(one: Filling, currency: str) -> str:
    """What stands in for a cost that nobody recorded."""
    figure = 0.0 if one.figure is None else one.figure
    said = {
        "margin_of_policy": f"goods by the policy's margin of {figure:.1%}",
        "margin_seen": f"goods by the margin of {figure:.1%} seen where their cost is recorded",
        "acquisition_of_policy": f"won for the policy's {money(figure, currency)}",
        "acquisition_seen": f"won for the mean of those recorded, {money(figure, currency)}",
        "acquisition_unknown": "what winning them cost is unknown, and left out",
        "priced": "service or fees by the policy's prices",
        "unpriced": "what serving them cost is unknown, and left out",
    }
    return said[one.what]


def money(amount: float, currency: str) -> str:
    """Minor units in whole units of the currency."""
    return f"{_amount(amount, currency)} {currency}"


def _amount(amount: float | None, currency: str) -> str:
    return "unknown" if amount is None else f"{amount / minor_units(currency):,.0f}"


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.0%}"
