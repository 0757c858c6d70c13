"""The generators themselves: repeatable, and awkward enough to reach every rung and cause."""

from __future__ import annotations

import random

from .by_hand import default_policy
from .policies import random_policy
from .shops import random_shop
from .strategies import Case


def test_the_same_seed_gives_the_same_shop_and_policy() -> None:
    twice = [(random_policy(r), random_shop(r, 6)) for r in (random.Random(7), random.Random(7))]
    assert twice[0] == twice[1]
    assert random_shop(random.Random(8), 6) != twice[0][1]


def test_invented_shops_reach_every_rung_and_every_cause() -> None:
    reached, causes = set(), set()
    for seed in range(6):
        case = Case(default_policy(), random_shop(random.Random(seed), 60))
        for verdict in case.judged().values():
            reached |= {to for _, _, to, _ in verdict.transitions}
            causes |= {cause for *_, cause in verdict.transitions}
    assert reached == set(range(7))
    assert causes == {"event", "check", "due"}


def test_bent_policies_differ_in_their_fingerprints() -> None:
    rng = random.Random(1)
    policies = [random_policy(rng) for _ in range(30)]
    assert len({policy.fingerprint for policy in policies}) == 30
    assert any(len(policy.levels) < 7 for policy in policies)
