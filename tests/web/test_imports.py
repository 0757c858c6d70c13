"""Importing in the browser and over HTTP: every step, every way to fail, and nothing lost."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from starlette.testclient import TestClient
from tests.web.visitors import Shop, program, signed_in

from thang.desk.backup import backup
from thang.desk.jobs import Job, State
from thang.sources.guessing import OFFERED, OURS, plain
from thang.sources.rows import WHY
from thang.web.imports import Imports
from thang.web.incoming import SETTING, shown
from thang.web.words.catalogue import say
from thang.web.words.refusals import REASON_COLUMN, REFUSALS
from thang.web.words.roles import ROLE_WORDS

SOURCE = Path(__file__).parents[2] / "src"
HEADER = "order_id,date,customer_id,total"
ODD = "Beleg;Zeitpunkt;Kunde;Summe"
PATIENCE = 60.0


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


def orders(many: int = 20, first: int = 0) -> str:
    rows = [
        f"DH-{n},2026-01-{n % 28 + 1:02d},KH-{n % 7},{150_000 + n}"
        for n in range(first, first + many)
    ]
    return "\n".join([HEADER, *rows]) + "\n"


def brought(
    browser: TestClient, text: str | bytes, name: str = "orders.csv", once: str = ""
) -> str:
    """Where a file that was sent leads to."""
    body = text if isinstance(text, bytes) else text.encode()
    answer = browser.post("/import", files={"file": (name, body)}, data={"once": once})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def job_of(shop: Shop, where: str) -> Job:
    found = shop.office.desk.jobs.get(where.rsplit("/", 1)[-1])
    assert found is not None
    return found


def until(shop: Shop, where: str, holds: Callable[[Job], bool]) -> Job:
    """The job as soon as something holds of it."""
    ends, pause = monotonic() + PATIENCE, Event()
    while not holds(found := job_of(shop, where)):
        assert monotonic() < ends, found
        pause.wait(0.02)
    return found


def over(shop: Shop, where: str) -> Job:
    return until(shop, where, lambda job: job.state.over)


def imported(shop: Shop, browser: TestClient, text: str, name: str = "orders.csv") -> str:
    """A known file through all its steps; where its import is shown."""
    where = brought(browser, text, name)
    assert over(shop, where).state is State.DONE
    started = str(browser.post(f"{where}/start").headers["location"])
    assert over(shop, started).state is State.DONE
    return started


# the way through


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


def test_after_an_import_the_ladder_is_there(shop: Shop, working: TestClient) -> None:
    imported(shop, working, orders())
    ends, pause = monotonic() + PATIENCE, Event()
    while not (found := shop.office.shop.freshness()).computed_at or found.waiting:
        assert monotonic() < ends
        pause.wait(0.05)
    assert sum(level.people for level in shop.office.shop.ladder().levels) == 7


# sent twice, sent at once


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


# what goes wrong


def test_a_killed_child_is_said_and_repeated_without_loss(shop: Shop, working: TestClient) -> None:
    many = 60_000
    where = brought(working, orders(many))
    over(shop, where)
    started = str(working.post(f"{where}/start").headers["location"])
    until(shop, started, lambda job: bool(job.progress.get("rows")))
    child = shop.office.worker._bench.child
    assert child is not None
    child.kill()
    assert over(shop, started).state is State.INTERRUPTED
    assert "This was cut off" in working.get(started).text
    (cut,) = shop.office.shop.imports()
    assert cut.finished_at is None
    assert 0 < cut.stored < many
    places = {str(working.post(f"{started}/again").headers["location"]) for _ in range(2)}
    (again,) = places
    assert over(shop, again).state is State.DONE
    last, first = shop.office.shop.imports()
    assert first.stored + last.stored == many == last.rows


def test_a_stopped_import_keeps_what_is_in(shop: Shop, working: TestClient) -> None:
    where = brought(working, orders(60_000))
    until(shop, where, lambda job: job.state is State.RUNNING)
    working.post(f"{where}/stop")
    assert over(shop, where).state is State.CANCELLED
    assert "You stopped this" in working.get(where).text
    assert over(shop, str(working.post(f"{where}/again").headers["location"])).result["sure"]


def test_a_full_disk_is_said_plainly_and_what_is_in_stays(shop: Shop) -> None:
    browser = signed_in(shop.app, "marketer")
    job = job_of(shop, brought(browser, orders(20_000)))
    limits = "import resource, sys; from thang.web.worker.child import main; "
    limits += "resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, -1)); "
    limits += "sys.exit(main(*sys.argv[1:]))"
    words = [sys.executable, "-c", limits, "import", str(shop.office.shop.folder.path)]
    done = subprocess.run(
        [*words, job.input["upload"]],
        env=os.environ | {"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert "disk" in told["refused"]
    assert "Traceback" not in done.stderr
    assert Imports(shop.office).incoming.get(job.input["upload"]).size > 0


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(250):
                part.write(b"0" * (1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("empty.csv", b"", "is empty"),
        ("orders.exe", b"MZ", "Files of this kind are not read"),
        ("orders.xlsx", b"order_id,date\n", "is called .xlsx and is none"),
        ("orders.csv", b"PK\x03\x04", "name it as it is"),
        ("orders.xlsx", b"PK\x03\x04 broken", "broken archive"),
    ],
)
def test_what_is_no_file_of_orders_is_not_taken(
    shop: Shop, name: str, body: bytes, sentence: str
) -> None:
    browser = signed_in(shop.app, "marketer")
    answer = browser.post("/import", files={"file": (name, body)})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not list(shop.office.shop.folder.incoming.glob("*"))


def test_a_zip_bomb_is_refused_before_it_is_opened(shop: Shop) -> None:
    answer = signed_in(shop.app, "marketer").post("/import", files={"file": ("b.xlsx", bomb())})
    assert answer.status_code == 422
    assert "would unpack to" in answer.text


def test_no_file_at_all_is_said(shop: Shop) -> None:
    answer = signed_in(shop.app, "marketer").post("/import", data={"once": "x"})
    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_too_large_a_file_is_not_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "1")
    answer = signed_in(shop.app, "marketer").post(
        "/import", files={"file": ("a.csv", b"x" * (1 << 21))}
    )
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.text
    assert not list(shop.office.shop.folder.incoming.glob("*"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEADER + "\n", "a header and no rows"),
        ("\n\n", "only blank lines"),
        ("nothing\nhere\n", "single column"),
    ],
)
def test_what_only_reading_shows_is_said_with_the_files_own_name(
    shop: Shop, working: TestClient, text: str, sentence: str
) -> None:
    where = brought(working, text, "Đơn tháng 1.csv")
    over(shop, where)
    page = working.get(where).text
    assert sentence in page
    assert f"Đơn tháng 1.csv {'has' if 'single' in sentence else 'holds'}" in page


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_nothing_in_a_file_becomes_markup(shop: Shop, working: TestClient) -> None:
    out = io.StringIO()
    head = ["order_id", "date", "customer_id", "total", "name", "note", SCRIPT]
    rows = [[SCRIPT + str(n), SCRIPT, f"K{SCRIPT}", SCRIPT, "x" * 10_000, SCRIPT, SCRIPT]
            for n in range(3)]  # fmt: skip
    csv.writer(out).writerows([head, *rows, ["1", "2026-01-02", SCRIPT, "1", SCRIPT, "=1", "@x"]])
    where = brought(working, out.getvalue(), f"{SCRIPT}.csv")
    over(shop, where)
    for step in ("", "?step=columns"):
        page = working.get(where + step)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "&lt;script&gt;" in page.text
    started = str(working.post(f"{where}/start").headers["location"])
    over(shop, started)
    for place in (started, "/import"):
        page = working.get(place)
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    taken = working.get(f"{started}/rows.csv")
    assert taken.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize(
    "path", ["", "/start", "/again", "/stop", "/columns", "/rows.csv", "/events"]
)
def test_an_import_that_is_not_there(shop: Shop, path: str) -> None:
    browser = signed_in(shop.app, "marketer")
    method = "GET" if path in ("", "/rows.csv", "/events") else "POST"
    assert browser.request(method, f"/import/{'0' * 32}{path}").status_code == 404


def test_an_import_to_undo_that_is_not_there(shop: Shop) -> None:
    answer = signed_in(shop.app, "marketer").post("/import/batches/99/undo")
    assert answer.status_code == 422
    assert "no import 99" in answer.text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"), ("C:\\a\\b.csv", "b.csv"),
        ("a\x00\x1b[31m.csv", "a[31m.csv"), ("x" * 500 + ".csv", "x" * 116 + ".csv"),
        ("///", "file"),
    ],
)  # fmt: skip
def test_a_name_is_only_shown(name: str, kept: str) -> None:
    assert shown(name) == kept


def test_files_lie_under_names_of_our_own_for_their_owner_alone(shop: Shop) -> None:
    brought(signed_in(shop.app, "marketer"), orders(), "../../../evil.csv")
    incoming = shop.office.shop.folder.incoming
    files = [path for path in incoming.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"file", "upload.json"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (*files, *incoming.glob("*")))
    assert not list(shop.office.shop.folder.path.parent.rglob("evil*"))


def test_no_value_of_a_file_is_kept_in_the_desk(shop: Shop, working: TestClient) -> None:
    text = orders() + "DH-X,khongngay,Người Thử Mận,5\n"
    imported(shop, working, text)
    desk = b"".join(p.read_bytes() for p in shop.office.shop.folder.path.glob("desk.db*"))
    assert b"khongngay" not in desk
    assert "Người Thử Mận".encode() not in desk


# progress


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


# over HTTP


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


# words


def test_every_reason_and_role_has_its_words() -> None:
    assert set(REFUSALS) == set(WHY)
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
