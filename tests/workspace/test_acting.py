"""The daily run: lots, repetition, edits, gates, success, harm; nobody who is held out is written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from thang.engines.duckdb import Projection
from thang.model import DAY, Event
from thang.policy.playbook.load import load_playbook
from thang.policy.playbook.nouns import Playbook
from thang.record import Record
from thang.river.calendar import end_of_day
from thang.river.strategies.arms import GLOBAL, HELD, TREATED
from thang.workspace.acting.effects import look_at_effects
from thang.workspace.acting.entering import is_advertising
from thang.workspace.acting.lots import DECIDED, YEARS
from thang.workspace.acting.run import Ran, run
from thang.workspace.shop import Workspace

from .shops import TZ, copied, invented, new_shop, order, tell

TODAY = end_of_day("2026-11-30", TZ)
BOOK = load_playbook(None)
ADS = {one.key for one in BOOK.strategies if is_advertising(one)}


def agreed() -> Iterator[Event]:
    """The invented shop's people, who all agree to e-mail."""
    for event in invented(150):
        if event.at <= TODAY:
            if event.kind == "consent_granted":
                event = replace(event, ref="email", properties={"purpose": "marketing"})  # noqa: PLW2901
            yield event


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = new_shop(tmp_path_factory.mktemp("acting") / "shop")
    tell(shop, agreed())
    shop.classify("2026-11-30")
    shop.judge()
    return shop


@pytest.fixture
def shop(before: Workspace, tmp_path: Path) -> Workspace:
    return copied(before, tmp_path / "shop")


@contextmanager
def opened(shop: Workspace) -> Iterator[tuple[Record, Projection]]:
    with (
        Record.open(shop.folder.path, shop.folder.now) as record,
        Projection.open(shop.folder.projection_file) as projection,
    ):
        yield record, projection


def ran(shop: Workspace, day: int = 0, book: Playbook = BOOK, *, dry: bool = False) -> Ran:
    """A run so many days later; people stand where they stood."""
    with opened(shop) as (record, projection):
        version = record.policy(projection.meta("version"))
        assert version
        policy, now = shop.folder.policy(), TODAY + day * DAY
        return run(record, projection, policy, version, book, now, dry=dry)


def enrolments(shop: Workspace) -> list[dict[str, object]]:
    with opened(shop) as (record, _):
        rows: list[dict[str, object]] = record.enrolments().to_pylist()
        return rows


def test_only_the_treated_are_written_to(shop: Workspace) -> None:
    with opened(shop) as (record, _):
        record.add_finding(YEARS, TODAY, {"year": 2026, "people": 5_000})
    for day in range(0, 30, 3):
        ran(shop, day)
    rows = enrolments(shop)
    arms = Counter(row["arm"] for row in rows if row["strategy"] in ADS)
    assert arms[TREATED] > 20
    assert arms[HELD] > 20
    assert arms[GLOBAL] > 5
    arm = {row["id"]: row["arm"] for row in rows}
    with opened(shop) as (record, _):
        messages = record.messages()
    assert messages
    assert {arm[one.enrolment] for one in messages} == {TREATED}
    spared = {row["person"] for row in rows if row["arm"] == GLOBAL}
    ads = {one.person for one in messages if one.purpose == "marketing"}
    assert spared
    assert not spared & ads, "whoever is spared gets no advertisement of any strategy"


def test_service_that_is_owed_is_kept_from_nobody(shop: Workspace) -> None:
    for day in range(3):
        ran(shop, day)
    owed = {one.key for one in BOOK.strategies if one.owed}
    arms = {row["arm"] for row in enrolments(shop) if row["strategy"] in owed}
    assert arms <= {TREATED}


def test_the_same_instant_again_changes_nothing(shop: Workspace) -> None:
    ran(shop)
    rows, again = enrolments(shop), ran(shop)
    assert enrolments(shop) == rows
    assert again.planned == 0


def test_a_dry_run_says_what_a_run_does_and_writes_nothing(shop: Workspace) -> None:
    said = ran(shop, dry=True)
    assert enrolments(shop) == []
    with opened(shop) as (record, _):
        assert record.findings(YEARS) == []
        assert record.messages() == []
    done = ran(shop)
    assert replace(done, dry=True) == said


def test_nobody_begins_two_strategies_that_advertise_in_a_day_or_three_in_a_week(
    shop: Workspace,
) -> None:
    for day in range(9):
        ran(shop, day)
    begun = [(row["person"], row["at"]) for row in enrolments(shop) if row["strategy"] in ADS]
    assert max(Counter(begun).values()) == 1
    for person in {who for who, _ in begun}:
        times = sorted(int(str(at)) for who, at in begun if who == person)
        assert all(c - a >= 7 * DAY for a, c in zip(times, times[2:], strict=False))


def test_an_edit_changes_nothing_for_whoever_is_inside(shop: Workspace) -> None:
    journey = next(one for one in BOOK.strategies if one.key == "loyalty_enrol")
    ran(shop)
    inside = {row["id"] for row in enrolments(shop) if row["strategy"] == journey.key}
    assert inside
    cut = replace(journey, steps=journey.steps[:1])
    edited = replace(
        BOOK, fingerprint="edited",
        strategies=tuple(cut if one is journey else one for one in BOOK.strategies),
    )  # fmt: skip
    for day in (1, 14, 15):
        ran(shop, day, edited)
    with opened(shop) as (record, _):
        steps = Counter(
            (one.enrolment in inside, one.step) for one in record.messages(strategy=journey.key)
        )
    assert steps[True, 1] > 0, "whoever was inside gets the second step"
    assert steps[False, 1] == 0, "whoever came later does not"


def test_a_strategy_that_is_switched_off_is_left(shop: Workspace) -> None:
    ran(shop)
    off = replace(
        BOOK, fingerprint="off",
        strategies=tuple(replace(one, on=one.key != "loyalty_enrol") for one in BOOK.strategies),
    )  # fmt: skip
    done = ran(shop, 1, off)
    assert done.blocked["loyalty_enrol"] == "off"
    states = {row["state"] for row in enrolments(shop) if row["strategy"] == "loyalty_enrol"}
    assert states == {"left"}
    with opened(shop) as (record, _):
        assert {one.state for one in record.messages(strategy="loyalty_enrol")} <= {"cancelled"}


def test_while_the_gate_is_closed_nobody_enters_what_needs_it(shop: Workspace) -> None:
    done = ran(shop)
    needs = {one.key for one in BOOK.strategies if one.needs_gate and one.on}
    assert {key for key, why in done.blocked.items() if why == "gate"} == needs
    assert not needs & {one.key for one in done.strategies}


def test_success_is_counted_in_both_arms_and_only_what_came_after(shop: Workspace) -> None:
    ran(shop)
    key = "second_order_nudge"
    rows = [row for row in enrolments(shop) if row["strategy"] in ("loyal_grow", key)] or [
        row for row in enrolments(shop) if row["strategy"] == "retry_on_version"
    ]
    assert rows
    names = _customers(shop, {int(str(row["person"])) for row in rows})
    buys = dict(list(names.items())[: max(1, len(names) // 2)])
    tell(shop, [order(name, "2026-12-01") for name in buys.values()])
    shop.classify("2026-12-02")
    with opened(shop) as (record, projection):
        version = record.policy(projection.meta("version"))
        assert version
        run(record, projection, shop.folder.policy(), version, BOOK, end_of_day("2026-12-02", TZ))
    ids = {row["id"]: row["person"] for row in rows}
    now = {row["id"]: row["state"] for row in enrolments(shop) if row["id"] in ids}
    for name, state in now.items():
        assert (state == "succeeded") == (ids[name] in buys), name


def _customers(shop: Workspace, people: set[int]) -> dict[int, str]:
    """People's customer ids."""
    found: dict[int, str] = {}
    every = {one.value for e in invented(150) for one in e.identifiers
             if one.namespace == "customer"}  # fmt: skip
    with opened(shop) as (record, projection):
        whose = dict(projection.sql.execute("select identifier, person from people").fetchall())
        for value in every:
            person = whose.get(record.find("customer", value))
            if person in people:
                found[person] = value
    return found


def planted(record: Record, key: str, arm: str, won: int, lost: int) -> None:
    """Enrolments whose time is over, so many of them a success."""
    at = TODAY - 200 * DAY
    rows = [
        {"id": f"{key}-{arm}-{n}", "strategy": key, "person": n + 1, "cluster": n + 1, "arm": arm,
         "at": at, "playbook": BOOK.fingerprint, "state": "running", "step": 0, "due": at}
        for n in range(won + lost)
    ]  # fmt: skip
    ends = ["succeeded"] * won + ["finished"] * lost
    record.act(
        enrolled=rows,
        moved=[{"enrolment": row["id"], "at": at + DAY, "state": end, "step": 1, "due": at}
               for row, end in zip(rows, ends, strict=True)],
    )  # fmt: skip


def test_what_harms_is_stopped_what_helps_is_found_and_luck_is_neither(shop: Workspace) -> None:
    with opened(shop) as (record, _):
        for key, treated, held in (
            ("lead_blog", (10, 190), (100, 100)),
            ("lead_webinar", (90, 110), (30, 170)),
            ("shopper_trial", (51, 149), (50, 150)),
            ("shopper_compare", (9, 1), (1, 9)),
        ):
            planted(record, key, TREATED, *treated)
            planted(record, key, HELD, *held)
        assert look_at_effects(record, BOOK.strategies, shop.folder.policy(), TODAY - 2 * DAY)
        assert not look_at_effects(record, BOOK.strategies, shop.folder.policy(), TODAY)
        said = {one.body["strategy"]: one.body["verdict"] for one in record.findings(DECIDED)}
        assert said == {"lead_blog": "harms", "lead_webinar": "helps"}
    done = ran(shop, 1)
    assert done.blocked["lead_blog"] == "paused"
    assert done.blocked.get("lead_webinar") != "paused"
