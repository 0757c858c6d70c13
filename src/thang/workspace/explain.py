"""One person: on which rung, why, what is missing for the next, what takes it away, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pyarrow as pa

from thang.engines.duckdb import Projection
from thang.engines.steps import Run, added_of, column, fold_step, line_of
from thang.model import DAY, WrongInput
from thang.policy.schema import Expr, Level, Measure, Policy
from thang.river.bars import minor_units
from thang.river.compiling import slot_names, slot_scales
from thang.river.program import NONE_FALSE
from thang.river.reasons import Reason, Value, reasons
from thang.river.rungs import enter_rule, keep_rule, names_in, simplified
from thang.river.tables import CAUSES
from thang.workspace.counted import counted_acts
from thang.workspace.ladder import shown

AHEAD = 800 * DAY  # how far a demotion is looked for: beyond the longest window and hold


@dataclass(frozen=True)
class Standing:
    """A person's row as the fold left it at one instant, with their history so far."""

    person: int
    at: int
    row: dict[str, Any]
    history: list[dict[str, Any]]


def standing(projection: Projection, run: Run, person: int) -> Standing:
    """Fold one person to the run's `as_of`; the same rows that `classify` stores."""
    events = projection.of(pa.table({"person": [person]}))
    if not events.num_rows:
        raise WrongInput("This person has no events: nothing is known of them yet.")
    if run.as_of < column(events, "at")[0]:
        raise WrongInput("This person was not known yet on that date: give a later one.")
    moved, placed = fold_step(events, run, added_of(projection.referral_rows(person)))
    return Standing(person, run.as_of, placed.to_pylist()[0], moved.to_pylist())


def explain(projection: Projection, run: Run, person: int, ref: str) -> dict[str, Any]:
    """The explanation of one person, in the shape that `thang explain --json` keeps."""
    here = standing(projection, run, person)
    policy, tz = run.policy, run.policy.shop.tz
    level = policy.levels[here.row["level"]]
    view = View(run, here)
    lines = line_of(
        projection.of(pa.table({"person": [person]})),
        run,
        added_of(projection.referral_rows(person)),
    )[0]
    return {
        "person": ref,
        "at": shown(run.as_of, tz),
        "level": level.key,
        "observed_level": policy.levels[here.row["observed"]].key,
        "since": shown(here.row["since"], tz),
        "facets": facets(policy, here.row["rungs"]),
        "activity": activity(policy, here.row, run.as_of),
        "why": [
            view.told(reason)
            | {"events": counted_acts(lines.rows, policy, run, reason.quantity, here.row["since"])}
            for reason in view.why(level)
        ],
        "hold": view.hold(here.row["level"]),
        "next": view.next_step(here.row["level"]),
        "demotion": demotion(projection, run, here),
        "history": [
            {
                "at": shown(move["at"], tz),
                "from": policy.levels[move["from_level"]].key if move["from_level"] >= 0 else None,
                "to": policy.levels[move["to_level"]].key,
                "cause": CAUSES[move["cause"]],
            }
            for move in here.history
        ],
    }


@dataclass(frozen=True)
class View:
    """The evidence vectors of one person, read as values of named quantities."""

    run: Run
    here: Standing

    def value(self, name: str, when: str) -> Value:
        """A quantity's value when the level was reached (`then`) or at the date (`now`)."""
        policy, settings = self.run.policy, self.run.settings
        quantity = policy.quantities[name]
        if quantity.measure is Measure.SETTING:
            return Fraction(int(getattr(settings, quantity.scheme or name)))
        raw = self.here.row[when][slot_names(policy, settings)[name]]
        if raw >= NONE_FALSE:
            return None
        return Fraction(raw, slot_scales(policy, settings)[name])

    def reasons_of(self, rule: Expr | None, when: str) -> list[Reason]:
        """The comparisons of a rule, by the values of then or now."""
        if rule is None:
            return []
        plain = simplified(rule, self.run.policy, self.run.settings)
        return reasons(plain, lambda name: self.value(name, when))[1]

    def why(self, level: Level) -> list[Reason]:
        """What placed the person: the entry rule, or, for a rung left over, that it is kept.

        That nothing blocks them is a silent condition (ruling 13).
        """
        policy = self.run.policy
        told = self.reasons_of(enter_rule(level.key, policy), "then")
        if level.keep is not None and not all(reason.ok for reason in told):
            told = self.reasons_of(keep_rule(level.key, policy), "then")
        silent = names_in(policy.blocked)
        return [reason for reason in told if not (reason.ok and reason.quantity in silent)]

    def hold(self, level: int) -> dict[str, Any] | None:
        """From when the rung is asked for at the monthly checks, and how often it failed since."""
        asked = self.here.row["asked_from"][level]
        if not asked:
            return None
        failures = self.here.row["fails"][level]
        return {"asked_from": shown(asked, self.run.policy.shop.tz), "failures": failures}

    def told(self, reason: Reason) -> dict[str, Any]:
        """A reason as it stands in JSON."""
        return {
            "quantity": reason.quantity,
            "value": self._figure(reason.quantity, reason.value),
            "needs": {"op": reason.op, "value": self._figure(reason.quantity, reason.needs)},
            "ok": reason.ok,
        }

    def _figure(self, name: str, value: Value) -> int | float | None:
        """Money in whole currency units, times in days, counts as they are."""
        if value is None:
            return None
        measure = self.run.policy.quantities[name].measure
        if (
            measure in (Measure.SPEND, Measure.SUM, Measure.BAR, Measure.OWN_BAR)
            and name != "buyers"
        ):
            value = value / minor_units(self.run.policy.shop.currency)
        elif measure in (Measure.SINCE_ORDER, Measure.GAP):
            value = value / DAY
        return int(value) if value.denominator == 1 else round(float(value), 4)

    def next_step(self, level: int) -> dict[str, Any] | None:
        """The rung right above, and each condition of it that is not met."""
        if level + 1 >= len(self.run.policy.levels):
            return None
        above = self.run.policy.levels[level + 1]
        told = self.reasons_of(enter_rule(above.key, self.run.policy), "now")
        return {
            "level": above.key,
            "missing": [self.told(reason) for reason in told if not reason.ok],
        }


def facets(policy: Policy, rungs: int) -> list[str]:
    """All rungs held or factual; whoever bought is no longer said to be a Shopper (ruling 29)."""
    held = [level for i, level in enumerate(policy.levels) if rungs >> i & 1]
    bought = any(level.fact is not None for level in held)
    return [x.key for x in held if not (bought and x.silence is not None)]


def activity(policy: Policy, row: dict[str, Any], at: int) -> str:
    """How alive a customer is, in gaps since the last counting order (ruling 28)."""
    if not row["orders"]:
        return "none"
    since, gap, ends = at - row["last_order"], row["gap"], policy.activity
    if row["orders"] == 1 and since < ends.new * gap:
        return "new"
    for name, end in (
        ("active", ends.active),
        ("at_risk", ends.at_risk),
        ("dormant", ends.dormant),
    ):
        if since < end * gap:
            return name
    return "lost"


def demotion(projection: Projection, run: Run, here: Standing) -> dict[str, Any] | None:
    """The first fall that will come if the person does nothing: the fold, looking ahead."""
    ahead = standing(projection, _as_of(run, run.as_of + AHEAD), here.person)
    falls = [
        move
        for move in ahead.history
        if move["at"] > here.at and move["to_level"] < move["from_level"]
    ]
    if not falls:
        return None
    policy, tz = run.policy, run.policy.shop.tz
    lost: Level = policy.levels[falls[0]["from_level"]]
    then = View(run, standing(projection, _as_of(run, falls[0]["at"] - 1), here.person))
    told = then.reasons_of(keep_rule(lost.key, policy), "now")
    return {
        "at": shown(falls[0]["at"], tz),
        "to": policy.levels[falls[0]["to_level"]].key,
        "unless": [then.told(reason) for reason in told if not reason.ok],
    }


def _as_of(run: Run, at: int) -> Run:
    """The run as of another instant; its policy is compiled already."""
    return replace(run, as_of=at, _made={"program": run.program})
