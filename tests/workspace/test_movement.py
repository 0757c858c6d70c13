"""Stocks and flows against a plain walk over everybody's moves, told whole and in portions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from thang.model import WrongInput
from thang.workspace.advice import advice
from thang.workspace.choosing import Asked
from thang.workspace.held import HeldWorkspace
from thang.workspace.movement import LEAST, Climb, Movement
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, TZ, clock, invented, new_shop, order, tell

KEYS = ("lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan")
DAYS = ("2026-12-18", "2026-12-23", "2026-12-27", LAST_DAY)
CUTS = (0.997, 0.998, 0.999)
Life = list[tuple[datetime, int]]


def lives(shop: Workspace) -> dict[str, Life]:
    """Where each person stood since when; of one instant a move follows the one it goes on from."""
    moves: dict[str, list[tuple[datetime, int, int]]] = {}
    for row in shop.export("transitions").to_pylist():
        was = KEYS.index(row["from_level"]) if row["from_level"] else -1
        moves.setdefault(row["person"], []).append((row["at"], was, KEYS.index(row["to_level"])))
    return {who: _chained(some) for who, some in moves.items()}


def _chained(moves: list[tuple[datetime, int, int]]) -> Life:
    life: Life = []
    stands, left = -1, list(moves)
    while left:
        first = min(at for at, _, _ in left)
        move = next(m for m in left if m[0] == first and m[1] == stands)
        left.remove(move)
        stands = move[2]
        life.append((first, stands))
    return life


def stood(life: Life, at: datetime) -> int:
    """The rung just before an instant; -1: not known yet."""
    before = [level for since, level in life if since < at]
    return before[-1] if before else -1


def start(month: str, later: int = 0) -> datetime:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + later
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=ZoneInfo(TZ))


@dataclass(frozen=True)
class Told:
    """A shop whose movement is asked for, and the lives in it."""

    shop: HeldWorkspace
    lives: dict[str, Life]


@pytest.fixture(scope="module", params=["whole", "in portions"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    shop = new_shop(tmp_path_factory.mktemp("movement") / "shop")
    events = invented(260)
    if request.param == "whole":
        tell(shop, events)
        shop.classify(LAST_DAY)
    else:
        few = 0
        for day, low, high in zip(DAYS, (0, *CUTS), (*CUTS, 1), strict=True):
            tell(shop, events[int(low * len(events)) : int(high * len(events))])
            done = shop.classify(day)
            few += 0 < done.folded < done.people
        assert few >= 2
    with HeldWorkspace(shop.folder.path, clock()) as held:
        yield Told(held, lives(shop))


def test_stocks_are_where_everybody_stood_at_each_months_end(told: Told) -> None:
    moved = told.shop.movement()
    assert (moved.month, moved.closed) == ("2026-12", True)
    assert (moved.months[0], moved.months[-1], len(moved.months)) == ("2026-01", "2027-01", 13)
    for month, stock in zip(moved.months, moved.stocks, strict=True):
        on = Counter(stood(life, start(month, 1)) for life in told.lives.values())
        assert stock == tuple(on[level] for level in range(len(KEYS)))


def test_flows_compare_the_months_two_ends(told: Told) -> None:
    for month in told.shop.movement().months:
        moved = told.shop.movement(month)
        pairs = Counter(
            (stood(life, start(month)), stood(life, start(month, 1)))
            for life in told.lives.values()
        )
        del pairs[-1, -1]
        assert {(f.from_level, f.to_level): f.people for f in moved.flows} == dict(pairs)
        _sums_agree(moved, pairs)


def _sums_agree(moved: Movement, pairs: Counter[tuple[int, int]]) -> None:
    """Everything else the movement says is a sum over the same pairs."""
    assert moved.up == sum(n for (a, b), n in pairs.items() if 0 <= a < b)
    assert moved.down == sum(n for (a, b), n in pairs.items() if b < a)
    assert moved.came == sum(n for (a, b), n in pairs.items() if a < 0)
    for i, _ in enumerate(KEYS):
        assert moved.entered[i] == sum(n for (a, b), n in pairs.items() if b == i != a)
        assert moved.left[i] == sum(n for (a, b), n in pairs.items() if a == i != b)
    for climb in moved.climbs:
        assert climb.people == sum(n for (a, _), n in pairs.items() if a == climb.lower)
        assert climb.up == sum(n for (a, b), n in pairs.items() if a == climb.lower < b)
        assert climb.down == sum(n for (a, b), n in pairs.items() if a == climb.upper > b)


def test_the_tightest_spot_lets_the_smallest_share_through(told: Told) -> None:
    for month in told.shop.movement().months:
        moved = told.shop.movement(month)
        enough = [climb for climb in moved.climbs if climb.people >= LEAST]
        if moved.tightest is None:
            assert not enough
        else:
            shares = [Fraction(climb.up, climb.people) for climb in enough]
            assert Fraction(moved.tightest.up, moved.tightest.people) == min(shares)


def test_everybody_who_moved_is_listed_under_the_link_of_their_number(told: Told) -> None:
    moved = told.shop.movement("2026-11")
    for way, many in (("up", moved.up), ("down", moved.down), ("new", moved.came)):
        assert told.shop.customers(Asked(moved="2026-11", move=way)).count == many
    for flow in moved.flows:
        if flow.from_level not in (-1, flow.to_level):
            ways = Asked(
                moved="2026-11", from_level=KEYS[flow.from_level], to_level=KEYS[flow.to_level]
            )
            assert told.shop.customers(ways).count == flow.people


def test_the_present_month_is_not_closed(told: Told) -> None:
    assert not told.shop.movement("2027-01").closed


@pytest.mark.parametrize(
    "month",
    ["", "2026", "2026-13", "2026-1", "0000-01", "1999-01", "2027-02", "２０２６-01", "x" * 99],
)
def test_what_is_no_month_that_is_kept_is_refused(told: Told, month: str) -> None:
    with pytest.raises(WrongInput):
        told.shop.movement(month)


def test_a_shop_in_its_first_month_has_no_tightest_spot(tmp_path: Path) -> None:
    shop = new_shop(tmp_path / "shop")
    tell(shop, [order(f"KH-{n}", "2026-12-05") for n in range(LEAST + 5)])
    shop.classify("2026-12-20")
    moved = shop.movement("2026-12")
    assert (moved.came, moved.tightest) == (LEAST + 5, None)
    assert shop.advice(moved) is None


def test_advice_counts_the_people_of_its_own_list(told: Told) -> None:
    found = told.shop.advice(told.shop.movement())
    assert found is not None
    assert found.query == (("view", "almost_up"), ("level", found.level))
    listed = told.shop.customers(Asked(view="almost_up", levels=(found.level,)))
    assert listed.count == found.people >= found.most > 0
    assert KEYS.index(found.level) == found.spot.lower


def test_where_nobody_is_near_there_is_no_advice(told: Told) -> None:
    nobody = Climb(lower=6, people=99, up=0, down=0)
    moved = told.shop.movement()
    with told.shop._look() as look:
        spot = Movement(**{n: getattr(moved, n) for n in moved.__slots__} | {"tightest": nobody})
        assert advice(look.projection, look.policy, spot) is None
