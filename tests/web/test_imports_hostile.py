"""Files that are none, files that attack, children that die: a plain word, and nothing lost."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.web.importing import (
    HEADER,
    SOURCE,
    brought,
    imported,
    job_of,
    orders,
    over,
    until,
)
from tests.web.visitors import Shop, signed_in

from thang.desk.jobs import State
from thang.web.imports import Imports
from thang.web.incoming import SETTING, shown


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
