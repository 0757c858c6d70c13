"""A desk in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from thang.desk.desk import Desk
from thang.record.key import create_key


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An open desk with nobody at it."""
    create_key(tmp_path)
    opened = Desk.open(tmp_path)
    yield opened
    opened.close()
