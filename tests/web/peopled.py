"""A small invented shop whose people are placed, behind the whole web app; the worker rests."""

from __future__ import annotations

from pathlib import Path

from tests.web.visitors import Shop
from tests.workspace.shops import LAST_DAY, invented, new_shop, tell

from thang.web.app import create_app
from thang.web.office import Office


def peopled(folder: Path, people: int = 90) -> Shop:
    """Three years of a small shop, placed at its last day."""
    shop = new_shop(folder)
    tell(shop, invented(people))
    shop.classify(LAST_DAY)
    office = Office.open(folder)
    return Shop(office, create_app(office))
