"""Who is met and who is held out: by a hash, so that the lot can be drawn again and is the same.

People whom something binds together (a household, a chain of referrals) draw one lot, since what
is done to one reaches the others. A share stays untouched by everything (the global holdout), by
the size of the shop and anew each year; of the others each strategy holds out half until it is
decided for the first time, and less and less after, never nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from thang.river.lifetime.rows import Bool, Float64
from thang.river.tables import Int64

TREATED, HELD, GLOBAL = "treated", "held", "global"
SIZES = ((1_000, 0.0), (10_000, 0.20), (50_000, 0.10))  # customers up to, share held from all
LARGEST = 0.05
FIRST, SHRINKS, LEAST = 0.5, 0.7, 0.05  # of a strategy's own holdout
SCALE = float(1 << 64)


@dataclass(frozen=True, slots=True)
class Lot:
    """What the lots of a shop are drawn with: its secret salt, the year, how many customers."""

    salt: str
    year: int
    customers: int


def global_share(customers: int) -> float:
    """How many stay untouched by everything: nobody in a small shop, where each counts."""
    return next((share for most, share in SIZES if customers < most), LARGEST)


def own_share(decided: int) -> float:
    """How many a strategy holds out after so many decisions on it."""
    return max(LEAST, FIRST * SHRINKS**decided)


def drawn(salt: str, what: str, cluster: Int64) -> Float64:
    """A number from 0 to 1 for each cluster: even, and without relation between two `what`."""
    key = hashlib.blake2b(salt.encode(), digest_size=16).digest()
    unique, back = np.unique(cluster, return_inverse=True)
    found = [
        int.from_bytes(
            hashlib.blake2b(f"{what}:{one}".encode(), key=key, digest_size=8).digest(), "big"
        )
        for one in unique.tolist()
    ]
    return (np.array(found, np.float64) / SCALE)[back]


def held_from_all(lot: Lot, cluster: Int64) -> Bool:
    """Who is in this year's global holdout."""
    found: Bool = drawn(lot.salt, f"global:{lot.year}", cluster) < global_share(lot.customers)
    return found


def arms(lot: Lot, strategy: str, decided: int, cluster: Int64) -> Sequence[str]:
    """The arm of each in a strategy. Whoever was treated stays so as the holdout shrinks."""
    held = drawn(lot.salt, f"strategy:{strategy}", cluster) < own_share(decided)
    out = held_from_all(lot, cluster)
    return [
        GLOBAL if none else HELD if lost else TREATED
        for none, lost in zip(out.tolist(), held.tolist(), strict=True)
    ]


def clusters(person: Int64, bound: Sequence[tuple[int, int]]) -> Int64:
    """The least number of everybody whom a person is bound to, themself included.

    `person`: sorted, once each; `bound`: pairs of people, of one household or of a referral.
    """
    place = {int(one): i for i, one in enumerate(person.tolist())} if bound else {}
    pairs = [(place[a], place[b]) for a, b in bound if a in place and b in place]
    if not pairs:
        return person
    a, b = np.array(pairs).T
    shape = (len(person), len(person))
    joined = coo_array((np.ones(len(a), np.int8), (a, b)), shape=shape)
    _, part = connected_components(joined, directed=False)
    # People are sorted, so the first of a part is its least.
    _, first = np.unique(part, return_index=True)
    found: Int64 = person[first[part]]
    return found
