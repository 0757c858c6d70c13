"""The doors: each verb's JSON keeps its shape, each mistake ends in one sentence with a cure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import thang
from thang.cli import main
from thang.policy.load import read_policy
from thang.workspace.shop import Workspace

SOURCE = Path(next(iter(thang.__path__))).parent
LEVELS = [level.key for level in read_policy("").levels]
LAST_DAY = "2025-06-30"  # of the invented events, so that none of them lies ahead of any clock

MONTHS = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(2024 * 12, 2025 * 12 + 6)]


class Told(NamedTuple):
    """What a verb said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Say = Callable[..., Told]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """The command line in this process."""

    def said(*words: str | Path) -> Told:
        monkeypatch.setattr(sys, "argv", ["thang", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        heard = capsys.readouterr()
        return Told(code, heard.out, heard.err)

    return said


def run(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "thang", *map(str, words)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an invented file of events and the shop that was made of it."""
    folder = tmp_path_factory.mktemp("cli")
    whole = folder / "whole.jsonl"
    told = run("simulate", whole, "--scenario", "tiny", "--truth", folder / "truth.json")
    assert told.returncode == 0, told.stderr
    lines = whole.read_text("utf-8").splitlines(keepends=True)
    past = [line for line in lines if json.loads(line)["timestamp"] < LAST_DAY]
    (folder / "events.jsonl").write_text("".join(past), "utf-8")
    shop = Workspace.init(folder / "shop")
    shop.import_file(folder / "events.jsonl")
    shop.classify(LAST_DAY)
    return folder


@pytest.fixture
def shop(files: Path) -> Path:
    return files / "shop"


@pytest.fixture
def empty(say: Say, tmp_path: Path) -> Path:
    """A shop in which nothing has happened."""
    assert say("init", "--shop", tmp_path / "empty").code == 0
    return tmp_path / "empty"


# each verb's shape


def test_init_says_what_was_laid_out(say: Say, tmp_path: Path) -> None:
    told = say("init", "--shop", tmp_path / "a", "--currency", "USD", "--tz", "UTC", "--json")
    assert told.json == {"shop": str(tmp_path / "a"), "currency": "USD", "tz": "UTC"}
    assert "USD" in (tmp_path / "a" / "policy.yaml").read_text("utf-8")


def test_import_accounts_for_every_row_and_again_for_none(
    say: Say, files: Path, empty: Path
) -> None:
    first = say("import", files / "events.jsonl", "--shop", empty, "--json").json
    assert set(first) == {
        "file", "format", "rows", "stored", "duplicate", "refused", "events", "reasons",
        "unmapped_columns",
    }  # fmt: skip
    assert first["rows"] == first["stored"] + first["duplicate"] + first["refused"] > 1_000
    again = say("import", files / "events.jsonl", "--shop", empty, "--json").json
    assert (again["rows"], again["duplicate"]) == (first["rows"], first["rows"])
    assert again["stored"] == again["events"] == 0


def test_classify_and_ladder(say: Say, shop: Path) -> None:
    done = say("classify", "--as-of", LAST_DAY, "--shop", shop, "--json").json
    assert set(done) == {"as_of", "people", "folded", "policy", "window_days"}
    found = say("ladder", "--shop", shop, "--json").json
    assert list(found) == ["as_of", "events_through", "policy", "computed_at", "levels"]
    assert found["as_of"] == f"{LAST_DAY}T23:59:59+07:00"
    assert found["policy"] == done["policy"]
    for place, level in enumerate(found["levels"]):
        assert list(level) == ["rung", "key", "people", "up", "down", "entered", "left"]
        assert (level["rung"], level["key"]) == (place + 1, LEVELS[place])
        assert level["left"] == level["up"] + level["down"]
    assert sum(level["people"] for level in found["levels"]) == done["people"] > 40


def test_the_moves_of_all_months_are_all_transitions(say: Say, shop: Path, tmp_path: Path) -> None:
    assert say("export", "transitions", tmp_path / "t.jsonl", "--shop", shop).code == 0
    moves = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    counts = dict.fromkeys(LEVELS, 0)
    for month in MONTHS:
        for level in say("ladder", "--month", month, "--shop", shop, "--json").json["levels"]:
            counts[level["key"]] += level["entered"]
    assert counts == {key: sum(move["to_level"] == key for move in moves) for key in LEVELS}


def test_explain_keeps_its_shape_for_a_phone_and_for_a_reference(
    say: Say, shop: Path, tmp_path: Path
) -> None:
    assert say("export", "people", tmp_path / "p.jsonl", "--shop", shop).code == 0
    people = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text("utf-8").splitlines()]
    someone = next(row for row in people if (row["identifier"] or "").startswith("+84"))
    by_phone = say("explain", someone["identifier"], "--shop", shop, "--json").json
    promised = [
        "person", "at", "level", "observed_level", "since", "facets", "why", "next", "demotion",
        "history",
    ]  # fmt: skip
    assert [key for key in by_phone if key in promised] == promised
    for reason in by_phone["why"]:
        assert list(reason) == ["quantity", "value", "needs", "ok", "events"]
    for move in by_phone["history"]:
        assert list(move) == ["at", "from", "to", "cause"]
    assert by_phone["next"] is None or {"level", "missing"} <= set(by_phone["next"])
    national = "0" + someone["identifier"].removeprefix("+84")
    assert say("explain", someone["person"], "--shop", shop, "--json").json == by_phone
    assert say("explain", national, "--shop", shop, "--json").json == by_phone
    past = say("explain", someone["person"], "--at", LAST_DAY, "--shop", shop, "--json").json
    assert past == by_phone


@pytest.mark.parametrize("table", ["transitions", "placements", "people"])
@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_export(say: Say, shop: Path, tmp_path: Path, table: str, ending: str) -> None:
    file = tmp_path / f"out.{ending}"
    told = say("export", table, file, "--shop", shop, "--json").json
    assert told == {"table": table, "file": str(file), "rows": told["rows"]}
    assert told["rows"] > 40
    assert file.stat().st_size > 1_000


def test_policy_check_and_diff(say: Say, shop: Path, tmp_path: Path) -> None:
    sound = say("policy", "check", "--shop", shop, "--json").json
    assert list(sound) == ["fingerprint", "levels", "unknown_kinds"]
    assert sound["levels"] == LEVELS
    changed = tmp_path / "mine.yaml"
    changed.write_text(
        "quantities: {waves: {count: [hand_waved], within: 9}, orders: {within: 30}}\n", "utf-8"
    )
    assert say("policy", "check", changed, "--json").json["unknown_kinds"] == ["hand_waved"]
    found = say("policy", "diff", changed, "--shop", shop, "--json").json
    assert {"changes", "up", "down", "counts", "moves", "examples"} <= set(found)
    assert sum(count["now"] for count in found["counts"]) == found["people"]
    assert any(change["key"] == "quantities.orders.within" for change in found["changes"])
    assert found["up"] + found["down"] == sum(move["people"] for move in found["moves"]) > 0


def test_simulate_is_the_same_for_the_same_seed(say: Say, files: Path, tmp_path: Path) -> None:
    told = say("simulate", tmp_path / "a.jsonl", "--scenario", "tiny", "--json").json
    assert told["file"] == str(tmp_path / "a.jsonl")
    assert (told["scenario"], told["seed"]) == ("tiny", 1)
    assert (tmp_path / "a.jsonl").read_bytes() == (files / "whole.jsonl").read_bytes()
    assert told["events"] == len((tmp_path / "a.jsonl").read_bytes().splitlines())
    assert (files / "truth.json").stat().st_size > 1_000


def test_words_for_people(say: Say, shop: Path) -> None:
    for words in (
        ("ladder",),
        ("policy", "check"),
        ("policy", "diff"),
        ("classify", "--as-of", LAST_DAY),
    ):
        told = say(*words, "--shop", shop)
        assert (told.code, told.err) == (0, "")
        assert len(told.out) > 20
    assert "Khách hàng" in say("ladder", "--shop", shop).out


def test_demo_shows_somebody_on_each_of_the_seven_rungs_and_can_be_had_again(
    say: Say, tmp_path: Path
) -> None:
    assert (
        "Khách hàng"
        in say("demo", "--no-serve", "--day", "2026-06-30", "--shop", tmp_path / "demo").out
    )
    told = say("demo", "--day", "2026-06-30", "--shop", tmp_path / "demo", "--json").json
    assert [level["key"] for level in told["levels"]] == LEVELS
    assert all(level["people"] > 0 for level in told["levels"])
    assert sorted(one["level"] for one in told["examples"]) == sorted(LEVELS)


# mistakes


def refused(told: Told, *words: str) -> None:
    """One sentence on stderr that says what is wrong and how to put it right."""
    assert told.code == 1
    assert told.out == ""
    lines = told.err.strip().splitlines()
    assert len(lines) == 1, told.err
    assert lines[0].startswith("thang: ")
    assert lines[0].endswith(".")
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize(
    "words",
    [
        ("classify",),
        ("ladder",),
        ("explain", "KH-1"),
        ("export", "people", "out.csv"),
        ("policy", "diff"),
    ],
)
def test_no_shop(say: Say, tmp_path: Path, words: tuple[str, ...]) -> None:
    refused(say(*words, "--shop", tmp_path / "none"), "no shop", "thang init")
    assert not (tmp_path / "none").exists()


def test_no_shop_to_import_into(say: Say, files: Path, tmp_path: Path) -> None:
    refused(say("import", files / "events.jsonl", "--shop", tmp_path / "none"), "thang init")


def test_a_shop_laid_out_twice(say: Say, shop: Path) -> None:
    before = (shop / "policy.yaml").read_bytes()
    refused(say("init", "--shop", shop), "already")
    assert (shop / "policy.yaml").read_bytes() == before


def test_a_shop_where_a_file_is(say: Say, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    refused(say("init", "--shop", tmp_path / "file"), "--shop")
    refused(say("demo", "--no-serve", "--shop", tmp_path / "file"), "--shop")
    assert (tmp_path / "file").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("option", "value"), [("--currency", "dong"), ("--tz", "Asia/Saigon2"), ("--tz", "+07:00")]
)
def test_a_shop_of_nowhere(say: Say, tmp_path: Path, option: str, value: str) -> None:
    refused(say("init", "--shop", tmp_path / "shop", option, value), value)
    assert say("init", "--shop", tmp_path / "shop").code == 0


@pytest.mark.parametrize("words", [("ladder",), ("explain", "KH-1"), ("policy", "diff")])
def test_nobody_is_placed_yet(say: Say, empty: Path, words: tuple[str, ...]) -> None:
    refused(say(*words, "--shop", empty), "thang classify")


def test_an_empty_shop(say: Say, empty: Path) -> None:
    refused(say("classify", "--shop", empty), "no events", "thang import")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"order_id,date,total,phone\n", "header.csv"),
        (b"alpha,beta\n1,2\n", "strange.csv"),
        (b"\x00\x01\x02" * 99, "binary.bin"),
        (b"PK\x03\x04 not a book", "broken.xlsx"),
        (b"PAR1 not columns PAR1", "broken.parquet"),
    ],
)
def test_a_file_that_cannot_be_read(
    say: Say, empty: Path, tmp_path: Path, content: bytes, name: str
) -> None:
    (tmp_path / name).write_bytes(content)
    refused(say("import", tmp_path / name, "--shop", empty), name)


def test_a_file_that_is_not_there(say: Say, empty: Path, tmp_path: Path) -> None:
    refused(say("import", tmp_path / "none.csv", "--shop", empty), "none.csv")
    refused(say("import", tmp_path, "--shop", empty), tmp_path.name)


def test_a_mapping_that_is_not_there(say: Say, files: Path, empty: Path, tmp_path: Path) -> None:
    told = say("import", files / "events.jsonl", "--map", tmp_path / "no.yaml", "--shop", empty)
    refused(told, "no.yaml")


@pytest.mark.parametrize("person", ["KH-nobody", "0900 999 999", "p_nonsense", "", "'; drop table"])
def test_an_unknown_person(say: Say, shop: Path, person: str) -> None:
    refused(say("explain", person, "--shop", shop), "Nobody")


def test_an_ambiguous_person(say: Say, empty: Path, tmp_path: Path) -> None:
    file = tmp_path / "twins.jsonl"
    file.write_text(
        '{"type":"track","event":"Order Completed","messageId":"a","userId":"0911000111",'
        '"timestamp":"2026-01-01T00:00:00Z","properties":{"order_id":"1","revenue":1}}\n'
        '{"type":"track","event":"Order Completed","messageId":"b","anonymousId":"x",'
        '"timestamp":"2026-01-01T00:00:00Z","context":{"traits":{"phone":"0911000111"}},'
        '"properties":{"order_id":"2","revenue":1}}\n',
        "utf-8",
    )
    assert say("import", file, "--shop", empty).code == 0
    assert say("classify", "--as-of", "2026-02-01", "--shop", empty).code == 0
    refused(say("explain", "0911000111", "--shop", empty), "2 people", "reference")


BAD_DAYS = ["yesterday", "2026-02-30", "31/12/2026", "2026-13-01", "", "9999-12-31", "0000-01-01"]


@pytest.mark.parametrize("day", BAD_DAYS)
def test_bad_dates(say: Say, shop: Path, tmp_path: Path, day: str) -> None:
    assert say("export", "placements", tmp_path / "p.jsonl", "--shop", shop).code == 0
    someone = json.loads((tmp_path / "p.jsonl").read_text().splitlines()[0])["person"]
    refused(say("classify", "--as-of", day, "--shop", shop))
    refused(say("explain", someone, "--at", day, "--shop", shop))


@pytest.mark.parametrize("month", ["2026", "2026-13", "June", "2026-1", "0000-01"])
def test_bad_months(say: Say, shop: Path, month: str) -> None:
    refused(say("ladder", "--month", month, "--shop", shop), "YYYY-MM")


def test_a_month_that_lies_ahead(say: Say, shop: Path) -> None:
    refused(say("ladder", "--month", "2025-07", "--shop", shop), "earlier")
    assert say("ladder", "--month", "1999-01", "--shop", shop).code == 0


def test_dates_before_anything(say: Say, shop: Path, tmp_path: Path) -> None:
    refused(say("classify", "--as-of", "2001-01-01", "--shop", shop), "before the first event")
    assert say("export", "placements", tmp_path / "p.jsonl", "--shop", shop).code == 0
    someone = json.loads((tmp_path / "p.jsonl").read_text().splitlines()[0])["person"]
    refused(say("explain", someone, "--at", "2001-01-01", "--shop", shop), "not known yet")


def test_an_unknown_table(say: Say, shop: Path, tmp_path: Path) -> None:
    told = say("export", "customers", tmp_path / "out.csv", "--shop", shop)
    refused(told, "transitions, placements, ")


def test_an_ending_and_a_place_that_cannot_be_written(say: Say, shop: Path, tmp_path: Path) -> None:
    refused(say("export", "people", tmp_path / "out.xls", "--shop", shop), ".csv")
    refused(say("export", "people", tmp_path / "no" / "out.csv", "--shop", shop), "another place")
    told = say("simulate", tmp_path / "no" / "out.jsonl", "--scenario", "tiny")
    refused(told, "another place")
    told = say(
        "simulate", tmp_path / "out.jsonl", "--scenario", "tiny", "--truth", tmp_path / "no" / "t"
    )
    refused(told, "another place")


BAD_POLICIES = {
    "a misspelt quantity": (
        "levels:\n  premier:\n    enter: spent >= 3\n",
        ("policy.yaml:3", "spent", "spend"),
    ),
    "a misspelt key": ("shop:\n  curency: VND\n", ("policy.yaml:2", "curency", "currency")),
    "a cycle": (
        "levels:\n  advocate: {enter: premier.enter}\n  premier: {enter: advocate.enter}\n",
        ("policy.yaml:", "advocate", "premier"),
    ),
    "an unreachable level": (
        "levels:\n  member: {enter: orders >= 3 and orders < 2}\n",
        ("policy.yaml:2", "member"),
    ),
    "no YAML": ("levels: [\n", ("policy.yaml:",)),
    "a list": ("- a\n- b\n", ("policy.yaml:1",)),
    "no rule": ("levels:\n  member: {enter: orders >>= 3}\n", ("policy.yaml:2",)),
    "no time zone": ("shop: {tz: Mars/Sea}\n", ("policy.yaml:1", "Mars/Sea")),
    "text that is no UTF-8": ("shop: {tz: \udcff}\n", ("policy.yaml:1", "UTF-8")),
}


@pytest.mark.parametrize(("text", "words"), BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_a_bad_policy(say: Say, empty: Path, text: str, words: tuple[str, ...]) -> None:
    (empty / "policy.yaml").write_text(text, "utf-8", errors="surrogateescape")
    refused(say("policy", "check", "--shop", empty), *words)
    refused(say("classify", "--shop", empty), *words)
    refused(say("policy", "check", empty / "policy.yaml"), *words)


def test_no_policy_there(say: Say, tmp_path: Path) -> None:
    refused(say("policy", "check", tmp_path / "no.yaml"), "no.yaml")


def test_a_damaged_projection_is_made_anew(say: Say, files: Path, empty: Path) -> None:
    assert say("import", files / "events.jsonl", "--shop", empty).code == 0
    assert say("classify", "--as-of", LAST_DAY, "--shop", empty).code == 0
    ladder = say("ladder", "--shop", empty, "--json").json["levels"]
    (empty / "projection.duckdb").write_bytes(b"what is this\n" * 9_999)
    refused(say("ladder", "--shop", empty), "thang classify")
    assert say("classify", "--as-of", LAST_DAY, "--shop", empty).code == 0
    assert say("ladder", "--shop", empty, "--json").json["levels"] == ladder


def test_a_projection_that_another_process_holds(say: Say, shop: Path) -> None:
    asked = (
        "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print('held', flush=True);"
        " sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", asked, str(shop / "projection.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for words in (("ladder",), ("classify", "--as-of", LAST_DAY), ("explain", "KH-1")):
            refused(say(*words, "--shop", shop), "taken", "another thang")
        assert holder.stdin is not None
        holder.stdin.close()
    assert say("ladder", "--shop", shop).code == 0


def test_importing_while_another_process_holds_the_projection(
    say: Say, files: Path, shop: Path
) -> None:
    import duckdb

    with duckdb.connect(str(shop / "projection.duckdb")):
        told = run("import", files / "events.jsonl", "--shop", shop, "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["stored"] == 0


def test_an_unknown_scenario(say: Say, tmp_path: Path) -> None:
    told = say("simulate", tmp_path / "out.jsonl", "--scenario", "huge")
    refused(told, "tiny, small, mid, demo")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_demo_removes_nobodys_folder(say: Say, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo").write_text("dear", "utf-8")
    for folder in (shop, tmp_path / "mine"):
        before = sorted(folder.iterdir())
        refused(say("demo", "--no-serve", "--shop", folder), "no demo shop", "--shop")
        assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    "words",
    [
        ("clasify",),
        ("classify", "--as-off", "2026-01-01"),
        ("explain",),
        ("export", "people"),
        ("import",),
        ("policy", "chek"),
        ("simulate",),
        ("simulate", "out.jsonl", "--seed", "one"),
    ],
)
def test_wrong_usage_ends_with_two(say: Say, words: tuple[str, ...]) -> None:
    told = say(*words)
    assert told.code == 2
    assert "Usage" in told.err
    assert "Traceback" not in told.err


def test_an_engine_that_is_not_there_is_wrong_usage(say: Say, shop: Path) -> None:
    told = say("classify", "--engine", "abacus", "--shop", shop)
    assert told.code == 2
    assert "duckdb or spark" in told.err


def test_in_a_process_of_its_own_a_mistake_is_one_sentence_too(tmp_path: Path) -> None:
    told = run("ladder", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("thang: There is no shop in shop")
    assert told.stderr.count("\n") == 1


def test_stopping_is_no_accident(say: Say, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "ladder", stopped)
    refused(say("ladder", "--shop", shop), "what was committed is kept")
