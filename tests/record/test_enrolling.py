"""Enrolments, their moves and their messages: told twice they are there once, the last move holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from record.told import shop
from thang.record import Record
from thang.record.acting_tables import ACTING

FACTS = ("consents", "suppressed", "windows", "troubles", "enrolments", "enrolment_moves", "pauses")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Record.create(tmp_path / "shop").close()
    return tmp_path / "shop"


def enrolment(number: int, arm: str = "treated", **more: Any) -> dict[str, Any]:
    facts = {"id": f"e{number}", "strategy": "lead_blog", "person": number, "cluster": number}
    return facts | {"arm": arm, "at": 100 + number, "playbook": "f00d"} | more


def planned(number: int, step: int = 0, **more: Any) -> dict[str, Any]:
    facts = {"enrolment": f"e{number}", "strategy": "lead_blog", "person": number, "step": step}
    facts |= {"channels": ("email", "sms"), "purpose": "marketing", "template": "blog"}
    return facts | {"due": 200} | more


def moved(
    number: int, at: int, state: str = "running", step: int = 0, due: int = 0
) -> dict[str, Any]:
    return {"enrolment": f"e{number}", "at": at, "state": state, "step": step, "due": due}


def test_what_is_told_again_changes_nothing(folder: Path) -> None:
    with Record.open(folder) as record:
        everybody = [enrolment(n) for n in range(9)]
        assert (record.enrol(everybody), record.enrol(everybody)) == (9, 0)
        assert record.enrol([enrolment(3, person=77), enrolment(9), enrolment(9)]) == 1
        assert record.enrolments().column("person").to_pylist() == list(range(10))
        assert (record.move([moved(1, 150, step=1)]), record.move([moved(1, 150, step=1)])) == (
            1,
            0,
        )
        rows = [planned(n, step) for n in range(3) for step in range(2)]
        assert (record.plan(rows), record.plan([*rows, planned(4), planned(4)])) == (6, 1)
        assert len(record.messages()) == len({m.key for m in record.messages()}) == 7


def test_a_planned_message_says_what_was_planned(folder: Path) -> None:
    with Record.open(folder, lambda: 170) as record:
        record.act(enrolled=[enrolment(5)], planned=[planned(5, 2, due=250)])
        (one,) = record.messages()
        assert (one.enrolment, one.step, one.channels, one.channel) == (
            "e5",
            2,
            ("email", "sms"),
            "",
        )
        assert (one.state, one.due, one.not_before, one.planned_at) == ("planned", 250, 250, 170)
        assert record.messages(state="sent") == record.messages(person=4) == []
        assert record.messages(strategy="lead_blog", enrolment="e5", person=5, limit=3) == [one]


@pytest.mark.parametrize("arm", ["held", "global"])
def test_who_is_held_out_gets_no_message(folder: Path, arm: str) -> None:
    with Record.open(folder) as record:
        record.enrol([enrolment(1, arm), enrolment(2)])
        assert record.plan([planned(1), planned(2), planned(99)]) == 1
        assert [m.person for m in record.messages()] == [2]


@pytest.mark.parametrize("state", ["succeeded", "left", "failed"])
def test_the_end_of_an_enrolment_calls_off_what_was_planned(folder: Path, state: str) -> None:
    with Record.open(folder) as record:
        rows = [planned(1), planned(1, 1), planned(2)]
        record.act(enrolled=[enrolment(1), enrolment(2)], planned=rows)
        record.act(moved=[moved(1, 150, state)])
        assert [m.state for m in record.messages()] == ["cancelled", "cancelled", "planned"]
        assert record.plan(rows) == 0


def test_who_finished_still_gets_the_last_message(folder: Path) -> None:
    with Record.open(folder) as record:
        record.act(enrolled=[enrolment(1)], planned=[planned(1)])
        record.move([moved(1, 150, "finished")])
        assert [m.state for m in record.messages()] == ["planned"]


def test_a_run_is_kept_as_a_whole_or_not_at_all(folder: Path) -> None:
    with Record.open(folder) as record:
        with pytest.raises(KeyError):
            record.act(enrolled=[enrolment(1)], planned=[{"enrolment": "e1", "step": 0}])
        assert record.enrolments().num_rows == record.enrolment_moves().num_rows == 0


STATES = st.sampled_from(["running", "succeeded", "finished", "left", "failed"])
MOVES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), STATES, st.integers(0, 2)))


@settings(max_examples=15)
@given(runs=st.lists(MOVES, max_size=4))
def test_the_last_move_holds(runs: list[list[tuple[int, int, str, int]]]) -> None:
    told = {f"e{n}": (100 + n, "running", 0, 100 + n) for n in range(3)}
    with shop() as record:
        record.enrol([enrolment(n) for n in range(3)])
        for run in runs:
            record.move([moved(n, at, state, step, due=step) for n, at, state, step in run])
            told.update({f"e{n}": (at, state, step, step) for n, at, state, step in run})
        rows = record.enrolments().to_pylist()
        assert {r["id"]: (r["moved_at"], r["state"], r["step"], r["due"]) for r in rows} == told
        by_moves = {
            m["enrolment"]: (m["at"], m["state"], m["step"], m["due"])
            for m in record.enrolment_moves().to_pylist()
        }
        assert by_moves == told
        running = record.enrolments(state="running").column("id").to_pylist()
        assert running == sorted(name for name, stand in told.items() if stand[1] == "running")


@pytest.mark.once
@pytest.mark.parametrize("table", FACTS)
def test_nobody_changes_what_was_said(folder: Path, table: str) -> None:
    with sqlite3.connect(folder / "record.db") as connection:
        triggers = {row[0] for row in connection.execute("select name from sqlite_master")}
        assert {f"{table}_no_update", f"{table}_no_delete"} <= triggers


@pytest.mark.once
def test_a_move_cannot_be_rewritten(folder: Path) -> None:
    with Record.open(folder) as record:
        record.enrol([enrolment(1)])
    with sqlite3.connect(folder / "record.db") as connection:
        for table in ("enrolments", "enrolment_moves"):
            for verb in (f"delete from {table}", f"update {table} set at = 3"):  # noqa: S608
                with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                    connection.execute(verb)


@pytest.mark.once
def test_a_record_from_before_has_the_tables_when_it_is_opened(folder: Path) -> None:
    with sqlite3.connect(folder / "record.db") as connection:
        for table in reversed(ACTING):
            connection.execute(f"drop table {table.name}")
    with Record.open(folder) as record:
        assert record.act(enrolled=[enrolment(1)], planned=[planned(1)]) == (1, 0, 1)
