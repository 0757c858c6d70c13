"""Importing in the browser and over HTTP: every step, sent once or twice."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from starlette.testclient import TestClient
from tests.web.importing import (
    ODD,
    PATIENCE,
    brought,
    imported,
    orders,
    over,
)
from tests.web.visitors import Shop, program, signed_in

from thang.desk.backup import backup
from thang.sources.guessing import OFFERED, OURS, plain
from thang.sources.rows import WHY
from thang.web.words.catalogue import say
from thang.web.words.refusals import REASON_COLUMN, REFUSALS
from thang.web.words.roles import ROLE_WORDS


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An empty shop whose worker is not started: jobs wait."""
    made = Shop.at(tmp_path / "shop")
    yield made
    made.office.close()


@pytest.fixture
def working(shop: Shop) -> Iterator[TestClient]:
    """A marketer's browser at a shop whose worker works."""
    with TestClient(shop.app):
        yield signed_in(shop.app, "marketer")


def test_a_known_file_is_checked_imported_undone_and_brought_back(
    shop: Shop, working: TestClient
) -> None:
    bad = "DH-X,31/02/2026,KH-1,5\nDH-Y,2026-01-02,,5\n"
    where = brought(working, orders() + bad)
    over(shop, where)
    page = working.get(where).text
    assert "20 new rows, 7 customers, 2 rows to put right" in page
    assert shop.office.shop.imports() == ()
    started = str(working.post(f"{where}/start").headers["location"])
    over(shop, started)
    page = working.get(started).text
    assert "31/02/2026" in page
    assert "There is no such date" in page
    (past,) = shop.office.shop.imports()
    assert (past.file, past.rows, past.stored, past.refused) == ("orders.csv", 22, 20, 2)
    failed = csv.DictReader(io.StringIO(working.get(f"{started}/rows.csv").text[1:]))
    assert [row["date"] for row in failed] == ["31/02/2026", "2026-01-02"]
    assert not list(shop.office.shop.folder.incoming.glob("*"))
    for verb, undone in (("undo", True), ("undo", True), ("restore", False)):
        answer = working.post(f"/import/batches/{past.id}/{verb}")
        assert answer.status_code == 303
        assert shop.office.shop.imports()[0].undone is undone


def test_unknown_columns_are_matched_and_remembered(shop: Shop, working: TestClient) -> None:
    text = f"{ODD}\nB1;03/04/2026;K-1;1000\n"
    where = brought(working, text, "kasse.csv")
    over(shop, where)
    page = working.get(where).text
    assert "What do the columns mean?" in page
    assert "03/04/2026" in page
    wrong = working.post(f"{where}/columns", data={"c-0": "order_id", "c-3": "amount"})
    assert wrong.status_code == 422
    assert "No column is chosen for the date" in wrong.text
    assert re.search(r'<option value="amount" selected', wrong.text)
    chosen = {"c-0": "order_id", "c-1": "at", "c-2": "customer_id", "c-3": "amount"}
    after = str(working.post(f"{where}/columns", data=chosen).headers["location"])
    over(shop, after)
    assert "1 new row, 1 customer" in working.get(after).text
    again = brought(working, f"{ODD}\nB2;04/04/2026;K-1;1000\n", "kasse2.csv")
    over(shop, again)
    assert "1 new row, 1 customer" in working.get(again).text


def test_failed_rows_are_read_again_as_a_file_of_their_own(shop: Shop, working: TestClient) -> None:
    imported(shop, working, orders() + "DH-Z,2026-01-02,KH-1,ba trăm\n")
    viewer = signed_in(shop.app, "viewer")
    assert viewer.post("/import/batches/1/reread").status_code == 403
    where = str(working.post("/import/batches/1/reread").headers["location"])
    assert over(shop, where).input["name"] == "orders-1.csv"
    page = working.get(where).text
    assert "1 row to put right" in page
    assert "ba trăm" in page
    told = working.post("/api/imports/1/reread").json()
    assert (told["rows"], told["stored"], told["refused"]) == (1, 0, 1)
    noted = {line.what for line in shop.office.desk.audit.latest(9)}
    assert "failed rows read again" in noted


def test_after_an_import_the_ladder_is_there(shop: Shop, working: TestClient) -> None:
    imported(shop, working, orders())
    ends, pause = monotonic() + PATIENCE, Event()
    while not (found := shop.office.shop.freshness()).computed_at or found.waiting:
        assert monotonic() < ends
        pause.wait(0.05)
    assert sum(level.people for level in shop.office.shop.ladder().levels) == 7


def test_the_same_form_twice_is_one_job(shop: Shop) -> None:
    browser = signed_in(shop.app, "marketer")
    first, second = (brought(browser, orders(), once="a" * 32) for _ in range(2))
    assert first == second != brought(browser, orders(), once="b" * 32)
    assert len(list(shop.office.shop.folder.incoming.glob("*"))) == 2


def test_starting_twice_is_one_import(shop: Shop, working: TestClient) -> None:
    where = brought(working, orders())
    over(shop, where)
    places = {working.post(f"{where}/start").headers.get("location") for _ in range(2)}
    (place,) = places
    over(shop, str(place))
    assert len(shop.office.shop.imports()) == 1
    stale = working.post(f"{where}/start")
    assert stale.status_code == 422
    assert "not here any more" in stale.text


def test_two_files_at_once_both_come_in(shop: Shop, working: TestClient) -> None:
    with ThreadPoolExecutor(2) as pool:
        wheres = list(pool.map(lambda n: brought(working, orders(30, n * 30)), range(2)))
    started = []
    for where in wheres:
        over(shop, where)
        started.append(str(working.post(f"{where}/start").headers["location"]))
    for where in started:
        assert over(shop, where).result["stored"] == 30
    assert len(set(wheres)) == 2


def events_of(text: str) -> list[dict[str, str]]:
    """Server-sent events as fields."""
    blocks = [block for block in text.split("\n\n") if block]
    return [
        {key: "\n".join(v for k, v in pairs if k == key) for key, _ in pairs}
        for block in blocks
        if (pairs := [tuple(line.split(": ", 1)) for line in block.splitlines()])
    ]


def test_progress_is_told_as_events_and_ends(shop: Shop, working: TestClient) -> None:
    where = brought(working, orders(30_000))
    with working.stream("GET", f"{where}/events", headers={"Last-Event-ID": "7"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        told = events_of("".join(answer.iter_text()))
    assert told[0] == {"retry": "3000"}
    numbers = [int(event["id"]) for event in told[1:]]
    assert numbers == list(range(8, 8 + len(numbers)))
    assert told[-1]["event"] == "over"
    assert "30,000 new rows" in told[-2]["data"]
    assert "<html" not in told[-2]["data"]


def test_without_script_the_page_looks_again(shop: Shop) -> None:
    browser = signed_in(shop.app, "marketer")
    page = browser.get(brought(browser, orders())).text
    assert re.search(r'<noscript>\s*<meta http-equiv="refresh"', page)


def test_a_viewer_sees_the_history_alone(shop: Shop, working: TestClient) -> None:
    started = imported(shop, working, orders())
    viewer = signed_in(shop.app, "viewer")
    page = viewer.get("/import").text
    assert "orders.csv" in page
    assert "/undo" not in page
    assert 'type="file"' not in page
    assert viewer.get(started).status_code == 403


def test_the_api_brings_a_file_and_takes_it_back(shop: Shop, working: TestClient) -> None:
    caller = program(shop.app, "ingest", "read", "write")
    key = {"Idempotency-Key": "one"}
    answers = [
        caller.post("/api/imports", files={"file": ("a.csv", orders().encode())}, headers=key)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    over(shop, answers[0].json()["id"])
    job = caller.get(f"/api/imports/{answers[0].json()['id']}").json()
    assert (job["state"], job["import"]["stored"], job["import"]["reasons"]) == ("done", 20, [])
    listed = caller.get("/api/imports").json()
    assert [past["id"] for past in listed["imports"]] == [job["import"]["id"]]
    assert listed["next"] is None
    undone = caller.post(f"/api/imports/{job['import']['id']}/undo")
    assert undone.json()["undone"] is True
    back = caller.post(f"/api/imports/{job['import']['id']}/undo?back=true")
    assert back.json()["undone"] is False
    assert caller.get("/api/imports/77").status_code == 404
    refused = caller.post("/api/imports", files={"file": ("a.exe", b"x")})
    assert (refused.status_code, refused.headers["content-type"]) == (
        422,
        "application/problem+json",
    )


def test_every_reason_and_role_has_its_words() -> None:
    of_the_record = {"id_reuse", "event_names"}  # refused once an event is a line of its log
    assert set(REFUSALS) == set(WHY) | of_the_record
    assert set(ROLE_WORDS) == set(OFFERED)


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_our_own_column_is_known_again(locale: str) -> None:
    assert plain(say(locale, REASON_COLUMN)) in OURS


def test_matched_columns_are_in_the_backup(shop: Shop) -> None:
    path = shop.office.shop.folder.path / "kasse.csv"
    path.write_text(f"{ODD}\nB1;03/04/2026;K-1;1000\n", "utf-8")
    columns = {"Beleg": "order_id", "Zeitpunkt": "at", "Kunde": "customer_id"}
    kept = shop.office.shop.remember(shop.office.shop.recognise(path), columns)
    whole = io.BytesIO(b"".join(backup(shop.office.shop.folder.path)))
    with zipfile.ZipFile(whole) as archive:
        assert archive.read(f"formats/{kept.name}") == kept.read_bytes()
        assert "record.db" in archive.namelist()
