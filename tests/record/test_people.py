"""Whom events name: identifiers, what joins them, and what the vault knows of them."""

from __future__ import annotations

import sqlite3
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from record.told import NOON, customer, one, order, phone, shop
from thang.model import Event, Identifier, Unavailable
from thang.record.folder import VAULT_FILE, opened
from thang.record.tables import fields
from thang.river.identity import resolve


def device(number: int) -> Identifier:
    return Identifier("device", f"may-{number}")


def test_identifiers_named_together_are_linked_once() -> None:
    told = [
        order(1, customer(1), phone(1), customer(1)),
        order(2, phone(1), customer(1)),
        order(3, customer(2), other=(customer(3), phone(3))),
        order(4, customer(4), marks=(device(1), device(2))),
    ]
    with shop() as record:
        record.append("a", "till", map(one, told))
        record.append("b", "till", [one(order(5, customer(1), phone(1)))])

        def number(who: Identifier) -> int | None:
            return record.find(who.namespace, who.value)

        pairs = {frozenset(pair) for pair in record.links().tolist()}
        assert pairs == {
            frozenset([number(customer(1)), number(phone(1))]),
            frozenset([number(customer(3)), number(phone(3))]),
        }
        assert len(record.links()) == 2
        assert number(device(1)) is None


def test_marks_are_noted_and_join_nobody() -> None:
    with shop() as record:
        told = [
            order(1, customer(1), marks=(device(1),)),
            order(2, customer(2), marks=(device(1),)),
        ]
        record.append("a", "till", map(one, [*told, order(3, customer(1), marks=(device(1),))]))
        marks = record.marks()
        assert len(record.links()) == 0
    assert len(marks) == 2
    assert marks[0, 1] == marks[1, 1] > 0


def test_people_come_out_of_the_record_as_river_resolves_them() -> None:
    told = [
        order(1, customer(1), phone(1)),
        order(2, customer(2), phone(2)),
        order(3, customer(3), phone(1)),
    ]
    with shop() as record:
        record.append("a", "till", map(one, told))
        ids = record.identifiers()
        people = dict(zip(ids[:, 0], resolve(ids[:, 0], ids[:, 1], record.links()), strict=True))

        def person(who: Identifier) -> np.int64:
            return people[record.find(who.namespace, who.value)]

        assert person(customer(3)) == person(customer(1)) == record.find("customer", "KH-1")
        assert person(customer(2)) == person(phone(2)) != person(customer(1))


def test_somebody_is_found_by_reference_or_by_any_value() -> None:
    same = "0007"
    with shop() as record:
        told = Event("till", "page", NOON, (Identifier("customer", same), Identifier("web", same)))
        record.append("a", "till", [one(told)])
        assert len(record.find_any(same)) == 2
        assert record.find_any(record.refs.ref_of(2)) == [2]
        assert record.find_any("nobody") == record.find_any("p_nobody") == []
        assert record.find("phone", same) is None


def test_a_hash_tells_namespace_from_value() -> None:
    with shop() as record:
        told = [Identifier("a", "b:c"), Identifier("a:b", "c"), Identifier("", "a:b:c")]
        record.append("a", "till", [one(order(n, who)) for n, who in enumerate(told)])
        assert len(record.identifiers()) == 3


def test_the_vault_keeps_values_and_personal_fields() -> None:
    named = {"name": "Nguyễn Thị Thử", "address": "1 Phố Không Có", "empty": ""}
    with shop() as record:
        record.append("a", "till", [one(order(1, customer(1), phone(1), personal=named))])
        held = record.personal(np.array([1, 2, 3]))
    assert held == {
        1: {"identifier": "KH-1", "name": "Nguyễn Thị Thử", "address": "1 Phố Không Có"},
        2: {"identifier": phone(1).value},
    }


@pytest.mark.parametrize("places", list(permutations(range(3))))
def test_the_latest_value_wins_in_whatever_order_files_come(places: tuple[int, ...]) -> None:
    told = [order(n, customer(1), personal={"name": name}) for n, name in enumerate("ABA")]
    with shop() as record:
        for place in places:
            record.append(f"file {place}", "till", [one(told[place])])
        assert record.personal([1])[1]["name"] == "A"
        between = Event("till", "page", NOON + 1, (customer(1),), personal={"name": "C"})
        record.append("late", "till", [one(between)])
        assert record.personal([1])[1]["name"] == "A"


def test_a_value_that_did_not_change_is_not_sealed_again() -> None:
    with shop() as record:
        record.append("a", "till", [one(order(1, customer(1), personal={"name": "A"}))])
        before = _sealed(record.folder)
        record.append("b", "till", [one(order(2, customer(1), personal={"name": "A"}))])
        assert _sealed(record.folder) == before


def _sealed(folder: Path) -> list[tuple[object, ...]]:
    vault = opened(folder, VAULT_FILE)
    with vault.reading() as connection:
        rows = connection.execute(select(fields.c.identifier, fields.c.field, fields.c.sealed))
        return list(map(tuple, rows))


@pytest.mark.once
def test_a_sealed_field_is_not_taken_for_another_of_the_same_person() -> None:
    with shop() as record:
        said = {"name": "Người Thử", "note": "gọi lại"}
        record.append("a", "till", [one(order(1, customer(1), personal=said))])
        with sqlite3.connect(record.folder / "vault.db") as vault:
            vault.execute("UPDATE fields SET field = 'nickname' WHERE field = 'name'")
        with pytest.raises(Unavailable, match="same backup"):
            record.personal([1])
