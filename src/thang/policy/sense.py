"""Whether a policy's parts agree with each other: names that must exist, ranges, units, clocks."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, available_timezones

from thang.policy.draft import Draft
from thang.policy.expressions import names_in
from thang.policy.ladder import rules
from thang.policy.nearest import hint
from thang.policy.schema import Measure, Policy, Quantity
from thang.policy.units import mixed

# Pairs of keys of which the first is never above the second.
ASCENDING = (
    ("window.min_days", "window.max_days"),
    ("bars.premier.min_n_auto", "bars.premier.full_n"),
    ("activity.active", "activity.at_risk"),
    ("activity.at_risk", "activity.dormant"),
    ("sending.from_hour", "sending.to_hour"),
    ("sending.call_from_hour", "sending.call_to_hour"),
)


def sensible(policy: Policy, draft: Draft) -> None:
    """Refuse a policy whose parts contradict each other, by line and with the cure."""
    _zone(policy, draft)
    _ascending(policy, draft)
    _schemes(policy, draft)
    _bars(policy, draft)
    _levels_of_programmes(policy, draft)
    for path, rule in rules(policy).items():
        fault = mixed(rule, policy.quantities)
        if fault:
            raise draft.wrong(path, fault, *(f"quantities.{name}" for name in names_in(rule)))


def _zone(policy: Policy, draft: Draft) -> None:
    try:
        ZoneInfo(policy.shop.tz)
    except (ValueError, OSError, KeyError):
        near = hint(policy.shop.tz, available_timezones())
        raise draft.wrong(
            "shop.tz",
            f"there is no time zone {policy.shop.tz}{near}; write one such as Asia/Ho_Chi_Minh",
        ) from None


def _ascending(policy: Policy, draft: Draft) -> None:
    numbers = {
        "window": policy.window, "bars.premier": policy.bars.premier,
        "activity": policy.activity, "sending": policy.sending,
    }  # fmt: skip
    for low, high in ASCENDING:
        section, _, key = low.rpartition(".")
        other = high.rpartition(".")[2]
        if getattr(numbers[section], key) > getattr(numbers[section], other):
            raise draft.wrong(low, f"{key} is above {other}; raise {other} or lower {key}", high)


def _schemes(policy: Policy, draft: Draft) -> None:
    for quantity in policy.quantities.values():
        path, scheme = f"quantities.{quantity.name}.{quantity.measure}", quantity.scheme
        if quantity.measure in (Measure.BAR, Measure.SETTING) or not scheme:
            continue
        if scheme not in policy.schemes:
            near = hint(scheme, policy.schemes)
            raise draft.missing(
                f"points.{scheme}", path, f"there is no points scheme {scheme}{near}"
            )
        acts = policy.schemes[scheme]
        if not any(act.outward or not quantity.outward for act in acts):
            raise draft.wrong(
                path, f"no line of the scheme {scheme} earns these; add one", f"points.{scheme}"
            )


def _bars(policy: Policy, draft: Draft) -> None:
    entered = [level.key for level in policy.levels if level.enter is not None]
    member = policy.bars.member_level
    if member not in entered:
        raise draft.missing(
            f"levels.{member}",
            "bars.member_level",
            f"there is no level {member} with an entry rule{hint(member, entered)}",
        )
    for level in policy.levels:
        if level.own_bar is not None:
            _own_bar(level.own_bar, f"levels.{level.key}.own_bar", policy, draft)
    remembering = {f"levels.{level.key}.keep" for level in policy.levels if level.own_bar}
    for path, rule in rules(policy).items():
        own = _of(policy, names_in(rule), Measure.OWN_BAR)
        if own and path not in remembering:
            raise draft.wrong(
                path,
                f"{own[0].name} is known only to the keep rule of a level with own_bar; write the "
                "bar itself, such as premier_bar",
                path.rpartition(".")[0],
            )


def _levels_of_programmes(policy: Policy, draft: Draft) -> None:
    """Whoever drops a level need not drop its privileges; who writes some must name a level."""
    keys = [level.key for level in policy.levels]
    programmes = policy.programmes
    named = {f"programmes.privileges.{key}": key for key in programmes.privileges}
    named |= {f"programmes.points.times.{key}": key for key in programmes.points.times}
    for path, key in named.items():
        if key not in keys and draft.spot(path).file == draft.root.spot.file:
            raise draft.wrong(path, f"there is no level {key}{hint(key, keys)}")


def _own_bar(name: str, path: str, policy: Policy, draft: Draft) -> None:
    bars = [q.name for q in _of(policy, policy.quantities, Measure.BAR)]
    if name not in bars:
        raise draft.missing(
            f"quantities.{name}", path, f"there is no bar quantity {name}{hint(name, bars)}"
        )


def _of(policy: Policy, names: Iterable[str], measure: Measure) -> list[Quantity]:
    found = (policy.quantities[name] for name in sorted(names))
    return [quantity for quantity in found if quantity.measure is measure]
