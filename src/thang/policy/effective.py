"""The whole effective policy as plain data, and the fingerprint of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from thang.policy.building import FOREVER
from thang.policy.expressions import to_text
from thang.policy.quantity_fields import FORMS
from thang.policy.schema import Act, Level, Policy, Quantity
from thang.policy.shapes import Just, Kinds
from thang.policy.where import where_data

Data = dict[str, Any]


def effective(policy: Policy) -> Data:
    """Every key of the policy as YAML would say it, defaults included: for diffs, docs and JSON."""
    return {
        "version": policy.version,
        "shop": _plain(asdict(policy.shop)),
        "window": _plain(asdict(policy.window)),
        "programme": policy.programme,
        "quantities": {name: _quantity(q) for name, q in policy.quantities.items()},
        "points": {
            name: {act.name: _act(act) for act in acts} for name, acts in policy.schemes.items()
        },
        "levels": [_level(level) for level in policy.levels],
        "blocked": {"while": to_text(policy.blocked), "ended_by": list(policy.blocked_by)},
        "referral": asdict(policy.referral),
        "bars": {
            "premier": _plain(asdict(policy.bars.premier)),
            "member_level": policy.bars.member_level,
            "unless": to_text(policy.bars.unless),
        },
        "activity": _plain(asdict(policy.activity)),
        **_said(_plain(asdict(policy.aims))),
        "sending": asdict(policy.sending),
        "programmes": _said(_plain(asdict(policy.programmes))),
    }


def fingerprint(policy: Policy) -> str:
    """Twelve hex digits that name what a policy says, however it is written down."""
    canonical = json.dumps(_sorted(effective(policy)), ensure_ascii=False, sort_keys=True)
    return blake2b(canonical.encode()).hexdigest()[:12]


def _sorted(data: Any) -> Any:
    """Kinds in a list stand in no order; the levels do."""
    if isinstance(data, dict):
        return {key: _sorted(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_sorted(x) for x in data] if _are_levels(data) else sorted(data)
    return data


def _are_levels(data: list[Any]) -> bool:
    return any(isinstance(item, dict) for item in data)


def _plain(data: Mapping[str, Any]) -> Data:
    return {
        key: _plain(value) if isinstance(value, Mapping) else _number(value)
        for key, value in data.items()
    }


def _said(data: Data) -> Data:
    """Without what is unknown, which a policy says by leaving it out."""
    return {
        key: _said(value) if isinstance(value, dict) else value
        for key, value in data.items()
        if value is not None
    }


def _number(value: Any) -> Any:
    """Fractions as whole numbers where they are; four decimal places survive a float exactly."""
    if not isinstance(value, Fraction):
        return value
    return value.numerator if value.denominator == 1 else float(value)


def _quantity(quantity: Quantity) -> Data:
    form = dict(FORMS)[quantity.measure]
    found: Data = {quantity.measure.value: _what(quantity)}
    extra: Data = {
        "within": FOREVER if quantity.within is None else quantity.within,
        "of": quantity.of_months,
        "outward": quantity.outward,
        "close": list(quantity.closes),
        "by": quantity.by,
        "where": where_data(quantity.where),
        "close_where": where_data(quantity.close_where),
    }
    return found | {key: extra[key] for key in form.keys if key in extra and extra[key] != {}}


def _what(quantity: Quantity) -> Any:
    shape = dict(FORMS)[quantity.measure].fields[0].shape
    if isinstance(shape, Just):
        return True
    if isinstance(shape, Kinds) or all(weight == 1 for _, weight in quantity.kinds):
        return [kind for kind, _ in quantity.kinds] or quantity.scheme
    return {kind: _number(weight) for kind, weight in quantity.kinds}


def _act(act: Act) -> Data:
    found: Data = {
        "kinds": list(act.kinds),
        "points": _number(act.points),
        "cap": act.cap,
        "per_days": act.per_days,
        "once_per_ref": act.once_per_ref,
        "outward": act.outward,
        "where": where_data(act.where),
    }
    return {key: value for key, value in found.items() if value not in (None, {})}


def _level(level: Level) -> Data:
    found: Data = {"key": level.key, "name": dict(level.names)}
    for word, rule in (("fact", level.fact), ("enter", level.enter), ("keep", level.keep)):
        if rule is not None:
            found[word] = to_text(rule)
    if level.silence is not None:
        found["silence"] = {"days": level.silence.days, "acts": list(level.silence.acts)}
    if level.keep is not None:
        found |= {"hold_months": level.hold_months, "grace": level.grace}
        found |= {"own_bar": level.own_bar} if level.own_bar else {}
        found["ended_by"] = list(level.ended_by)
    return found
