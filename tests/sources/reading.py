"""Short ways to write a file and read it back in the tests of sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from thang.model import Event, Gathered
from thang.river.calendar import instant
from thang.sources.files import Opened, ShopFacts, read

VN = "Asia/Ho_Chi_Minh"
SHOP = ShopFacts()
NOW = instant(datetime(2026, 7, 1, tzinfo=ZoneInfo(VN)))


def opened(path: Path, shop: ShopFacts = SHOP, mapping: Path | None = None) -> Opened:
    """A file as a Vietnamese shop opens it in July 2026."""
    return read(path, shop=shop, mapping=mapping, now=NOW)


def from_text(
    folder: Path, text: str | bytes, name: str = "file.csv", shop: ShopFacts = SHOP
) -> list[Gathered]:
    """What a text becomes."""
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return list(opened(path, shop))


def events(found: Sequence[Gathered]) -> list[Event]:
    return [event for gathered in found for event in gathered.events]


def reasons(found: Sequence[Gathered]) -> list[str]:
    return [gathered.refused.reason for gathered in found if gathered.refused]


def at(text: str, tz: str = VN) -> int:
    """The instant of a clock time in a zone."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)))
