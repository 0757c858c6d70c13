"""Answers that may be looked at every day: intervals that hold at all times at once.

Whoever looks again and again, and stops when it pleases them, finds something in nothing. An
always-valid interval pays for that with width: a mixture sequential probability ratio test in its
asymptotic form (Robbins 1970; Johari, Koomen, Pekelis, Walsh 2017).
"""

from __future__ import annotations

import numpy as np

from thang.river.measuring.differences import Difference

TUNED_FOR = 500  # people in all at which the interval is narrowest against a fixed one


def always_valid(
    found: Difference, level: float = 0.95, tuned_for: float = TUNED_FOR
) -> Difference:
    """The same estimate with an interval that holds at every look.

    With V = error² and the mixture's variance τ² set for `tuned_for` people, the interval is
    estimate ± √(V (V + τ²) / τ² · (ln((V + τ²) / V) − 2 ln α)).
    """
    if not found.known or found.error <= 0:
        return found
    v, n = found.error**2, found.n_treated + found.n_held
    alpha = 1 - level
    # At the tuned size τ² ≈ V (−2 ln α + ln(1 − 2 ln α)) makes it narrowest.
    then = v * n / tuned_for
    spread = then * (-2 * np.log(alpha) + np.log(1 - 2 * np.log(alpha)))
    reach = float(
        np.sqrt(v * (v + spread) / spread * (np.log((v + spread) / v) - 2 * np.log(alpha)))
    )
    p = min(
        1.0,
        float(
            np.sqrt((v + spread) / v)
            * np.exp(-(found.estimate**2) * spread / (2 * v * (v + spread)))
        ),
    )
    return Difference(
        found.estimate, found.estimate - reach, found.estimate + reach, found.error, p,
        found.n_treated, found.n_held,
    )  # fmt: skip
