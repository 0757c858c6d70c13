"""The vocabulary of facts: every name that a trigger, a success or an `only_if` may speak of.

A fact is a number about a person or about the shop, now. A flag is 1 or 0; what is not known is
no number at all, and no comparison with it is true. This is data: who computes them reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from thang.policy.playbook.fact import COUNTED, FROM_EVENTS, PERSON, SHOP, Fact, What
from thang.policy.playbook.happenings import HAPPENINGS
from thang.policy.playbook.standings import STANDINGS

__all__ = ["COUNTED", "FACTS", "FROM_EVENTS", "PERSON", "SHOP", "Fact", "What"]

FACTS: Mapping[str, Fact] = MappingProxyType(
    {fact.name: fact for fact in (*HAPPENINGS, *STANDINGS)}
)
