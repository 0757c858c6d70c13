"""What referrals are worth against the truth of who would never have come."""

from __future__ import annotations

import numpy as np
from scipy.stats import spearmanr

from evaluation.report import Row, number
from evaluation.shops import Told
from thang.engines.steps import added_of
from thang.model import DAY
from thang.policy.aims import Aims
from thang.river.groups.crv import descent, living, referral_value


def rows(told: Told, of: str) -> list[Row]:
    """Rank correlation with true CRV among those who brought anybody."""
    asked = Aims().groups.viral
    true = {v.key: v.crv for v in told.truth.values if abs(v.at - told.at) < DAY}
    with told.open() as (_, projection):
        edges = living(added_of(projection.referral_rows()), told.at, asked.crv_days)
    roots = np.unique(edges.referrer)
    came = descent(edges, roots, asked.crv_depth)
    value = told.by_key('select person, value from "values"', "value")
    by_person = dict(zip(told.person.tolist(), value.tolist(), strict=True))
    friends = np.array([by_person.get(one, 0.0) for one in came.friend.tolist()])
    worth = referral_value(came, roots, friends, 0.0, asked).value
    key = dict(zip(told.person.tolist(), told.key.tolist(), strict=True))
    known = np.array([key.get(one, -1) in true for one in roots.tolist()])
    truth = np.array([true[key[one]] for one in roots[known].tolist()])
    count = np.bincount(np.searchsorted(roots, edges.referrer), minlength=len(roots))
    mine = float(spearmanr(worth[known], truth).statistic)
    plain = float(spearmanr(count[known] * value.mean(), truth).statistic)
    return [
        Row("Referral value: rank correlation with the truth", number(mine),
            f"{number(plain)} (friends times mean value)", "no less", mine >= plain,
            f"{of}, {known.sum():,} referrers"),
    ]  # fmt: skip
