"""Hypothesis strategies for shops and policies, with awkward ones first in mind."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from thang.policy.schema import Policy

from .by_hand import default_policy
from .dice import Drawn
from .ladder import Verdict, judge
from .policies import random_policy
from .shops import Told, random_shop


class Case(NamedTuple):
    """A policy and a shop under it."""

    policy: Policy
    told: Told

    def judged(self, as_of: int | None = None) -> dict[int, Verdict]:
        """What the judge says, at the shop's `as_of` or an earlier one."""
        told = self.told
        return judge(
            told.rows,
            told.marks,
            self.policy,
            told.settings,
            told.bars,
            as_of=told.as_of if as_of is None else as_of,
        )


@st.composite
def policies(draw: Any) -> Policy:
    """The default policy, bent."""
    return random_policy(Drawn(draw))


@st.composite
def shops(draw: Any, policy: Policy | None = None, people: int = 4) -> Told:
    """A shop of at most so many people."""
    dice = Drawn(draw)
    return random_shop(dice, dice.randint(1, people), policy, most_deeds=14)


@st.composite
def cases(draw: Any, people: int = 4) -> Case:
    """A shop under the default policy, or under a bent one."""
    policy = draw(st.one_of(st.just(default_policy()), policies()))
    return Case(policy, draw(shops(policy, people)))
