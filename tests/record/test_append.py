"""Appending: nothing is lost, nothing is doubled, and every row is accounted for."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from record.told import NOON, bad, customer, facts, one, order, phone, shop
from thang.model import Event, Finality, Flag, Gathered, Identifier, Tally, WrongInput
from thang.record import Record, appending
from thang.river.events import CODES, UNKNOWN_BASE


def test_a_file_read_again_changes_nothing() -> None:
    rows = [one(order(n, customer(n % 7), phone(n % 7)), rows=2) for n in range(40)]
    rows += [bad("31/02/2026;x"), one(order(3, customer(3), message_id="m-3"))]
    with shop() as record:
        first = record.append("orders.csv", "till", rows)
        before = facts(record.folder)
        again = record.append("copy of orders.csv", "till", rows)
        assert facts(record.folder) == before
    assert first == Tally(82, stored=81, refused=1, events=41, reasons={"no_date": 1})
    assert again == Tally(82, duplicate=81, refused=1, reasons={"no_date": 1})


def test_identical_rows_of_one_file_are_two_events_in_whatever_portion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(appending, "PORTION", 2)
    twin = one(order(1, customer(1)))
    rows = [twin, one(order(2, customer(1))), twin, twin, one(order(3, customer(1))), twin]
    with shop() as record:
        assert record.append("a", "till", rows).events == 6
        assert record.append("b", "till", [twin, twin]).events == 0
        assert record.append("c", "till", [twin] * 5).events == 1


@pytest.mark.parametrize(
    "other",
    [
        order(2, customer(1)),
        order(1, customer(2)),
        order(1, customer(1), currency="USD"),
        order(1, customer(1), amount=None),
        order(1, customer(1), grade=1),
        order(1, customer(1), other=(customer(2),)),
        order(1, customer(1), properties={"items": 2}),
        order(1, customer(1), flags=Flag.PUBLIC),
    ],
)
def test_what_differs_in_anything_that_was_said_is_another_event(other: Event) -> None:
    with shop() as record:
        record.append("a", "till", [one(order(1, customer(1)))])
        assert record.append("b", "till", [one(other)]).events == 1


def test_a_message_is_known_by_its_source_and_name_for_ever() -> None:
    said = order(1, customer(1), message_id="m-1")
    with shop() as record:
        record.append("a", "till", [one(said)])
        later = order(9, customer(2), message_id="m-1")
        assert record.append("b", "till", [one(later)]).duplicate == 1
        elsewhere = Event("web", "page", NOON, (customer(1),), message_id="m-1")
        assert record.append("c", "web", [one(elsewhere)]).events == 1


def test_an_empty_message_id_names_no_message() -> None:
    rows = [one(order(n, customer(n), message_id="")) for n in range(3)]
    with shop() as record:
        assert record.append("a", "till", rows).events == 3


def test_rows_with_one_new_event_among_known_ones_are_stored() -> None:
    old, new = order(1, customer(1)), order(2, customer(1))
    with shop() as record:
        record.append("a", "till", [one(old)])
        tally = record.append("b", "till", [Gathered(5, (old, new)), Gathered(3, (old,))])
    assert (tally.stored, tally.duplicate, tally.events) == (8, 0, 2)


def judge(imports: list[list[Gathered]]) -> list[Tally]:
    """The tallies as they should be: contents counted by hand, one dictionary for the shop."""
    most_ever: Counter[str] = Counter()
    tallies = []
    for rows in imports:
        here: Counter[str] = Counter()
        fate: Counter[str] = Counter()
        events = 0
        for gathered in rows:
            new = 0
            for event in gathered.events:
                name = event.message_id or repr(event)
                here[name] = 1 if event.message_id else here[name] + 1
                new += here[name] > most_ever[name]
                most_ever[name] = max(most_ever[name], here[name])
            events += new
            kind = "refused" if gathered.refused else "stored" if new else "duplicate"
            fate[kind] += gathered.rows
        tallies.append(Tally(sum(g.rows for g in rows), events=events, **fate))
    return tallies


some_events = st.builds(
    order,
    st.integers(0, 2),
    st.integers(0, 1).map(customer),
    message_id=st.sampled_from([None, None, "m-1", "m-2"]),
)
some_rows = st.one_of(
    st.builds(
        Gathered, st.integers(0, 4), st.lists(some_events, min_size=1, max_size=3).map(tuple)
    ),
    st.builds(bad, st.sampled_from(["x", "y"]), rows=st.integers(1, 3)),
)


@settings(max_examples=40, deadline=None)
@given(imports=st.lists(st.lists(some_rows, max_size=9), max_size=4), portion=st.integers(1, 5))
def test_every_row_is_stored_duplicate_or_refused(
    imports: list[list[Gathered]], portion: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, shop() as record:
        patch.setattr(appending, "PORTION", portion)
        tallies = [record.append("file", "till", rows) for rows in imports]
        for tally, expected in zip(tallies, judge(imports), strict=True):
            assert tally.rows == tally.stored + tally.duplicate + tally.refused
            assert sum(tally.reasons.values()) == tally.refused
            assert Tally(**{n: getattr(tally, n) for n in NUMBERS}) == expected
        assert record.counts().events == sum(tally.events for tally in tallies)
        kept = [batch.tally for batch in record.batches()]
        assert kept == [Tally(**{n: getattr(t, n) for n in NUMBERS}) for t in tallies]


NUMBERS = ("rows", "stored", "duplicate", "refused", "events")


def test_what_was_read_before_reading_broke_off_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "PORTION", 4)
    rows = [one(order(n, customer(n))) for n in range(10)]

    def torn() -> Iterator[Gathered]:
        yield from rows[:6]
        raise WrongInput("Line 7 of the file cannot be read: save it as UTF-8.")

    with shop() as record, shop() as undisturbed:
        with pytest.raises(WrongInput, match="Line 7"):
            record.append("a", "till", torn())
        assert record.counts().events == 6
        assert record.batches()[0].finished_at is None
        assert record.append("a", "till", rows).events == 4
        undisturbed.append("a", "till", rows)
        # Two shops have two keys; everything else is the same.
        assert _without_key(record) == _without_key(undisturbed)


def _without_key(record: Record) -> list[tuple[object, ...]]:
    return [(*row[:2], *row[3:]) for row in facts(record.folder)["events"]]


def test_progress_is_told_after_each_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "PORTION", 4)
    heard: list[int] = []
    with shop() as record:
        rows = [one(order(n, customer(n))) for n in range(10)]
        record.append("a", "till", rows, progress=lambda tally: heard.append(tally.rows))
    assert heard == [4, 8, 10]


def test_an_event_says_its_finality_and_whether_it_gave_an_amount() -> None:
    told = [
        order(1, customer(1), finality=Finality.DELIVERED, flags=Flag.PUBLIC),
        order(2, customer(1), finality=Finality.COMPLETED, amount=0),
        order(3, customer(1), finality=Finality.FINAL, amount=None, flags=Flag.AMOUNT),
    ]
    with shop() as record:
        record.append("a", "till", map(one, told))
        log = record.events_after()
    assert log["flags"].to_pylist() == [
        Flag.DELIVERED | Flag.PUBLIC | Flag.AMOUNT,
        Flag.AMOUNT,
        Flag.FINAL,
    ]
    assert log["amount"].to_pylist() == [1001, 0, 0]


def test_unknown_kinds_get_codes_of_their_own_that_stay() -> None:
    def told(kind: str, at: int) -> Gathered:
        return one(Event("web", kind, at, (customer(1),)))

    with shop() as record:
        record.append("a", "web", [told("quiz_won", 1), told("page", 2), told("coffee_had", 3)])
        record.append("b", "web", [told("coffee_had", 4), told("tea_had", 5)])
        codes, log = record.kinds(), record.events_after()
    names = {code: name for name, code in codes.items()}
    said = [names[code] for code in log["kind"].to_pylist()]
    assert said == ["quiz_won", "page", "coffee_had", "coffee_had", "tea_had"]
    assert codes.items() >= CODES.items()
    assert min(codes[name] for name in ("quiz_won", "coffee_had", "tea_had")) == UNKNOWN_BASE


@pytest.mark.parametrize(
    "event",
    [
        order(1, customer(1), amount=1 << 63),
        order(1, customer(1), grade=1 << 15),
        Event("till", "page", -(1 << 64), (customer(1),)),
        order(1, personal={"name": "Người Thử"}),
        order(1, customer(1), personal={"identifier": "Người Thử"}),
    ],
)
def test_what_could_not_be_read_back_is_refused_at_the_door(event: Event) -> None:
    with shop() as record:
        with pytest.raises(WrongInput, match=r"An event of till .*: check"):
            record.append("a", "till", [one(event)])
        assert record.counts().events == 0


def test_an_event_of_nobody_is_kept() -> None:
    with shop() as record:
        record.append("a", "till", [one(order(1))])
        assert record.events_after()["subject"].to_pylist() == [0]


@pytest.mark.parametrize(
    "rows", [Gathered(1), Gathered(1, (order(1, customer(1)),), bad("x").refused)]
)
def test_rows_that_became_nothing_or_both_are_a_mistake_of_the_source(rows: Gathered) -> None:
    with shop() as record, pytest.raises(ValueError, match="either events or one refusal"):
        record.append("a", "till", [rows])


def test_the_log_comes_back_page_by_page_in_its_order() -> None:
    with shop() as record:
        record.append("a", "till", [one(order(n, customer(n % 3))) for n in range(25)])
        pages, seq = [], 0
        while (page := record.events_after(seq, limit=10)).num_rows:
            pages.append(page)
            seq = page["seq"][-1].as_py()
        assert [page.num_rows for page in pages] == [10, 10, 5]
        assert [r for page in pages for r in page["ref"].to_pylist()] == [
            f"DH-{n}" for n in range(25)
        ]
        assert pages[0].schema == record.events_after(999).schema


@pytest.mark.once
@pytest.mark.parametrize("table", ["events", "links", "policy_versions", "bars"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET rowid = rowid + 1000", "DELETE FROM {}"])
def test_facts_are_never_changed_even_by_hand(table: str, verb: str) -> None:
    with shop() as record:
        record.append("a", "till", [one(order(1, customer(1), phone(1)))])
        with sqlite3.connect(record.folder / "record.db") as connection:
            connection.execute("INSERT INTO policy_versions VALUES (1, '', '', '{}', 0)")
            connection.execute("INSERT INTO bars VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0)")
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(verb.format(table))


def test_refused_rows_are_kept_as_they_came_and_once() -> None:
    rows = [bad("31/02/2026;Người Thử"), bad("31/02/2026;Người Thử"), bad("x\udc80", "no_amount")]
    with shop() as record:
        assert record.append("a", "till", rows).refused == 3
        assert record.append("b", "till", rows[2:] + rows[:1]).refused == 2
        kept = record.refused()
        assert kept == [gathered.refused for gathered in rows]
        assert record.refused(batch=2) == [kept[0], kept[2]]
        assert record.refused(2, "no_amount", 5) == record.refused(reason="no_amount", limit=1)
        assert record.refused_reasons(1) == {"no_date": 2, "no_amount": 1}
        assert record.refused_reasons(2) == {"no_amount": 1, "no_date": 1}


def test_a_source_of_too_many_kinds_has_the_wrong_column_mapped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("thang.record.codebook.MOST", len(CODES) + 3)
    rows = [one(Event("web", f"kind_{n}", n, (Identifier("web", "w"),))) for n in range(5)]
    with shop() as record, pytest.raises(WrongInput, match="different kinds"):
        record.append("a", "web", rows)
