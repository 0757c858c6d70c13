"""The five groups against true memberships: order, precision at the top, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.baselines import grouped
from evaluation.metrics import Floats, auc, calibration_error, precision_at
from evaluation.report import Row, number, share
from evaluation.shops import Told
from thang.model import DAY
from thang.policy.aims import GROUPS

TOP = 100
CALIBRATED = 0.05
# Why a group may miss what is asked.
REASONS = {
    "forgiving": "What can be seen, an order soon after a failure, is rarer than forgiving is: who "
    "forgives may still not need anything just then. Scores are too low by that, in order of "
    "people less than in size.",
    "viral": "Reach may lift what is expected of somebody three times at most; of these people it "
    "foretells more.",
    "profitable": "The score is the geometric mean of two chances, as both must hold, and so no "
    "chance itself: it orders people, and is too high as a share.",
    "valuable": "The border is drawn among buyers still likely there, the truth among those who "
    "are.",
    "willing": "Few chances to try are on record of most people.",
}


def rows(told: Told, of: str) -> list[Row]:
    """Three rows a group, of buyers."""
    true = {v.key: v.groups for v in told.truth.values if abs(v.at - told.at) < DAY}
    here = np.array([int(key) in true for key in told.key])
    features = np.column_stack([*_counts(told).values()])[here]
    found = []
    for group in GROUPS:
        truth = np.array([group in true[int(key)] for key in told.key[here]])
        score = told.by_key(f"select person, {group} from scores", group)[here]
        others = {name: values[here] for name, values in _baselines(told, group).items()}
        others["k-means"] = _clustered(features, truth)
        found += _rows(group, score, truth, others, f"{of}, {truth.sum():,} of {here.sum():,}")
    return found


def _rows(
    group: str, score: Floats, truth: Floats, others: dict[str, Floats], of: str
) -> list[Row]:
    areas = {name: auc(values, truth) for name, values in others.items()}
    tops = {name: precision_at(values, truth, TOP) for name, values in others.items()}
    best, most = max(areas, key=lambda n: areas[n]), max(tops, key=lambda n: tops[n])
    mine, top = auc(score, truth), precision_at(score, truth, TOP)
    error = calibration_error(score, truth)
    name = group.capitalize()
    return [
        Row(f"{name}: AUC", number(mine), f"{number(areas[best])} ({best})", "no less",
            mine >= areas[best], of, reason=REASONS[group]),
        Row(f"{name}: precision among the top {TOP}", number(top),
            f"{number(tops[most])} ({most})", "no less", top >= tops[most], of,
            reason=REASONS[group]),
        Row(f"{name}: calibration error", number(error), "", "at most 0.05", error <= CALIBRATED,
            of, reason=REASONS[group]),
    ]  # fmt: skip


def _counts(told: Told) -> dict[str, Floats]:
    names = ("try_n", "try_k", "retry_n", "retry_k", "chances", "forgiven", "referrals", "clicks",
             "shares", "revenue", "goods", "minutes")  # fmt: skip
    return {name: told.by_key(f"select person, {name} from tallies", name) for name in names}


def _baselines(told: Told, group: str) -> dict[str, Floats]:
    """What a shop would sort by."""
    of = _counts(told)
    n, k = of["try_n"] + of["retry_n"], of["try_k"] + of["retry_k"]
    match group:
        case "willing":
            return {"raw ratio": _ratio(k, n), "count": k}
        case "forgiving":
            return {"raw ratio": _ratio(of["forgiven"], of["chances"]), "count": of["forgiven"]}
        case "viral":
            return {"referrals": of["referrals"], "reach": of["clicks"] + of["shares"]}
        case "valuable":
            return {"revenue": of["revenue"]}
    return {"gross margin": of["revenue"] - of["goods"], "revenue": of["revenue"]}


def _ratio(k: Floats, n: Floats) -> Floats:
    return np.where(n > 0, k / np.maximum(n, 1e-9), 0.0)


def _clustered(features: Floats, truth: Floats) -> Floats:
    """Clusters as scores: each person has the share of true ones in their cluster, at its best."""
    label = grouped(np.log1p(np.maximum(features, 0)))
    return np.array([truth[label == one].mean() for one in range(label.max() + 1)])[label]


@dataclass(frozen=True)
class Tiny:
    """One tiny shop: pairs of person and group, those said to be unknown, labels, false ones."""

    pairs: int
    silent: int
    labels: int
    wrong: int


def one_tiny(told: Told) -> Tiny:
    """What is said of a hundred people."""
    true = {v.key: v.groups for v in told.truth.values if abs(v.at - told.at) < DAY}
    bits = told.by_key("select person, enough from scores", "enough").astype(np.int64)
    inside = told.by_key("select person, members from scores", "members").astype(np.int64)
    places = np.arange(len(GROUPS))
    enough, member = (column[:, None] >> places & 1 == 1 for column in (bits, inside))
    truth = np.array([[group in true.get(int(key), ()) for group in GROUPS] for key in told.key])
    return Tiny(enough.size, int((~enough).sum()), int(member.sum()), int((member & ~truth).sum()))


def tiny(shops: list[Tiny], of: str) -> list[Row]:
    """In a shop of a hundred people most is not known, and is said to be so."""
    pairs, silent, labels, wrong = (
        sum(getattr(shop, name) for shop in shops)
        for name in ("pairs", "silent", "labels", "wrong")
    )
    said = silent / max(pairs, 1)
    return [
        Row("Tiny shop: person and group said to be not enough data", share(said), "",
            "at least 80 %", said >= 0.8, of,
            f"{labels} labels given in {pairs:,} pairs, {wrong} of them false.",
            "The policy's least evidence (two chances, one order, one outward act) is reached by "
            "more people than that; false labels are what is left of chance at a score of 0.6."),
    ]  # fmt: skip
