"""A shop's folder: who may read it, what is missing or damaged, and what to do about it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from record.told import customer, one, order, phone
from thang.model import Unavailable, WrongInput
from thang.record import Record
from thang.record.lock import only_writer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop with enough in it to fill some pages."""
    with Record.create(tmp_path / "shop") as record:
        rows = [
            one(order(n, customer(n), phone(n), properties={"n": "x" * 99})) for n in range(900)
        ]
        record.append("a", "till", rows)
    return tmp_path / "shop"


@pytest.mark.once
def test_only_the_owner_can_read_anything(tmp_path: Path) -> None:
    with Record.create(tmp_path / "shop") as record:
        record.append("a", "till", [one(order(1, customer(1)))])
        files = {path.name: path for path in record.folder.iterdir()}
        assert {"record.db", "record.db-wal", "vault.db", "shop.key"} <= files.keys()
        modes = {name: stat.S_IMODE(path.stat().st_mode) for name, path in files.items()}
        assert modes == dict.fromkeys(files, 0o600)
        assert stat.S_IMODE(record.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_key_that_others_can_reach_is_not_used(folder: Path, mode: int) -> None:
    (folder / "shop.key").chmod(mode)
    with pytest.raises(Unavailable, match=r"run `chmod 600 .*shop\.key`"):
        Record.open(folder)


def test_two_shops_have_two_keys(tmp_path: Path) -> None:
    keys = set()
    for name in "ab":
        Record.create(tmp_path / name).close()
        keys.add((tmp_path / name / "shop.key").read_text())
    assert len(keys) == 2


@pytest.mark.parametrize("content", ["", "short", "zz" * 32, "00" * 31, "é" * 64])
def test_a_damaged_key_is_named(folder: Path, content: str) -> None:
    (folder / "shop.key").write_text(content, encoding="latin-1")
    with pytest.raises(Unavailable, match=r"shop\.key .*backup"):
        Record.open(folder)


@pytest.mark.once
def test_another_shops_key_opens_nothing(folder: Path, tmp_path: Path) -> None:
    Record.create(tmp_path / "other").close()
    (tmp_path / "other" / "shop.key").replace(folder / "shop.key")
    with pytest.raises(Unavailable, match="do not belong together"):
        Record.open(folder)


@pytest.mark.once
def test_another_shops_vault_is_not_taken_for_this_ones(folder: Path, tmp_path: Path) -> None:
    Record.create(tmp_path / "other").close()
    (tmp_path / "other" / "vault.db").replace(folder / "vault.db")
    with pytest.raises(Unavailable, match=r"vault\.db .*do not belong together"):
        Record.open(folder)


@pytest.mark.once
@pytest.mark.parametrize("name", ["shop.key", "vault.db", "record.db"])
def test_a_missing_file_is_named_and_none_is_made_in_its_place(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(Unavailable, match=name if name != "record.db" else "no shop in"):
        Record.open(folder)
    assert not (folder / name).exists()


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _overwrite(content: bytes) -> bytes:
    return b"not a database at all".ljust(len(content), b"!")


def _tear(content: bytes) -> bytes:
    return content[:4096] + b"\xa5" * (len(content) - 4096)


@pytest.mark.once
@pytest.mark.parametrize("harm", [_cut, _overwrite, _tear])
@pytest.mark.parametrize("name", ["record.db", "vault.db"])
def test_a_damaged_file_is_named_with_its_cure(
    folder: Path, name: str, harm: Callable[[bytes], bytes]
) -> None:
    (folder / name).write_bytes(harm((folder / name).read_bytes()))
    with pytest.raises(Unavailable, match=rf"{name} is damaged.*backup"):
        _read_all(folder)


def _read_all(folder: Path) -> None:
    with Record.open(folder) as record:
        record.counts()
        record.events_after()
        record.personal(range(1, 1801))


@pytest.mark.once
@pytest.mark.parametrize("which", [0, 1])
def test_a_sealed_entry_that_was_moved_does_not_open(folder: Path, which: int) -> None:
    """Neither alone nor with the key of the one it was taken from."""
    with sqlite3.connect(folder / "vault.db") as vault:
        for table, column in (("subjects", "wrapped_key"), ("fields", "sealed"))[which:]:
            take = f"(SELECT {column} FROM {table} WHERE identifier = 1)"  # noqa: S608
            vault.execute(f"UPDATE {table} SET {column} = {take} WHERE identifier = 2")  # noqa: S608
    with Record.open(folder) as record:
        assert record.personal([1])
        with pytest.raises(Unavailable, match="same backup"):
            record.personal([2])


@pytest.mark.once
@pytest.mark.parametrize("name", ["record.db", "vault.db"])
def test_a_newer_schema_is_left_alone(folder: Path, name: str) -> None:
    with sqlite3.connect(folder / name) as connection:
        connection.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
    with pytest.raises(Unavailable, match=rf"{name} was written by a newer thang.*upgrade"):
        Record.open(folder)


def test_a_shop_is_not_laid_out_over_another(folder: Path) -> None:
    key = (folder / "shop.key").read_bytes()
    with pytest.raises(WrongInput, match="already"):
        Record.create(folder)
    assert (folder / "shop.key").read_bytes() == key
    with Record.open(folder) as record:
        assert record.counts().events == 900


@pytest.mark.once
def test_a_vault_without_its_record_is_not_given_to_new_people(folder: Path) -> None:
    (folder / "record.db").unlink()
    with pytest.raises(Unavailable, match=r"people in its vault\.db but no record\.db"):
        Record.create(folder)


@pytest.mark.once
@pytest.mark.parametrize("left", [(), ("shop.key",), ("shop.key", "vault.db")])
def test_a_creation_that_was_cut_off_is_taken_up_again(
    tmp_path: Path, left: tuple[str, ...]
) -> None:
    Record.create(tmp_path / "shop").close()
    for path in (tmp_path / "shop").iterdir():
        if path.name not in left:
            path.unlink()
    (tmp_path / "shop" / "record.db").touch()
    with pytest.raises(Unavailable, match="run `thang init`"):
        Record.open(tmp_path / "shop") if left else Record.open(tmp_path / "none")
    with Record.create(tmp_path / "shop") as record:
        assert record.append("a", "till", [one(order(1, customer(1)))]).events == 1


@pytest.mark.once
def test_one_writer_at_a_time_and_readers_never_wait(folder: Path) -> None:
    with Record.open(folder) as record, Record.open(folder) as second:
        with only_writer(folder):
            with pytest.raises(Unavailable, match=r"Another thang is writing.*wait.*or stop it"):
                second.append("b", "till", [one(order(1, customer(1)))])
            assert second.counts().events == 900
        seen: list[int] = []
        rows = [one(order(n, customer(n))) for n in range(1000, 1005)]
        record.append("b", "till", rows, progress=lambda _: seen.append(second.counts().events))
        assert seen == [905]
        assert second.append("c", "till", rows).duplicate == 5


def test_a_folder_whose_name_is_awkward_is_a_folder(tmp_path: Path) -> None:
    with Record.create(tmp_path / "cửa hàng #1 100% ?mode=ro") as record:
        assert record.append("a", "till", [one(order(1, customer(1)))]).events == 1
    with Record.open(tmp_path / "cửa hàng #1 100% ?mode=ro") as record:
        assert record.counts().events == 1


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("")
    with pytest.raises(Unavailable, match="choose another"):
        Record.create(tmp_path / "shop")
    with pytest.raises(Unavailable, match="no shop in"):
        Record.open(tmp_path / "shop")
