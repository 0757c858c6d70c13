"""Two policies' ladders side by side."""

from __future__ import annotations

from thang.policy.schema import Policy


def both_ladders(before: Policy, after: Policy) -> list[str]:
    """The keys of two ladders as one: what is dropped stands right above what it stood above."""
    order = [level.key for level in after.levels]
    below = ""
    for key in (level.key for level in before.levels):
        if key not in order:
            order.insert(order.index(below) + 1 if below else 0, key)
        below = key
    return order
