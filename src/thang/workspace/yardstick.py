"""What value is measured by for a quarter: the fitted shop, its prices, and the borders of groups.

Frozen as a finding when a quarter is first judged, so that nobody's score moves because the
measure did. It is made anew under another policy, when margin or prices become known, or when
the shop's buyers have doubled or halved since: a measure made from the first handful of orders
would else speak for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from thang.engines.duckdb import Projection
from thang.policy.schema import Policy
from thang.record import Record
from thang.river.bars import minor_units
from thang.river.lifetime import keeping, value
from thang.river.lifetime.rows import Float64, Summary
from thang.river.lifetime.scoring import Terms
from thang.river.lifetime.value import Lifetime
from thang.river.profit.credibility import Pool
from thang.river.profit.ledger import Prices, prices_of
from thang.river.profit.pace import (
    SpendRate,
    growth_by_rate,
    restored_rate,
    spend_rate,
    worth_by_rate,
)
from thang.river.profit.profit import ProfitRule, rule_of
from thang.river.profit.serving import Burden
from thang.river.profit.worth import Worth, growth, worth_of
from thang.workspace.buyers import Batch, purchases_of, sampled, span_of, sums_of

WHAT, FORM = "yardstick_value", 2
SAMPLE = 500_000  # buyers that suffice to learn a shop from
YOUNG = 90  # days of orders below which nothing is foretold
LEVEL = 0.8  # of all intervals
LABELLED = ("model", "spend_rate")


@dataclass(frozen=True)
class Yardstick:
    """`status`: `model`; `spend_rate`, too few came back for one; `no_repeat_buyers`, `no_money`,
    `young` and `nobody`, from which no label follows. `tau`: the border of the valuable, None
    where there are too few people to draw it. `growth`: by which month what share has come.
    """

    status: str
    policy: int
    buyers: int
    repeaters: int
    prices: Prices
    life: Mapping[str, Any] | None
    rate: SpendRate | None
    tau: float | None
    profit: ProfitRule
    growth: tuple[float, ...]

    @property
    def foretells(self) -> bool:
        """Whether there is a value at all."""
        return self.status in (*LABELLED, "no_repeat_buyers")

    def terms(self, policy: Policy) -> Terms:
        """What is asked of each customer: margin where it is known, else revenue."""
        asked, margin = policy.aims.value, self.prices.margin
        return Terms(
            asked.horizon_months * 365 / 12, float(asked.discount),
            1.0 if margin is None else margin, LEVEL, expected=True,
        )  # fmt: skip

    def worth(self, people: Summary, terms: Terms) -> Worth | None:
        """What these buyers are worth, or None where nothing is foretold."""
        if not self.foretells or self.life is None:
            return None
        life = keeping.restored(dict(self.life), people)
        if self.rate is None:
            return worth_of(life, people, terms, self.tau)
        alive = life.leaving.alive(people.cells)[people.cells.place]
        return worth_by_rate(self.rate, people, terms, self.tau, alive)


def yardstick(
    record: Record, projection: Projection, policy: Policy, version: int, quarter: int,
    as_of: int, today: int,
) -> Yardstick:  # fmt: skip
    """The quarter's, made and kept if there is none that holds."""
    buyers, since = span_of(projection, today)
    prices = prices_of(sums_of(projection), policy.aims.costs, minor_units(policy.shop.currency))
    kept = [one for one in record.findings(WHAT) if one.at == quarter]
    for one in reversed(kept):
        if one.body.get("form") == FORM and one.body["policy"] == version:
            found = restored(one.body)
            if _holds(found, buyers, since, prices):
                return found
            break
    found = _made(projection, policy, version, buyers, since, prices, as_of, today)
    record.add_finding(WHAT, quarter, {"form": FORM, **_body(found)})
    return found


def _holds(found: Yardstick, buyers: int, since: int, prices: Prices) -> bool:
    """Whether the shop is still the one it was made for."""
    alike = found.buyers <= 2 * buyers and buyers <= 2 * found.buyers
    grown_up = found.status == "young" and since >= YOUNG
    return alike and found.prices.missing == prices.missing and not grown_up


def _made(
    projection: Projection, policy: Policy, version: int, buyers: int, since: int,
    prices: Prices, as_of: int, today: int,
) -> Yardstick:  # fmt: skip
    step = max(1, buyers // SAMPLE)
    people = sampled(projection, as_of, today, step)
    fitted = value.fit(people.summary, purchases_of(projection, today, step), today)
    groups = policy.aims.groups
    few = int((people.summary.frequency > 0).sum()) * step < groups.valuable.min_repeaters
    status = _status(fitted, buyers, since, few=few)
    rate = spend_rate(people.summary) if status in ("spend_rate", "no_repeat_buyers") else None
    rule = ProfitRule("nobody", 0, None, Pool(0, 0, 0, 0), Burden(0, 0, 0, 0), in_minutes=False)
    first = Yardstick(
        status, version, buyers, int((people.summary.frequency > 0).sum()) * step, prices,
        keeping.kept(fitted), rate, None, rule, (),
    )  # fmt: skip
    terms, months = first.terms(policy), policy.aims.value.horizon_months
    worth = first.worth(people.summary, terms)
    life = years_to_stay(people, worth)
    floor = groups.profitable.floor * minor_units(policy.shop.currency)
    asked = replace(groups.profitable, floor=floor)
    least = groups.shrinkage.min_people
    come: tuple[float, ...] = ()
    if worth is not None:
        come = (
            growth_by_rate(terms, months) if rate else growth(fitted, people.summary, terms, months)
        )
    return replace(
        first,
        tau=_border(worth, policy, least) if status in LABELLED else None,
        profit=rule_of(people.tallied, life, prices, asked, least),
        growth=come,
    )


def _status(fitted: Lifetime, buyers: int, since: int, *, few: bool) -> str:
    if not buyers:
        return "nobody"
    if since < YOUNG:
        return "young"
    if fitted.spending.status == "no_money":
        return "no_money"
    if fitted.status == "no_repeat_buyers":
        return "no_repeat_buyers"
    return "spend_rate" if few else "model"


def _border(worth: Worth | None, policy: Policy, least: int) -> float | None:
    """The quantile of value among buyers who are likely enough still there."""
    asked = policy.aims.groups.valuable
    if worth is None:
        return None
    there = worth.value[worth.alive >= float(asked.min_alive)]
    return float(np.quantile(there, float(asked.quantile))) if len(there) >= least else None


def years_to_stay(people: Batch, worth: Worth | None) -> Float64:
    """Years that each is expected to be a customer in all, a year at least."""
    life = np.maximum(people.tallied.years, 1.0)
    if worth is not None:
        life[people.buyer] = np.maximum(life[people.buyer], worth.life)
    return life


def _body(found: Yardstick) -> dict[str, Any]:
    return {**asdict(found), "life": found.life}


def restored(body: Mapping[str, Any]) -> Yardstick:
    """The one that was kept."""
    what = {name: body[name] for name in Yardstick.__dataclass_fields__}
    prices = dict(what["prices"])
    profit = dict(what["profit"])
    profit["pool"], profit["burden"] = Pool(**profit["pool"]), Burden(**profit["burden"])
    what["prices"] = Prices(**(prices | {"missing": tuple(prices["missing"])}))
    what["profit"], what["growth"] = ProfitRule(**profit), tuple(what["growth"])
    what["rate"] = what["rate"] and restored_rate(what["rate"])
    return Yardstick(**what)
