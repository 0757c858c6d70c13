"""The explanation of one person, told for a page: each reason with its words and its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from thang.model import SECOND
from thang.policy.schema import Policy
from thang.river.bars import minor_units
from thang.web.words.kinds import kind_message
from thang.web.words.quantities import said


@dataclass(frozen=True, slots=True)
class Act:
    """One of the acts behind a number; `amount` in minor units where it is money."""

    at: int
    message: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One comparison: money in minor units, times in days, counts as they are."""

    message: str
    unit: str
    within: int | None
    value: float | None
    op: str
    needs: float | None
    ok: bool
    acts: tuple[Act, ...] = ()

    @property
    def lacking(self) -> float | None:
        """How much more is needed, where more is what is needed."""
        if self.ok or self.op not in (">=", ">") or self.value is None or self.needs is None:
            return None
        return self.needs - self.value


@dataclass(frozen=True, slots=True)
class Fall:
    """What will happen if the person does nothing."""

    at: int
    to: str
    unless: tuple[ReasonLine, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a person stands where they stand; instants in microseconds, levels by their keys."""

    level: str
    observed: str
    since: int
    at: int
    activity: str
    facets: tuple[str, ...]
    why: tuple[ReasonLine, ...]
    asked_from: int | None
    failures: int
    above: str
    missing: tuple[ReasonLine, ...]
    fall: Fall | None


def evidence(found: Mapping[str, Any], policy: Policy, window_days: int) -> Evidence:
    """The explanation in the shape of `Workspace.explain`, with the words for its numbers."""

    def lines(reasons: Any) -> tuple[ReasonLine, ...]:
        return tuple(reason_line(reason, policy, window_days) for reason in reasons)

    hold, step, fall = found["hold"] or {}, found["next"] or {}, found["demotion"]
    return Evidence(
        level=found["level"],
        observed=found["observed_level"],
        since=instant_of(found["since"]),
        at=instant_of(found["at"]),
        activity=found["activity"],
        facets=tuple(found["facets"]),
        why=lines(found["why"]),
        asked_from=instant_of(hold["asked_from"]) if hold else None,
        failures=hold.get("failures", 0),
        above=step.get("level", ""),
        missing=lines(step.get("missing", ())),
        fall=Fall(instant_of(fall["at"]), fall["to"], lines(fall["unless"])) if fall else None,
    )


def instant_of(text: str) -> int:
    """Microseconds since 1970 of an ISO instant."""
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


def reason_line(reason: Mapping[str, Any], policy: Policy, window_days: int) -> ReasonLine:
    """One reason as `Workspace.explain` tells it, with its words; money in minor units."""
    words = said(policy.quantities[reason["quantity"]], window_days)
    minor = minor_units(policy.shop.currency) if words.unit == "money" else 1
    return ReasonLine(
        message=words.message,
        unit=words.unit,
        within=words.within,
        value=_times(reason["value"], minor),
        op=reason["needs"]["op"],
        needs=_times(reason["needs"]["value"], minor),
        ok=reason["ok"],
        acts=tuple(_act(act) for act in reason.get("events", ())),
    )


def _times(value: float | None, minor: int) -> float | None:
    return None if value is None else value * minor


def _act(act: Mapping[str, Any]) -> Act:
    at = instant_of(act.get("placed") or act["at"])
    kind = "order_completed" if "placed" in act else act["kind"]
    return Act(at, kind_message(kind), act.get("amount"))
