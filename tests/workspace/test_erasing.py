"""A person who is erased is in no byte of the folder, and everybody else stands where they stood."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pytest
from tests import servers

from thang.model import DAY, Event, Gathered, Identifier, Refused, WrongInput
from thang.record import Record, erasing
from thang.workspace.shop import Workspace
from workspace.shops import clock, new_shop

PHONE, MAIL, KEY = "+84009871234", "hoangyen@khong-co-that.example", "KHACH-HOANGYEN"
NAME, ORDER = "Nguyễn Thị Hoàng Yến Thử", "DON-HOANGYEN-77"
SECRETS = (PHONE, PHONE[3:], "0" + PHONE[3:], MAIL, KEY, NAME, ORDER, "Hoàng Yến", "hoangyen")


def bought(n: int, named: tuple[Identifier, ...], ref: str, name: str = "") -> Gathered:
    at = clock("2026-12-01")() - n * DAY
    return Gathered(1, (Event("till", "order_completed", at, named, ref=ref, amount=500_000,
                              currency="VND", personal={"name": name} if name else {}),))  # fmt: skip


def theirs() -> list[Gathered]:
    phone, mail, key = (Identifier(*one) for one in
                        (("phone", PHONE), ("email", MAIL), ("customer", KEY)))  # fmt: skip
    raw = json.dumps({"phone": "0009871234", "name": NAME})
    return [
        bought(1, (key, phone), ORDER, NAME), bought(40, (phone, mail), ORDER + "-2", NAME),
        Gathered(1, refused=Refused("till", "line 9", "amount", f"{NAME} owes =1+1.", raw)),
    ]  # fmt: skip


def others() -> list[Gathered]:
    return [bought(n, (Identifier("customer", f"KH-{n % 5}"),), f"DH-{n}") for n in range(20)]


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    made = new_shop(tmp_path / "shop")
    with Record.open(made.folder.path, made.folder.now) as record:
        record.append("told", "till", [*others(), *theirs()])
    made.classify()
    return made


def found(folder: Path) -> list[tuple[str, str]]:
    """Which secrets lie in which files, however they are written."""
    hits = []
    for path in filter(Path.is_file, folder.rglob("*")):
        content = path.read_bytes()
        content += gzip.decompress(content) if content[:2] == b"\x1f\x8b" else b""
        for secret in SECRETS:
            ways = [secret.encode(), secret.encode("utf-16-le"), secret[::-1].encode(),
                    ascii(secret)[1:-1].encode(), secret.encode().hex().encode()]  # fmt: skip
            hits += [(path.name, secret) for way in ways if way in content]
    return hits


def sealed_rows(folder: Path) -> set[bytes]:
    with sqlite3.connect(folder / "vault.db") as vault:
        return {row[0] for row in vault.execute("select wrapped_key from subjects")}


def placed(shop: Workspace) -> list[tuple[object, ...]]:
    names = ("level", "since")
    rows = shop.export("placements").to_pylist()
    return sorted(tuple(str(row[name]) for name in names) for row in rows)


@pytest.mark.once
def test_no_byte_of_them_stays_and_nobody_else_moves(shop: Workspace, tmp_path: Path) -> None:
    folder, before = shop.folder.path, sealed_rows(shop.folder.path)
    assert (shop.folder.path / "record.db").read_bytes().count(ORDER.encode()) > 0
    (shop.folder.incoming / "waiting").mkdir(parents=True)
    (shop.folder.incoming / "waiting" / "file").write_text(f"{NAME};{PHONE}\n", "utf-8")
    done = shop.erase(PHONE)
    assert (done.state, done.counts["events"], done.counts["refused_rows"]) == ("done", 2, 1)
    assert found(folder) == []
    gone = before - sealed_rows(folder)
    files = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert len(gone) == 3 == done.counts["vault_keys"]
    assert not any(key in files for key in gone), "their keys are in no free page"
    never = new_shop(tmp_path / "never")
    with Record.open(never.folder.path, never.folder.now) as record:
        record.append("told", "till", others())
    never.classify()
    assert placed(shop) == placed(never)


@pytest.mark.once
def test_a_server_keeps_them_in_no_table_and_the_files_that_moved_go(shop: Workspace) -> None:
    with servers.running() as server:
        shop.move(server.url)
        shop.classify()
        assert found(shop.folder.path), "the files lie there under another name"
        assert in_tables(server), "and the server has them now"
        done = shop.erase(PHONE)
        assert (done.state, done.counts["events"]) == ("done", 2)
        assert found(shop.folder.path) == []
        assert in_tables(server) == []


def in_tables(server: servers.Server) -> list[str]:
    """Which of the secrets that no vault seals lie in the files of a server's tables."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    files = [path for path in (server.place / "data" / "base").rglob("*") if path.is_file()]
    return [path.name for path in files if ORDER.encode() in path.read_bytes()]


def test_nobody_is_known_by_their_names_any_more(shop: Workspace) -> None:
    shop.erase(MAIL)
    for name in (PHONE, MAIL, KEY):
        with pytest.raises(WrongInput, match="Nobody"):
            shop.erase(name)


def test_an_old_file_brings_nobody_back_and_a_new_order_somebody_new(shop: Workspace) -> None:
    ref = shop.explain(PHONE)["person"]
    shop.erase(PHONE)
    with Record.open(shop.folder.path, lambda: shop.folder.now() + 1) as record:
        assert record.append("again", "till", theirs()[:2]).stored == 0
        record.append("new", "till", [bought(0, (Identifier("phone", PHONE),), "DON-MOI")])
    shop.classify()
    told = shop.explain(PHONE)
    assert told["person"] != ref
    assert shop.settle_erasures() == 0, "who came back by themselves stays"


@pytest.mark.once
def test_facts_are_guarded_again(shop: Workspace) -> None:
    shop.erase(PHONE)
    with sqlite3.connect(shop.folder.path / "record.db") as record:
        for verb in ("delete from events", "update events set ref = ''"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                record.execute(verb)


@pytest.mark.parametrize("cut", ["empty", "empty_vault", "scrub", "finish"])
def test_one_that_is_cut_off_is_completed(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasing, cut, killed)
        with pytest.raises(KeyboardInterrupt):
            shop.erase(PHONE)
    assert shop.settle_erasures() == 1
    assert [one.state for one in shop.erasures()] == ["done"]
    assert shop.erasures()[0].counts["refused_rows"] == 1
    assert found(shop.folder.path) == []


@pytest.mark.once
def test_a_backup_that_still_has_them_forgets_them(shop: Workspace, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir(mode=0o700)
    for name in ("record.db", "vault.db", "shop.key", "policy.yaml"):
        (old / name).write_bytes((shop.folder.path / name).read_bytes())
        (old / name).chmod(0o600)
    shop.erase(PHONE)
    (old / "erased.list").write_bytes((shop.folder.path / "erased.list").read_bytes())
    restored = Workspace(old, shop.folder.now)
    assert found(old) != []
    assert restored.settle_erasures() == 1
    assert found(old) == []


def test_a_bundle_holds_everything(shop: Workspace, tmp_path: Path) -> None:
    counts = shop.bundle(PHONE, tmp_path / "all.zip")
    assert (counts["identifiers"], counts["events"]) == (3, 2)
    with ZipFile(tmp_path / "all.zip") as whole:
        said = {name: whole.read(name).decode("utf-8-sig") for name in whole.namelist()}
    held = json.loads(said["everything.json"])
    assert {one["ref"] for one in held["events"]} == {ORDER, ORDER + "-2"}
    assert all(text in said["everything.json"] for text in (PHONE, MAIL, KEY, NAME))
    assert NAME in said["thu.md"]
    assert NAME in said["letter.md"]
    assert "'+84" in said["identifiers.csv"]
    with pytest.raises(WrongInput, match="already"):
        shop.bundle(PHONE, tmp_path / "all.zip")
