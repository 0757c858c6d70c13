"""Invented shops in folders, told portion by portion, and what is said of their people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tests import servers

from thang.model import DAY, Event, Finality, Gathered, Identifier
from thang.record import Record
from thang.river.calendar import end_of_day
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import simulate
from thang.workspace.shop import Workspace

TZ = "Asia/Ho_Chi_Minh"
LAST_DAY = "2026-12-31"  # of the invented events
Rows = list[dict[str, Any]]


@cache
def invented(people: int = 90) -> tuple[Event, ...]:
    """Three years of a small shop, in order of time."""
    return tuple(simulate(replace(SCENARIOS["tiny"], people=people, seed=11)))


def clock(day: str = "2027-01-15") -> Callable[[], int]:
    """A clock that stands at the end of a shop day."""
    at = end_of_day(day, TZ)
    return lambda: at


def new_shop(folder: Path, day: str = "2027-01-15") -> Workspace:
    """An empty shop."""
    return Workspace.init(folder, now=clock(day))


def tell(shop: Workspace, events: Iterable[Event], source: str = "simulator") -> None:
    """Append events, each a row of its own."""
    with Record.open(shop.folder.path, shop.folder.now) as record:
        record.append("told", source, (Gathered(1, (event,)) for event in events))


def copied(shop: Workspace, folder: Path) -> Workspace:
    """The same shop elsewhere: same key, so that people have the same references."""
    servers.copied(shop.folder.path, folder)
    return Workspace(folder, shop.folder.now)


def history(shop: Workspace) -> Rows:
    """All moves, in an order of their own."""
    rows: Rows = shop.export("transitions").to_pylist()
    return sorted(rows, key=lambda row: (row["person"], row["at"], row["to_level"]))


def places(shop: Workspace) -> dict[str, dict[str, Any]]:
    """Everybody's placement, by reference."""
    return {row["person"]: row for row in shop.export("placements").to_pylist()}


def counts(shop: Workspace) -> Rows:
    """All that one pass counted for value, groups and stage."""
    rows = [row for name in ("tallies", "purchases") for row in shop.export(name).to_pylist()]
    return sorted(rows, key=lambda row: (row["person"], str(row.get("day", ""))))


Said = tuple[Rows, dict[str, dict[str, Any]], Rows]


def said(shop: Workspace) -> Said:
    """All that the fold says."""
    return history(shop), places(shop), counts(shop)


def said_anew(shop: Workspace, as_of: str | None) -> Said:
    """The same after everybody was folded again from a projection made anew."""
    shop.folder.projection_file.unlink()
    shop.classify(as_of, everybody=True)
    return said(shop)


def lived(shop_said: Said) -> Said:
    """What was said without `observed_level`: what a person lived, and will live."""
    moves, stood, counted = shop_said
    unseen = {
        who: {name: value for name, value in place.items() if name != "observed_level"}
        for who, place in stood.items()
    }
    return moves, unseen, counted


def at(text: str) -> int:
    """Noon of a shop day."""
    return end_of_day(text, TZ) + 1 - DAY // 2


def customer(name: str) -> Identifier:
    return Identifier("customer", name)


def act(who: Sequence[Identifier] | str, kind: str, day: str, **more: Any) -> Event:
    """One act at noon of a day."""
    named = (customer(who),) if isinstance(who, str) else tuple(who)
    return Event("by hand", kind, at(day), named, **more)


def order(who: Sequence[Identifier] | str, day: str, amount: int = 500_000, **more: Any) -> Event:
    """A till's order, which counts at once."""
    name = f"{who if isinstance(who, str) else who[0].value}-{day}"
    facts = {"ref": name, "amount": amount, "currency": "VND", "finality": Finality.FINAL}
    return act(who, "order_completed", day, **(facts | more))
