"""A shop on a server, begun there or moved there, is the shop that it is on files, row by row."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import servers

from thang.desk.backup import backup
from thang.desk.desk import Desk
from thang.model import Taken, WrongInput
from thang.record import Record
from thang.workspace.shop import Workspace
from workspace.shops import invented, new_shop, tell

WORKING = """
import sys
from pathlib import Path
from thang.engines.duckdb import Projection
with Projection.open(Path(sys.argv[1]) / "projection.duckdb"):
    print("now", flush=True)
    sys.stdin.readline()
"""
pytestmark = pytest.mark.once
TABLES = ("placements", "transitions", "people")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with servers.running() as found:
        yield found.url


def told(shop: Workspace) -> dict[str, list[object]]:
    """Everything that is derived, by people's references, which the key makes."""
    return {name: shop.export(name).to_pylist() for name in TABLES}


def test_a_shop_moves_to_a_server_and_out_into_a_backup(url: str, tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(shop, invented())
    shop.classify()
    Desk.open(shop.folder.path).database.close()
    before = told(shop)
    shop.move(url)
    assert not (shop.folder.path / "record.db").exists()
    shop.folder.projection_file.unlink()
    shop.classify()
    assert told(shop) == before
    with pytest.raises(WrongInput, match="on a server already"):
        shop.move(url)
    back = Workspace(restored(shop, tmp_path / "back"), shop.folder.now)
    back.classify()
    assert told(back) == before
    with pytest.raises(WrongInput, match="The server has a record"):
        back.move(url)
    tell(shop, invented(60)[:50], "later")
    with Record.open(shop.folder.path) as record:
        record.withdraw(2)  # rows are numbered on from those that came along


def restored(shop: Workspace, folder: Path) -> Path:
    """The shop's backup, unpacked."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(backup(shop.folder.path))))
    archive.extractall(folder)
    for path in folder.iterdir():
        path.chmod(0o600)
    return folder


def test_a_shop_that_is_being_worked_with_does_not_move(url: str, tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    busy = subprocess.Popen(
        [sys.executable, "-c", WORKING, str(shop.folder.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert busy.stdout
    assert busy.stdout.readline() == "now\n"
    with pytest.raises(Taken):
        shop.move(url)
    busy.communicate("\n")
    assert (shop.folder.path / "record.db").exists()
