"""What an order of each customer is expected to be worth, whatever the shop's data allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thang.river.lifetime import gamma_gamma
from thang.river.lifetime.fitting import LARGE, UNSURE, Summit, climb
from thang.river.lifetime.rows import Float64, Summary

FEW = 30  # payers below whom no distribution is fitted
HEAVY = 1.05  # q at or below which the mean of all customers does not exist, or hardly
ORDER_SPREAD = 0.6  # variance of the logarithm of one order, where it cannot be learnt
ODD = 0.25  # least of 2 − q − px at which a second moment is still taken at its word


class Order(NamedTuple):
    """A customer's mean order, and in its squares: an order's own variance, the mean's uncertainty.

    A sum of orders with weights w has the second moment mean² (own Σ w² + mean_square (Σ w)²).
    """

    mean: Float64
    own: Float64
    mean_square: Float64


@dataclass(frozen=True)
class Spending:
    """How the shop's customers pay. Money is minor units.

    `status`: `converged` or `prior_dominated` (Gamma-Gamma), `heavy_tail` or `few_payers` (each
    customer's mean order, drawn in logarithms to the median), `constant`, `no_money`.
    """

    status: str
    summit: Summit | None
    unit: float
    payers: int
    dropped: int
    correlation: float

    @property
    def parameters(self) -> dict[str, float]:
        """p, q and γ (in minor units) of Gamma-Gamma, if it is what speaks."""
        if self.summit is None:
            return {}
        p, q, gamma = (float(one) for one in np.exp(self.summit.theta))
        return {"p": p, "q": q, "gamma": gamma * self.unit}

    def order(self, paid: Float64, spend: Float64) -> Order:
        """The next orders of customers with `paid` repeat orders of `spend` on average."""
        if self.status in ("converged", "prior_dominated"):
            return self.learnt(paid, spend)
        if self.status in ("constant", "no_money"):
            alike = np.full(len(paid), self.unit)
            return Order(alike, np.zeros(len(paid)), np.ones(len(paid)))
        share = paid / (paid + 1)
        known = np.log(np.where(paid > 0, np.maximum(spend, 1e-9 * self.unit), self.unit))
        mean = np.exp(share * known + (1 - share) * np.log(self.unit))
        sure = np.exp(ORDER_SPREAD * (1 - share))
        return Order(mean, np.expm1(ORDER_SPREAD) * sure, sure)

    def learnt(self, paid: Float64, spend: Float64) -> Order:
        """By Gamma-Gamma: each customer's own orders weigh as much as there are."""
        p, q, gamma = self.parameters.values()
        weight = p * paid + q
        mean = p * (gamma + paid * spend) / (weight - 1)
        sure = (weight - 1) / np.maximum(weight - 2, ODD)
        return Order(mean, sure / p, sure)


def spending_of(summary: Summary, prior: str = "auto") -> Spending:
    """Fit, or fall back, and say so. Customers without a paid repeat order are left out."""
    pays = (summary.paid > 0) & (summary.spend > 0) & np.isfinite(summary.spend)
    paid, spend = summary.paid[pays].astype(np.float64), summary.spend[pays]
    payers, dropped = len(paid), int((summary.frequency > 0).sum()) - len(paid)
    together = correlated(paid, spend)
    if not payers:
        first = summary.first[summary.first > 0]
        status, unit = ("few_payers", float(np.median(first))) if len(first) else ("no_money", 0.0)
        return Spending(status, None, unit, 0, dropped, together)
    unit = float(np.median(spend))
    if np.ptp(np.log(spend)) < 1e-9 and payers > 1:
        return Spending("constant", None, unit, payers, dropped, together)
    if payers < FEW:
        return Spending("few_payers", None, unit, payers, dropped, together)
    found = fitted(paid, spend, prior)
    q = np.exp(found.theta[1])
    if not found.firm or q <= HEAVY:
        return Spending("heavy_tail", None, unit, payers, dropped, together)
    status = "prior_dominated" if found.leans else "converged"
    return Spending(status, found, unit, payers, dropped, together)


def fitted(paid: Float64, spend: Float64, prior: str) -> Summit:
    """Gamma-Gamma at its best parameters; with the weak prior where the data are few or flat."""
    known = gamma_gamma.payments(paid, spend)
    if prior == "none" or (prior == "auto" and len(paid) >= LARGE):
        found = climb(lambda theta: gamma_gamma.loglik(theta, known), gamma_gamma.start())
        if prior == "none" or (found.firm and found.log_errors.max() <= UNSURE):
            return found
    return climb(
        lambda theta: gamma_gamma.loglik(theta, known), gamma_gamma.start(), gamma_gamma.prior()
    )


def correlated(paid: Float64, spend: Float64) -> float:
    """Whether who buys more often pays more: the model assumes about 0. 0 where it is unknown."""
    if len(paid) < 3 or np.ptp(paid) == 0 or np.ptp(spend) == 0:
        return 0.0
    return float(np.corrcoef(paid, spend)[0, 1])
