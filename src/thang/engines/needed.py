"""Which kinds of events the bars are counted from: far fewer than a shop hears of."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from thang.engines.columns import BUYERS, EVENTS
from thang.engines.steps import Run, census_step, column
from thang.policy.schema import Always, Expr, Policy, Quantity
from thang.river.events import CODES, ORDER_KINDS
from thang.river.rungs import names_in, simplified


def census_kinds(run: Run) -> tuple[int, ...] | None:
    """Codes of the kinds that a census must see; None: of everybody's first event, so all.

    Orders, and what Member's entry rule and the bars' exceptions name.
    """
    if _counts_whoever_did_nothing(run):
        return None
    policy = run.policy
    member = [x.enter for x in policy.levels if x.key == policy.bars.member_level and x.enter]
    kinds = set(ORDER_KINDS)
    for rule in [*member, policy.bars.unless]:
        kinds |= _kinds_of(rule, run)
    known = dict(CODES) | dict(run.kinds)
    return tuple(sorted(known[kind] for kind in kinds if kind in known))


def _kinds_of(rule: Expr, run: Run) -> set[str]:
    plain = simplified(rule, run.policy, run.settings)
    named = [] if isinstance(plain, Always) else sorted(names_in(plain))
    return {kind for name in named for kind in _fed_by(run.policy.quantities[name], run.policy)}


def _fed_by(quantity: Quantity, policy: Policy) -> set[str]:
    acts = policy.schemes.get(quantity.scheme, ())
    fed = {kind for kind, _ in quantity.kinds} | set(quantity.closes)
    return fed.union(*(act.kinds for act in acts))


def _counts_whoever_did_nothing(run: Run) -> bool:
    """Whether somebody of whom nothing that counts is known would be counted as a Member."""
    unheard = {name: [0] for name in EVENTS.names} | {"person": [1], "at": [run.first]}
    alone = replace(run, quarters=(run.first + 1,), _made=run._made)
    found = census_step(pa.table(unheard, schema=EVENTS), alone)
    return bool((column(found, "what") == BUYERS).any())
