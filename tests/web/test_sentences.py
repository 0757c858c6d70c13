"""Refusals in Vietnamese: every one is translated, found again by its words, and loses nothing."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import thang
from thang.model import ThangError, WrongInput
from thang.policy.editing import edited
from thang.policy.load import load_policy, read_policy
from thang.record.database import open_database, said_plainly
from thang.record.key import read_key
from thang.sources.files import ShopFacts, read
from thang.sources.rows import WHY
from thang.web import errors
from thang.web.words import upkeep
from thang.web.words.extracting import sentences
from thang.web.words.sentences import HOLE, Skeleton, in_words, shelved, skeleton, written
from thang.workspace.paging import read as read_cursor

SOURCE = Path(thang.__file__).parent
ENGLISH = re.compile(
    r"\b(the|is|are|expected|found|there|this|it|with|such|its|again|cannot|choose|write)\b"
)
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìóòõúùũý]")
NEVER = re.compile(r"\b(anh|chị|em|quý khách)\b", re.IGNORECASE)


def catalogue() -> dict[tuple[str, str], str]:
    found = written("vi")
    assert found is not None
    return {(m.context or "", str(m.id)): str(m.string) for m in found if m.id}


def holes(text: str) -> set[str]:
    return {match[1] for match in HOLE.finditer(text)}


def test_every_refusal_has_its_vietnamese_and_none_is_left_over() -> None:
    said = {(one.group, one.text) for one in sentences(SOURCE)}
    told = catalogue()
    assert len(said) > 250
    assert not said - {key for key, words in told.items() if words}, "run `make words`, fill it in"
    assert not told.keys() - said, "run `make words`: nobody says these any more"
    found = written("vi")
    assert found is not None
    assert not [m.id for m in found if m.id and m.fuzzy]


def test_the_words_of_every_raise_are_read() -> None:
    """Told another way: whatever stands in a `raise` with several words is in some skeleton."""
    read_words = "\n".join(one.text for one in sentences(SOURCE))
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Raise) or path.is_relative_to(SOURCE / "web"):
                continue
            called = node.exc.func if isinstance(node.exc, ast.Call) else None
            if called is None or ast.unparse(called) in (
                "ValueError", "TypeError", "SignInNeeded", "typer.BadParameter",
            ):  # fmt: skip
                continue
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and len(str(part.value).split()) > 3:
                    assert part.value in read_words, f"{path.name}:{part.lineno}"


def test_a_translation_has_the_holes_commands_and_names_of_its_sentence() -> None:
    for (_, said), words in catalogue().items():
        assert holes(said) == holes(words), said
        assert not {m[2] for m in HOLE.finditer(words)} - {None}, said
        for kept in (r"`[^`<]*`", r"--[a-z-]+", r"\b\w+\.(?:yaml|db|key|jsonl|csv|xlsx)\b", r"U\+"):
            assert set(re.findall(kept, said)) <= set(re.findall(kept, words)), said
        assert words[-1] == said[-1] or said[-1] not in ".)", said


def test_the_vietnamese_is_composed_neutral_and_one_line() -> None:
    for words in catalogue().values():
        assert unicodedata.is_normalized("NFC", words)
        assert not NEVER.search(words)
        assert "\n" not in words
        assert "  " not in words


def test_the_file_is_as_its_verb_writes_it() -> None:
    assert upkeep.as_text(upkeep.written(upkeep.REFUSALS)) == upkeep.REFUSALS.read_bytes()


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
    lost = Counter(names.findall(sentence)) - Counter(names.findall(words))
    assert not {name for name in lost if name not in words}, f"{sentence} -> {words}"
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
        with said_plainly(tmp_path / "record.db"):
            raise _sqlite_full()

    said = [
        refused(lambda: load_policy(missing)),
        refused(lambda: read_key(tmp_path)),
        refused(lambda: open_database(missing)),
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
    import sqlite3

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


def test_english_and_what_nobody_translated_stay_as_they_are() -> None:
    known = "The shop has no events yet: run `thang import FILE` first."
    assert in_words(known, "en") == known
    assert in_words(known, "fr") == known
    for unknown in ("", " ", ".", "Nobody wrote this sentence.", "{0}: {1}.", "a: b: c"):
        assert in_words(unknown, "vi") == unknown


DATE = "{} is no date: write it as YYYY-MM-DD."


@pytest.mark.parametrize(
    "cell",
    [
        "'There is no rung x: choose one of y.'",
        "'z' is no month: write it as YYYY-MM.",
        "x is no date: write it as YYYY-MM-DD. y",
        "{0} {1:form} %s %(n)s \\1",
        "expected a list, found a mapping",
        "\n\0\u202e<b>",
        "holds no rows: " * 700,
    ],
)
def test_a_cell_that_speaks_like_a_refusal_is_kept_letter_by_letter(cell: str) -> None:
    expected = f"{cell} không phải là ngày: hãy viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2026-11-23."
    assert in_words(DATE.format(cell), "vi") == expected


MARK = "⟦mark⟧"
LITERALS = sorted({piece for _, said in catalogue() for piece in HOLE.split(said)[::3] if piece})


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_hostile_text_breaks_a_sentence_or_gets_lost(data: st.DataObject) -> None:
    _, said = data.draw(st.sampled_from(sorted(catalogue())))
    pieces = st.sampled_from([*LITERALS, "{0}", "{1:form}", ": ", ", ", "x" * 500]) | st.text()
    hostile = st.lists(pieces, max_size=6).map("".join)
    sentence = HOLE.sub(lambda _: data.draw(hostile) + MARK + data.draw(hostile), said)
    words = in_words(sentence, "vi")
    assert words.count(MARK) >= sentence.count(MARK)


def test_work_grows_with_a_text_and_never_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look of a skeleton at a text passes over it a fixed number of times, so looks count."""
    looks: list[int] = []
    plain = Skeleton.holes

    def counted(self: Skeleton, text: str) -> tuple[str, ...] | None:
        looks.append(len(text) * len(self.literals))
        return plain(self, text)

    monkeypatch.setattr(Skeleton, "holes", counted)
    for atom in (": ", " or ", ", found ", " is no ", "expected x, but ", "'", "x. ", "; "):
        for around in ("{}", DATE, "f:1: k: expected {}, found {}.", "f: k: {}", "{} is not a {}."):
            work = []
            for length in (1_000, 10_000):
                looks.clear()
                in_words(around.replace("{}", atom * (length // len(atom))), "vi")
                work.append((len(looks), sum(looks)))
            (few, little), (many, much) = work
            assert many == few < 500, (atom, around)
            assert much <= 11 * little, (atom, around)


def test_a_sentence_is_looked_up_by_its_words() -> None:
    texts = [("", f"Word{n} is wrong: mend {{0}}.", f"Sai{n}: sửa {{0}}.") for n in range(1_000)]
    shelf = shelved(texts)[""]
    assert len(list(shelf.like("Word7 is wrong: mend x."))) == 1


def test_two_holes_that_touch_are_refused() -> None:
    with pytest.raises(ValueError, match="touch"):
        skeleton("{0}{1} is wrong", "{0}{1} sai")


def test_a_sentence_that_is_made_elsewhere_is_refused_by_the_reader(tmp_path: Path) -> None:
    base = "class ThangError(Exception): ...\nclass Mine(ThangError): ...\n"
    (tmp_path / "a.py").write_text(base + "def f(x):\n    raise Mine(f'{x} is bad: mend {x!r}.')\n")
    assert "{0} is bad: mend {1}." in {one.text for one in sentences(tmp_path)}
    (tmp_path / "b.py").write_text("def f(x):\n    raise Mine(x.sentence)\n")
    with pytest.raises(LookupError, match=r"b\.py:2"):
        sentences(tmp_path)


def test_choices_inside_a_sentence_make_a_sentence_each(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "class ThangError(Exception): ...\n"
        "CURE = 'mend it now'\n"
        "def f(x):\n"
        "    what = 'it is bad' if x else 'it is worse'\n"
        "    raise ThangError(f'{x}: {what}; {CURE}.')\n"
    )
    said = {one.text for one in sentences(tmp_path)}
    assert {"{0}: it is bad; mend it now.", "{0}: it is worse; mend it now."} <= said


@pytest.mark.parametrize(("language", "start"), [("vi", "'x' không"), ("en", "'x' is no date")])
def test_the_app_refuses_in_the_language_of_who_asks(language: str, start: str) -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/api/refuses")
    def refuses() -> None:
        raise WrongInput(DATE.format("'x'"))

    answer = TestClient(app).get("/api/refuses", headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(start)
