"""Real refusals of the core, told in Vietnamese: no English is left and nothing is lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from thang.model import ThangError, WrongInput
from thang.policy.editing import edited
from thang.policy.load import load_policy, read_policy
from thang.record.key import read_key
from thang.record.sqlite import create_file, open_file
from thang.sources.files import ShopFacts, read
from thang.sources.rows import WHY
from thang.web import errors
from thang.web.words.sentences import in_words
from thang.workspace.paging import read as read_cursor

ENGLISH = re.compile(
    r"\b(the|is|are|expected|found|there|this|it|with|such|its|again|cannot|choose|write)\b"
)
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìóòõúùũý]")

POLICIES = (
    "programe: yes",
    "programme: maybe",
    "programme: [a]",
    "window: {min_days: '3'}",
    "window: {min_days: 500.000}",
    "window: {min_days: -3}",
    "window: {min_days: }",
    "window: {min_days: 400, max_days: 300}",
    "window: {mode: soon}",
    "window: {min_days: 1234567890123456}",
    "levels: {premeir: {keep: 'orders >= 3'}}",
    "levels: {member: {enter: 'orderz >= 3'}}",
    "levels: {member: {enter: 'orders >= 3 or'}}",
    "levels: {member: {enter: 'orders => 3'}}",
    "levels: {member: {enter: '(orders >= 3'}}",
    "levels: {member: {enter: 'member >= 3'}}",
    "levels: {member: {enter: 'since_order > 3'}}",
    "levels: {member: {enter: 'orders > spend'}}",
    "levels: {member: {enter: ''}}",
    "levels: {member: {enter: 'orders >= 3 < 4'}}",
    "levels: {member: {enter: 'orders < 1 and orders > 2'}}",
    "levels: []",
    "levels: [{key: Khách}]",
    "quantities: {orders: null}",
    "quantities: {X y: {count: [a]}}",
    "quantities: {xx: {count: {Order Completed: 2}}}",
    "quantities: {xx: {count: []}}",
    "quantities: {xx: {within: 3}}",
    "quantities: {xx: {orders: false}}",
    "quantities: {nope: null}",
    "shop: {tz: Asia/Hanoi}",
    "shop: {tz: Asia/Hanoi Vietnam}",
    "shop: {currency: dong}",
    "bars: {member_level: mem}",
    "points: 3",
    "version: 2",
    "a: [",
    "a: b: c",
    "\tx: 1",
    "- 1",
    "a: 1\na: 2",
    "{[1]: 2}",
    "a: !!python/object 1",
    "a: \x07",
)
FILES = {
    "empty.csv": b"",
    "blank.csv": b"\n\n\n",
    "picture.csv": b"\x89P\0\0",
    "single.csv": b"alone\n1\n",
    "header.csv": b"order_id,date,phone,amount\n",
    "unknown.csv": b"colour,size\nred,3\n",
    "undated.csv": b"phone,size\n0912345678,3\n",
    "broken.xlsx": b"PK\3\4nothing",
    "broken.parquet": b"PAR1nothing",
}


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(ThangError) as caught:
        do()
    return str(caught.value)


def judge(sentence: str) -> str:
    """The Vietnamese of a real refusal: no English left, and every number and name still there."""
    words = in_words(sentence, "vi")
    assert VIETNAMESE.search(words.lower()), sentence
    assert not ENGLISH.search(words), f"{sentence} -> {words}"
    names = re.compile(r"[\w./]*[\d_/][\w./:]*(?<![.:])")
    lost = [name for name in names.findall(sentence) if name not in words]
    assert not lost, f"{sentence} -> {words}"
    return words


@pytest.mark.parametrize("text", POLICIES)
def test_a_policy_is_refused_in_vietnamese(text: str) -> None:
    judge(refused(lambda: read_policy(text)))


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_refused_in_vietnamese(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    judge(refused(lambda: list(read(tmp_path / name, shop=ShopFacts(), mapping=None, now=0))))


def test_other_refusals_are_in_vietnamese_too(tmp_path: Path) -> None:
    missing, map_file = tmp_path / "missing", tmp_path / "map.yaml"
    map_file.write_text("columns: {at: day}\nneedz: [at]\n", "utf-8")
    table = tmp_path / "orders.csv"
    table.write_text("day,phone\n2026-01-02,0912345678\n", "utf-8")

    def mapped() -> object:
        return read(table, shop=ShopFacts(), mapping=map_file, now=0)

    def full() -> None:
        create_file(tmp_path / "record.db")
        with open_file(tmp_path / "record.db").reading():
            raise _sqlite_full()

    said = [
        refused(lambda: load_policy(missing)),
        refused(lambda: read_key(tmp_path)),
        refused(lambda: open_file(missing)),
        refused(lambda: read_cursor("?", "name", 2)),
        refused(lambda: edited("", {"levels.premier.hold_months": "x"})),
        refused(mapped),
        refused(full),
        *WHY.values(),
    ]
    for sentence in said:
        judge(sentence)
    assert len(set(said)) > 24


def _sqlite_full() -> Exception:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def test_a_phrase_inside_is_said_in_vietnamese_and_the_shops_own_words_are_kept() -> None:
    text = refused(lambda: read_policy("window: {min_days: 'a, found b. c: d'}"))
    assert in_words(text, "vi") == (
        "policy.yaml:1: window.min_days: cần một số nguyên từ 1 đến 3650, nhưng lại là chữ "
        '"a, found b. c: d"; hãy viết không có dấu ngoặc kép.'
    )
    near = refused(lambda: read_policy("levels: {member: {enter: 'orderz >= 3'}}"))
    assert in_words(near, "vi").endswith(
        "orderz không phải là đại lượng của chính sách này (ý bạn là orders?)."
    )


@pytest.mark.parametrize(("language", "start"), [("vi", "'x' không"), ("en", "'x' is no date")])
def test_the_app_refuses_in_the_language_of_who_asks(language: str, start: str) -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/api/refuses")
    def refuses() -> None:
        raise WrongInput("'x' is no date: write it as YYYY-MM-DD.")

    answer = TestClient(app).get("/api/refuses", headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(start)
