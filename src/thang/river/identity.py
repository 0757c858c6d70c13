"""Who is one person: identifiers that were named together, unless too many share one.

A person is a connected set of identifiers, and is numbered by the smallest of them, so
that the oldest number stays when two turn out to be one.
"""

from __future__ import annotations

import numpy as np

from thang.river.tables import Int64


def resolve(ids: Int64, namespaces: Int64, links: Int64, most: int = 20) -> Int64:
    """The person's number for each of `ids` (distinct; `namespaces` in the same order).

    `links` has two columns of ids. An identifier that was linked to more than `most` others
    of one namespace (a shop's own phone, a shipper's) joins nobody and is a person alone.
    Exact for any set of ids that holds both ends of every link given.
    """
    order = np.argsort(ids)
    known = ids[order]
    ends = _places(known, links)
    joins = np.ones(len(ids), dtype=np.bool_)
    joins[shared(namespaces[order], ends, most)] = False
    ends = ends[joins[ends].all(axis=1)]
    people = np.empty(len(ids), dtype=np.int64)
    people[order] = known[_smallest(len(ids), ends)]
    return people


def shared(namespaces: Int64, ends: Int64, most: int) -> Int64:
    """The places (in `namespaces`) linked to more than `most` different others of one namespace."""
    apart = ends[ends[:, 0] != ends[:, 1]]
    both = np.concatenate([apart, apart[:, ::-1]])
    often = np.bincount(both[:, 0], minlength=len(namespaces)) > most
    both = both[often[both[:, 0]]]  # few are named often, and only they can be shared
    one, other = np.divmod(np.unique(both[:, 0] * len(namespaces) + both[:, 1]), len(namespaces))
    # Namespaces are numbered from the front here, so that place and namespace fit one number.
    _, space = np.unique(namespaces, return_inverse=True)
    spaces = int(space.max(initial=0)) + 1
    seen, many = np.unique(one * spaces + space[other], return_counts=True)
    return np.unique(seen[many > most] // spaces)


def _places(known: Int64, links: Int64) -> Int64:
    places = np.searchsorted(known, links)
    there = places < len(known)
    if not (there.all() and (known[places] == links).all()):
        raise ValueError("a link names an identifier that is not among the ids")
    return places


def _smallest(count: int, ends: Int64) -> Int64:
    """The smallest place of each place's component: roots hook onto smaller roots, until none can.

    Every root with a neighbour either hooks or is hooked onto, so the rounds are few.
    """
    root = np.arange(count, dtype=np.int64)
    while len(ends):
        tops = root[ends]
        ends = ends[tops[:, 0] != tops[:, 1]]
        low, high = root[ends].min(axis=1, initial=count), root[ends].max(axis=1, initial=0)
        root[high] = low  # of several smaller roots any will do
        root = _flattened(root)
    return root


def _flattened(root: Int64) -> Int64:
    while True:
        above = root[root]
        if np.array_equal(above, root):
            return root
        root = above
