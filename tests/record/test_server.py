"""A record on a PostgreSQL server: what only a server can do wrong, and what it owes to a team."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from tests import servers

from record.told import customer, facts, one, order
from thang.model import Event, Identifier, Unavailable, WrongInput
from thang.record import Record
from thang.record.folder import RECORD_FILE, SERVER_FILE, opened

pytestmark = pytest.mark.once
SECRET = "mat-khau-thu"  # noqa: S105 - invented


@pytest.fixture(scope="module")
def own() -> Iterator[servers.Server]:
    """A server that may be killed."""
    with servers.running() as found:
        yield found


@pytest.mark.parametrize(
    "url",
    ["x", "mysql://a@b/c", "sqlite:///a.db", "postgresql://host", "postgresql://[::1/a"],
)
def test_what_is_no_address_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(WrongInput, match="no address of a PostgreSQL database"):
        Record.create(tmp_path / "shop", server=url)
    assert not (tmp_path / "shop").exists()


def test_nobody_there_is_said_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://thang:{SECRET}@127.0.0.1:1/shop"
    with pytest.raises(Unavailable, match="lets nobody in") as refused:
        Record.create(tmp_path / "shop", server=url)
    assert SECRET not in str(refused.value)
    assert "thang:" not in str(refused.value)


def test_a_database_that_is_not_there(own: servers.Server, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nosuch on this machine"):
        Record.create(tmp_path / "shop", server=own.url.replace("/postgres?", "/nosuch?"))


def test_the_folder_keeps_the_key_and_the_address_and_no_facts(
    own: servers.Server, tmp_path: Path
) -> None:
    with Record.create(tmp_path / "shop", server=own.url) as record:
        record.append("a", "till", [one(order(1, customer(1)))])
        files = {path.name: path for path in record.folder.iterdir()}
    assert {"shop.key", SERVER_FILE} <= files.keys() <= {"shop.key", SERVER_FILE, "writer.lock",
                                                         "writer.turn"}  # fmt: skip
    assert stat.S_IMODE(files[SERVER_FILE].stat().st_mode) == 0o600
    with pytest.raises(WrongInput, match="a shop in"):
        Record.create(tmp_path / "shop", server=own.url)


def test_shops_share_a_database_and_nothing_else(own: servers.Server, tmp_path: Path) -> None:
    for name in ("one", "two"):
        with Record.create(tmp_path / name, server=own.url) as record:
            record.append("a", "till", [one(order(1, customer(1), personal={"name": name}))])
    with Record.open(tmp_path / "one") as first, Record.open(tmp_path / "two") as second:
        assert first.last_seq() == second.last_seq() == 1
    one_, two = (facts(tmp_path / name)["identifiers"] for name in ("one", "two"))
    assert one_ != two, "each shop's hashes are its own"


def test_two_machines_one_record(own: servers.Server, tmp_path: Path) -> None:
    """A second folder with the key and the address is the same shop; one writes at a time."""
    Record.create(tmp_path / "here", server=own.url).close()
    (tmp_path / "there").mkdir()
    for name in ("shop.key", SERVER_FILE):
        (tmp_path / "there" / name).write_bytes((tmp_path / "here" / name).read_bytes())
        (tmp_path / "there" / name).chmod(0o600)
    with Record.open(tmp_path / "here") as here, Record.open(tmp_path / "there") as there:
        here.append("a", "till", [one(order(1, customer(1)))])
        assert there.last_seq() == 1

        def meanwhile() -> Iterator[object]:
            yield one(order(2, customer(2)))
            with pytest.raises(Unavailable, match="Another thang is writing"):
                there.append("b", "till", [one(order(3, customer(3)))])

        here.append("c", "till", meanwhile())  # type: ignore[arg-type]
        tally = there.append("b", "till", [one(order(3, customer(3))), one(order(2, customer(2)))])
        assert (tally.stored, tally.duplicate) == (1, 1)
        assert here.last_seq() == 3


@pytest.mark.parametrize("ask", ["UPDATE events SET amount = 1", "DELETE FROM events"])
def test_the_server_itself_refuses_to_change_facts(
    own: servers.Server, tmp_path: Path, ask: str
) -> None:
    with Record.create(tmp_path / "shop", server=own.url) as record:
        record.append("a", "till", [one(order(1, customer(1)))])
    database = opened(tmp_path / "shop", RECORD_FILE)
    with database.engine.execution_options(writes=True).begin() as connection:
        with pytest.raises(DBAPIError, match="never changed"):
            connection.exec_driver_sql(ask)
        connection.rollback()
    database.close()


def test_a_zero_byte_is_kept_as_a_mark_and_the_event_known_again(
    own: servers.Server, tmp_path: Path
) -> None:
    told = Event("till", "page", 1_700_000_000_000_000, (Identifier("customer", "KH-1"),),
                 ref="a\0b", properties={"x": "a\0b"}, personal={"name": "Thử\0"})  # fmt: skip
    with Record.create(tmp_path / "shop", server=own.url) as record:
        assert record.append("a", "till", [one(told)]).stored == 1
        assert record.append("a", "till", [one(told)]).duplicate == 1


KILLER = """
import sys
from pathlib import Path
from record.told import customer, one, order
from thang.record import Record
with Record.open(Path(sys.argv[1])) as record:
    def told():
        for number in range(1, 30_001):
            if number == 17_000:
                print("now", flush=True)
                sys.stdin.readline()
            yield one(order(number, customer(number)))
    record.append("a", "till", told())
"""


def test_a_server_that_dies_in_an_import_loses_nothing(own: servers.Server, tmp_path: Path) -> None:
    Record.create(tmp_path / "shop", server=own.url).close()
    importing = subprocess.Popen(
        [sys.executable, "-c", KILLER, str(tmp_path / "shop")], text=True, cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PYTHONPATH": "src:tests:.", "PATH": ""},
    )  # fmt: skip
    assert importing.stdout
    assert importing.stdout.readline() == "now\n"
    own.kill()
    _, said = importing.communicate("\n")
    assert "lets nobody in" in said
    own.start()
    with Record.open(tmp_path / "shop") as record:
        kept = record.last_seq()
        assert kept == 15_000, "three portions of 5,000 were told to be in"
        again = record.append("a", "till", (one(order(n, customer(n))) for n in range(1, 30_001)))
        assert (again.stored, again.duplicate) == (15_000, 15_000)
