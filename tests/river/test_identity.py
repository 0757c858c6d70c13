"""Who is one person, against a judge that walks from neighbour to neighbour by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.river.identity import resolve

Link = tuple[int, int]


def judge(spaces: dict[int, int], links: list[Link], most: int) -> dict[int, int]:
    beside: dict[int, set[int]] = {i: set() for i in spaces}
    for a, b in links:
        if a != b:
            beside[a].add(b)
            beside[b].add(a)
    alone = {
        i
        for i, others in beside.items()
        if any(sum(spaces[o] == space for o in others) > most for space in spaces.values())
    }
    person: dict[int, int] = {}
    for start in sorted(spaces):
        waiting = [start]
        while waiting:
            i = waiting.pop()
            if i not in person:
                person[i] = start
                waiting += [] if i in alone else [o for o in beside[i] if o not in alone]
    return person


@st.composite
def shops(draw: st.DrawFn) -> tuple[dict[int, int], list[Link]]:
    ids = draw(st.lists(st.integers(1, 10**12), min_size=1, max_size=30, unique=True))
    spaces = {i: draw(st.integers(-5, 3)) for i in ids}
    ends = st.sampled_from(ids)
    return spaces, draw(st.lists(st.tuples(ends, ends), max_size=60))


def resolved(spaces: dict[int, int], links: list[Link], most: int) -> dict[int, int]:
    ids = np.array(list(spaces), dtype=np.int64)
    namespaces = np.array(list(spaces.values()), dtype=np.int64)
    pairs = np.array(links, dtype=np.int64).reshape(-1, 2)
    return dict(zip(ids.tolist(), resolve(ids, namespaces, pairs, most).tolist(), strict=True))


@given(shop=shops(), most=st.integers(0, 6))
def test_as_the_judge_says(shop: tuple[dict[int, int], list[Link]], most: int) -> None:
    assert resolved(*shop, most) == judge(*shop, most)


@given(shop=shops(), most=st.integers(1, 6), dice=st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(
    shop: tuple[dict[int, int], list[Link]], most: int, dice: object
) -> None:
    spaces, links = shop
    turned = [(b, a) for a, b in links] + links
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert resolved(spaces, turned, most) == resolved(spaces, links, most)


@given(shop=shops(), link=st.tuples(st.integers(0, 29), st.integers(0, 29)))
def test_a_link_makes_two_people_one_and_leaves_the_others(
    shop: tuple[dict[int, int], list[Link]], link: Link
) -> None:
    spaces, links = shop
    ids = sorted(spaces)
    a, b = (ids[end % len(ids)] for end in link)
    before, after = resolved(spaces, links, 99), resolved(spaces, [*links, (a, b)], 99)
    both = {before[a], before[b]}
    expected = {i: min(both) if person in both else person for i, person in before.items()}
    assert after == expected


@pytest.mark.parametrize(("customers", "joined"), [(20, True), (21, False)])
def test_a_phone_of_more_than_twenty_customers_joins_nobody(customers: int, joined: bool) -> None:
    phone = 100
    spaces = dict.fromkeys(range(1, customers + 1), 1) | {phone: 2}
    people = resolved(spaces, [(n, phone) for n in range(1, customers + 1)], 20)
    assert set(people.values()) == ({1} if joined else set(spaces))


def test_a_long_chain_is_one_person_and_its_oldest_number_stays() -> None:
    ids = list(range(5000, 0, -1))
    links = list(pairwise(ids))
    assert set(resolved(dict.fromkeys(ids, 1), links, 20).values()) == {1}


def test_nobody_is_nobody() -> None:
    none = np.array([], dtype=np.int64)
    assert resolve(none, none, none.reshape(0, 2)).tolist() == []


def test_a_link_to_an_unknown_identifier_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not among the ids"):
        resolved({1: 1}, [(1, 2)], 20)
