"""Lists against plain Python over the same placements: filters, orders, pages, counts, cursors."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.engines.summaries import summarise
from thang.model import DAY, Event, WrongInput
from thang.policy.schema import Policy
from thang.workspace import customers as listing
from thang.workspace.choosing import ACTIVITIES, Asked
from thang.workspace.customers import SORTS, Row
from thang.workspace.explain import activity, facets
from thang.workspace.held import HeldWorkspace
from thang.workspace.names import Card

from .shops import LAST_DAY, act, clock, invented, new_shop, order, tell

KEYS = ("lead", "shopper", "customer", "member", "premier", "advocate", "raving_fan")
Place = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A shop, and what is known of its people without asking the lists."""

    shop: HeldWorkspace
    places: list[Place]
    as_of: int
    policy: Policy


def events() -> list[Event]:
    """Some tell their story in two shops at once; one is named to be run by a spreadsheet."""
    theirs = [
        replace(event, source="sàn" if event.ref.endswith("3") else event.source)
        for event in invented(260)
    ]
    mischief = [
        act("KH-xấu", "signed_up", "2026-11-01", personal={"name": "=HYPERLINK(0)"}),
        act("KH-xấu", "price_asked", "2026-12-30"),
        order("KH-một", "2026-12-29"),
    ]
    return [*theirs, *mischief]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    made = new_shop(tmp_path_factory.mktemp("lists") / "shop")
    tell(made, events())
    made.classify(LAST_DAY)
    with HeldWorkspace(made.folder.path, clock()) as shop, shop._look() as look:
        rows = look.projection.table("select * from placements").to_pylist()
        falls = _falls(look.projection.sql)
        told_by = _sources(look.projection.sql, look.record.sources())
        for row in rows:
            row["fell"], row["sources"] = falls.get(row["person"], 0), told_by[row["person"]]
        yield Told(shop, rows, look.projection.meta("as_of") or 0, look.policy)


def _falls(sql: Any) -> dict[int, int]:
    found: dict[int, int] = {}
    for person, at, before, after in sql.execute(
        'select person, "at", from_level, to_level from transitions'
    ).fetchall():
        if after < before:
            found[person] = max(at, found.get(person, 0))
    return found


def _sources(sql: Any, codes: dict[str, int]) -> dict[int, set[str]]:
    names = {code: name for name, code in codes.items()}
    found: dict[int, set[str]] = {}
    for person, code in sql.execute("select person, source from told").fetchall():
        found.setdefault(person, set()).add(names[code])
    return found


def every_page(shop: HeldWorkspace, asked: Asked) -> tuple[list[Row], list[Row]]:
    """All rows read forward, and the same read back from the last page."""
    page = shop.customers(asked)
    forward = list(page.rows)
    while page.next:
        page = shop.customers(replace(asked, cursor=page.next))
        assert page.rows
        forward += page.rows
    back = list(page.rows)
    while page.previous:
        page = shop.customers(replace(asked, cursor=page.previous))
        back = [*page.rows, *back]
    assert page.next is None or len(forward) > asked.size
    return forward, back


def ranked(people: list[Place], sort: str) -> list[int]:
    if sort == "person":
        return sorted(p["person"] for p in people)
    return [p["person"] for p in sorted(people, key=lambda p: (-p[sort], p["person"]))]


Test = Callable[[Told, Place], bool]


def day(told: Told, back: int) -> int:
    return told.as_of - back * DAY


FILTERS: list[tuple[Asked, Test]] = [
    (Asked(), lambda *_: True),
    (Asked(levels=("customer",)), lambda _, p: p["level"] == 2),
    (Asked(levels=("premier", "lead", "lead")), lambda _, p: p["level"] in (0, 4)),
    *((Asked(facet=key), lambda t, p, key=key: key in facets(t.policy, p["rungs"])) for key in KEYS),
    *(
        (Asked(activity=a), lambda t, p, a=a: activity(t.policy, p, t.as_of) == a)
        for a in ACTIVITIES
    ),
    (Asked(view="just_fell"), lambda t, p: p["fell"] > day(t, 30)),
    (Asked(view="silent"), lambda t, p: p["orders"] > 0 and p["last_order"] <= day(t, 60)),
    (Asked(view="silent", days=9), lambda t, p: p["orders"] > 0 and p["last_order"] <= day(t, 9)),
    (Asked(source="sàn"), lambda _, p: "sàn" in p["sources"]),
    (
        Asked(levels=("customer", "advocate"), facet="customer", activity="lost", source="simulator"),
        lambda t, p: p["level"] in (2, 5) and activity(t.policy, p, t.as_of) == "lost"
        and "customer" in facets(t.policy, p["rungs"]) and "simulator" in p["sources"],
    ),
]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(("asked", "test"), FILTERS)
def test_pages_forward_and_back_hold_exactly_whom_they_should(
    told: Told, asked: Asked, test: Test, sort: str
) -> None:
    wanted = ranked([p for p in told.places if test(told, p)], sort)
    asked = replace(asked, sort=sort)
    forward, back = every_page(told.shop, asked)
    assert [row.person for row in forward] == wanted
    assert [row.person for row in back] == wanted
    page = told.shop.customers(asked)
    assert (page.count, page.capped) == (len(wanted), False)


def test_filters_are_met_by_somebody_and_not_by_everybody(told: Told) -> None:
    met = [sum(test(told, p) for p in told.places) for _, test in FILTERS[1:]]
    assert sum(0 < n < len(told.places) for n in met) > 0.8 * len(met)


def test_a_row_says_what_an_explanation_says(told: Told) -> None:
    places = {p["person"]: p for p in told.places}
    rows = every_page(told.shop, Asked(size=100))[0]
    for row in rows:
        place = places[row.person]
        assert row.activity == activity(told.policy, place, told.as_of)
        assert list(row.facets) == facets(told.policy, place["rungs"])
        assert (row.level, row.since, row.orders) == tuple(
            place[name] for name in ("level", "since", "orders")
        )
        assert row.last_order == (place["last_order"] if place["orders"] else None)
        assert (row.fell_at or 0) == place["fell"]


def test_whoever_is_almost_up_lacks_one_thing_and_that_is_near(told: Told) -> None:
    rows = every_page(told.shop, Asked(size=100, levels=KEYS[:6]))[0]
    near = {row.person for row in every_page(told.shop, Asked(view="almost_up"))[0]}
    assert near
    for row in rows:
        missing = told.shop.explain(row.ref)["next"]["missing"]
        assert (row.lacking is not None) == (row.person in near)
        assert (row.person in near) == (len(missing) == 1 and _near(missing[0]))
        if row.lacking:
            assert (row.lacking.quantity, row.lacking.op) == (
                missing[0]["quantity"], missing[0]["needs"]["op"],
            )  # fmt: skip
            assert row.lacking.value == pytest.approx(missing[0]["value"], abs=1e-4)
            assert row.lacking.needs == pytest.approx(missing[0]["needs"]["value"], abs=1e-4)


def _near(missing: dict[str, Any]) -> bool:
    """One more act, or a quarter of the money; what must sink is a matter of waiting."""
    has, needs, op = missing["value"], missing["needs"]["value"], missing["needs"]["op"]
    if has is None or needs is None:
        return False
    if op not in (">=", ">"):
        return True
    return bool(has >= 0.75 * needs if missing["quantity"] == "spend" else needs - has <= 1)


def test_a_search_narrows_the_list(told: Told) -> None:
    found = set(told.shop.find_people("nguyen", 2_000).persons)
    asked = Asked(text="nguyen", levels=("customer",))
    wanted = {p["person"] for p in told.places if p["level"] == 2 and p["person"] in found}
    assert {row.person for row in every_page(told.shop, asked)[0]} == wanted
    assert told.shop.customers(Asked(text="không ai cả")).rows == ()


def test_a_long_list_is_counted_as_far_as_it_is_quick(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = len(told.places)
    for most, said in ((many, (many, False)), (many - 1, (many - 1, True)), (40, (40, True))):
        monkeypatch.setattr(listing, "COUNTED", most)
        page = told.shop.customers(Asked())
        assert (page.count, page.capped) == said


@pytest.mark.parametrize(
    "asked",
    [
        Asked(sort="name"), Asked(sort="since desc; drop table listed"), Asked(size=26),
        Asked(size=0), Asked(size=10**9), Asked(levels=("boss",)), Asked(levels=("customer", "")),
        Asked(facet="'"), Asked(activity="asleep"), Asked(source="' or 1=1 --"),
        Asked(view="all"), Asked(view="silent", days=0), Asked(view="silent", days=-3),
        Asked(view="silent", days=10**12), Asked(moved="2026-99"), Asked(moved="1999-01"),
        Asked(moved="2026-11", move="sideways"), Asked(moved="2026-11", from_level="x"),
        Asked(move="up"), Asked(to_level="lead"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused(told: Told, asked: Asked) -> None:
    with pytest.raises(WrongInput):
        told.shop.customers(asked)


def spoken(told_: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(told_).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["!", "a", "é", "\0", "=" * 9, "x" * 10**6, spoken([]), spoken({}), spoken(None),
     spoken(["since", True, 1]), spoken(["since", True, 1, 2, 3]), spoken(["orders", True, 1, 2]),
     spoken(["since", 1, 1, 2]), spoken(["since", True, "1", 2]), spoken(["since", True, 1.5, 2]),
     spoken(["since", True, True, 2]), spoken(["since", True, 2**63, 2]),
     spoken(["since", True, None, 2]), spoken(["since", True, [1], 2]),
     base64.urlsafe_b64encode(b"[" * 120).decode(), base64.urlsafe_b64encode(b"\xff\xfe").decode()],
)  # fmt: skip
def test_a_cursor_of_another_make_is_refused(told: Told, cursor: str) -> None:
    with pytest.raises(WrongInput):
        told.shop.customers(Asked(cursor=cursor))


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_a_cursor_anywhere_gives_the_rows_beyond_it(
    told: Told, since: int, person: int, forward: bool
) -> None:
    cursor = spoken(["since", forward, since, person])
    rows = told.shop.customers(Asked(cursor=cursor)).rows
    ranks = [(-row.since, row.person) for row in rows]
    assert ranks == sorted(ranks)
    assert all((rank > (-since, person)) == forward for rank in ranks)
    assert all(rank != (-since, person) for rank in ranks)


@given(st.text(max_size=60))
def test_no_cursor_breaks_a_list(told: Told, cursor: str) -> None:
    with suppress(WrongInput):
        assert told.shop.customers(Asked(cursor=cursor)).count == len(told.places)


def test_a_list_goes_out_whole_as_csv(told: Told) -> None:
    lines = list(told.shop.listing_csv(Asked(sort="orders", size=25)))
    assert lines[0].startswith("\ufeffperson,")
    rows = list(csv.DictReader(io.StringIO("".join(lines)[1:])))
    wanted = ranked(told.places, "person")
    refs = {row.ref: row.person for row in every_page(told.shop, Asked(size=100))[0]}
    assert [refs[row["person"]] for row in rows] == wanted
    for row, person in zip(rows, wanted, strict=True):
        place = next(p for p in told.places if p["person"] == person)
        assert KEYS.index(row["level"]) == place["level"]
        since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=place["since"])
        assert datetime.fromisoformat(row["since"]) == since.replace(microsecond=0)


def test_no_cell_runs_in_a_spreadsheet(told: Told) -> None:
    lines = list(told.shop.listing_csv(Asked()))
    cells = [cell for row in csv.reader(io.StringIO("".join(lines)[1:])) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "|")]
    assert "'=HYPERLINK(0)" in cells
    assert any(cell.startswith("'+84") for cell in cells)


def test_contacts_go_out_as_their_reader_may_see_them(told: Told) -> None:
    def hidden(card: Card) -> Card:
        return replace(card, phone="***", email="***")

    text = "".join(told.shop.listing_csv(Asked(), hidden))
    assert "+84" not in text
    assert "***" in text


def test_what_cannot_be_listed_is_refused_before_the_first_line(told: Told) -> None:
    with pytest.raises(WrongInput):
        told.shop.listing_csv(Asked(activity="asleep"))


def test_summaries_of_a_few_are_the_summaries_of_everybody(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shop = new_shop(tmp_path_factory.mktemp("few") / "shop")
    told_ = invented(220)
    cuts = [int(cut * len(told_)) for cut in (0, 0.988, 0.992, 0.996, 1)]
    days = ("2026-12-18", "2026-12-23", "2026-12-27", LAST_DAY)
    few = 0
    for low, high, day_ in zip(cuts, cuts[1:], days, strict=False):
        tell(shop, told_[low:high])
        done = shop.classify(day_)
        few += 0 < done.folded < done.people
    assert few
    with HeldWorkspace(shop.folder.path, clock()) as held, held._look() as look:
        before = _summaries(look.projection)
        run = held._run(
            look.record, look.projection, held._classified(look.record, look.projection)
        )
        summarise(look.projection, run)
        assert _summaries(look.projection) == before


def _summaries(projection: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: sorted(projection.sql.execute(f"select * from {name}").fetchall())  # noqa: S608
        for name in ("listed", "moved", "monthly", "nearest")
    }
