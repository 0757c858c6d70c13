"""What differs between two policies, key by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thang.policy.effective import effective
from thang.policy.schema import Policy


@dataclass(frozen=True, slots=True)
class Change:
    """One key, and what it says before and after; None: it is not there."""

    key: str
    before: Any
    after: Any


def diff(a: Policy, b: Policy) -> list[Change]:
    """The changes that turn one policy into the other, in the order of their keys in the policy."""
    before, after = _flat(a), _flat(b)
    return [
        Change(key, before.get(key), after.get(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    ]


def _flat(policy: Policy) -> dict[str, Any]:
    data = effective(policy)
    rungs = data.pop("levels")
    by_key = {level.pop("key"): level for level in rungs}
    flat: dict[str, Any] = {"levels": list(by_key)}
    _gather({**data, "levels": by_key}, "", flat)
    return flat


def _gather(data: dict[str, Any], path: str, flat: dict[str, Any]) -> None:
    for key, value in data.items():
        at = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            _gather(value, at, flat)
        else:
            flat[at] = sorted(value) if isinstance(value, list) else value
