"""Two real shops, imported and placed once for all tests of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from thang.workspace.shop import Workspace

DATA = Path(__file__).parents[3] / "shared" / "data"


def real(name: str) -> Path:
    """A file of real data, or a skip that names it."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"../shared/data/{name} is not here")
    return path


@pytest.fixture(scope="session")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A music shop of 1997, whose customers all came within three months."""
    shop = Workspace.init(tmp_path_factory.mktemp("shop") / "cdnow", "USD", "UTC")
    shop.import_file(real("cdnow_master.txt"))
    shop.classify("1998-06-30")
    return shop


@pytest.fixture(scope="session")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A wholesaler of gifts, with cancellations and guests."""
    shop = Workspace.init(tmp_path_factory.mktemp("shop") / "retail", "GBP", "Europe/London")
    shop.import_file(real("online_retail_ii_y1.parquet"))
    shop.classify("2010-12-09")
    return shop
