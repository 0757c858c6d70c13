"""Who leaves profit: a yearly figure with its interval, and the score of the profitable group."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from thang.policy.aims import Profitable
from thang.river.lifetime.rows import Bool, Float64
from thang.river.profit.credibility import Believed, Pool, alone, believed, pooled
from thang.river.profit.ledger import Account, Prices, Tallied, account
from thang.river.profit.serving import Burden, burden_of, light
from thang.river.tables import Int16

SURE = 0.8  # from this chance on a customer is said to cost more than they bring


@dataclass(frozen=True)
class ProfitRule:
    """What holds for a quarter: prices, priors, and the border `tau` (None: too few to draw one).

    `status`: `told`; `few_people`, no border; `margin_unknown`, nobody's cost of goods is known;
    `nobody`, there is nobody to speak of.
    """

    status: str
    people: int
    tau: float | None
    pool: Pool
    burden: Burden
    in_minutes: bool


@dataclass(frozen=True)
class Profits:
    """One row a person: money a year, NaN where it is unknown. `loss`: P(it is below 0)."""

    left: Float64  # in all, to this day
    profit: Float64
    low: Float64
    high: Float64
    loss: Float64
    score: Float64
    enough: Bool
    filled: Int16


def rule_of(
    of: Tallied, life: Float64, prices: Prices, asked: Profitable, least: int
) -> ProfitRule:
    """Learn a shop's rule; `life`: years that each is expected to be a customer; `least`: people
    without whom no border is drawn. `asked.floor` is minor units here.
    """
    found = account(of, prices)
    in_minutes = bool(of.minutes.any())
    known = np.isfinite(found.total)
    served = _served(of, found, in_minutes=in_minutes)
    burden = burden_of(served[of.orders > 0], of.revenue[of.orders > 0], of.orders[of.orders > 0])
    if not known.any():
        status = "margin_unknown" if len(of) else "nobody"
        return ProfitRule(status, 0, None, Pool(0.0, 0.0, 0.0, 0.0), burden, in_minutes)
    years = _years(of, asked)
    buyers = known & (of.orders > 0)
    total = (_rates(found, years, life) * years)[buyers]
    pool = pooled(total, years[buyers], _squares(of, found, prices)[buyers])
    rule = ProfitRule("few_people", int(known.sum()), None, pool, burden, in_minutes)
    told = profits(of, life, prices, rule, asked)
    fit = told.profit[told.enough & (of.orders > 0)]
    if len(fit) < least:
        return rule
    tau = max(float(asked.floor), float(np.quantile(fit, float(asked.quantile))))
    return replace(rule, status="told", tau=tau)


def profits(
    of: Tallied, life: Float64, prices: Prices, rule: ProfitRule, asked: Profitable
) -> Profits:
    """Everybody's profit a year under a rule; `enough`: who showed enough of themselves."""
    found, years = account(of, prices), _years(of, asked)
    known = np.isfinite(found.total)
    rate = np.where(known, _rates(found, years, life), 0.0)
    squares = np.where(known, _squares(of, found, prices), 0.0)
    post = _posterior(rule.pool, of, rate, years, squares)
    tau = float(asked.floor) if rule.tau is None else rule.tau
    served = _served(of, found, in_minutes=rule.in_minutes)
    score = np.sqrt(post.at_least(tau) * light(rule.burden, served, of.revenue))
    seen = (of.orders >= asked.min_orders) | (of.years * 365 >= asked.min_days)

    def told(values: Float64) -> Float64:
        return np.where(known, values, np.nan)

    return Profits(
        told(found.total - found.acquisition), told(post.mean), told(post.low), told(post.high),
        told(1 - post.at_least(0.0)), told(score), known & seen, found.filled,
    )  # fmt: skip


def _posterior(
    pool: Pool, of: Tallied, rate: Float64, years: Float64, squares: Float64
) -> Believed:
    """Buyers are drawn to the shop's mean; who never bought is not one of these."""
    drawn, seen = (how(pool, rate, years, squares) for how in (believed, alone))
    buys = of.orders > 0
    return Believed(np.where(buys, drawn.mean, seen.mean), np.where(buys, drawn.sd, seen.sd))


def _years(of: Tallied, asked: Profitable) -> Float64:
    """Time seen; nobody's year is counted up from less than what a score asks for."""
    return np.maximum(of.years, max(asked.min_days, 1) / 365)


def _rates(found: Account, years: Float64, life: Float64) -> Float64:
    """Left a year, the cost of winning them spread over the years they are expected to stay."""
    return found.total / years - found.acquisition / np.maximum(life, years)


def _squares(of: Tallied, found: Account, prices: Prices) -> Float64:
    """The squares of the steps that a profit came by: what orders left, and what serving took."""
    steps = np.maximum(of.orders + of.refused, 1)
    return prices.kept**2 * of.squares + found.serving**2 / steps


def _served(of: Tallied, found: Account, *, in_minutes: bool) -> Float64:
    """What was asked for: in money, or in minutes where nothing of it has a price."""
    return of.minutes if in_minutes else found.serving
