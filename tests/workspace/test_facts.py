"""Facts told anew, one person and one event at a time, from what the shop was told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from thang.engines.duckdb import Projection
from thang.model import DAY, Event, Flag
from thang.policy.load import read_policy
from thang.policy.playbook.fact import Fact, What
from thang.policy.playbook.facts import FACTS
from thang.policy.playbook.load import load_playbook
from thang.record import Record
from thang.workspace.facts.asking import Facts
from thang.workspace.shop import Workspace

from .shops import LAST_DAY, TZ, act, invented, new_shop, order, tell

BOOK = load_playbook(None)
COUNTED = (What.COUNT, What.SUM, What.SINCE, What.DAYS, What.MONTHS)
DERIVED = {"referral_qualified", "referral_undone"}


def customers() -> set[str]:
    every = (one for event in invented(60) for one in event.identifiers)
    return {one.value for one in every if one.namespace == "customer"}


@contextmanager
def facts_of(shop: Workspace) -> Iterator[tuple[Facts, dict[str, int]]]:
    """Everybody's facts as of the last classification, and the place of each customer."""
    with (
        Record.open(shop.folder.path, shop.folder.now) as record,
        Projection.open(shop.folder.projection_file) as projection,
    ):
        version = record.policy(projection.meta("version"))
        assert version
        policy, now = read_policy(version.text), projection.meta("as_of") or 0
        facts = Facts(record, projection, policy, version, BOOK, now)
        place = {int(one): i for i, one in enumerate(facts.person.tolist())}
        whose = dict(projection.sql.execute("select identifier, person from people").fetchall())
        names = {}
        for value in sorted(customers() if len(place) > 9 else ()):
            number = record.find("customer", value)
            if number is not None and whose.get(number) in place:
                names[value] = place[whose[number]]
        yield facts, names


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = new_shop(tmp_path_factory.mktemp("facts") / "shop")
    tell(found, invented(60))
    found.classify(LAST_DAY)
    found.judge()
    return found


def own(events: tuple[Event, ...]) -> dict[str, list[Event]]:
    """Events by the customer who says their own id in them, at any time."""
    linked: dict[tuple[str, str], str] = {}
    for event in events:
        ids = [(one.namespace, one.value) for one in event.identifiers]
        mine = next((value for space, value in ids if space == "customer"), None)
        for one in ids:
            if mine:
                linked[one] = mine
    found: dict[str, list[Event]] = {}
    for event in events:
        for one in event.identifiers:
            if (who := linked.get((one.namespace, one.value))) is not None:
                found.setdefault(who, []).append(event)
                break
    return found


def meant(fact: Fact, event: Event) -> bool:
    where = fact.where
    return (
        event.kind in fact.kinds
        and (where.grade_min is None or event.grade >= where.grade_min)
        and (where.grade_max is None or event.grade <= where.grade_max)
        and (int(event.flags) & where.flags) == where.flags
        and not int(event.flags) & where.without
    )


def day_of(instant: int) -> datetime:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    return moment.astimezone(ZoneInfo(TZ))


ByKind = dict[str, list[Event]]


def by_kind(events: list[Event]) -> ByKind:
    found: ByKind = {}
    for event in sorted(events, key=lambda e: e.at):
        found.setdefault(event.kind, []).append(event)
    return found


def told(fact: Fact, of: ByKind, now: int, since: int | None = None) -> float:
    """One person's number, by the words of the fact."""
    first = now - fact.within_days * DAY if fact.within_days else -1
    if since is not None:
        first = since
    mine = [e for kind in fact.kinds for e in of.get(kind, ()) if first < e.at <= now]
    mine = [e for e in mine if meant(fact, e)]
    match fact.what:
        case What.COUNT:
            return len(mine)
        case What.SUM:
            return sum(e.amount or 0 for e in mine)
        case What.SINCE:
            return (now - max(e.at for e in mine)) / DAY if mine else float("nan")
        case What.DAYS:
            return len({day_of(e.at).date() for e in mine})
        case What.MONTHS:
            return len({(day_of(e.at).year, day_of(e.at).month) for e in mine})
    closing = [e for kind in fact.closes for e in of.get(kind, ()) if e.at <= now]
    closed = {e.ref: e.at for e in sorted(closing, key=lambda e: e.at)}
    opened: dict[str, int] = {}
    for e in sorted(mine, key=lambda e: e.at):
        opened[e.ref] = e.at
    return sum(when > closed.get(ref, 0) for ref, when in opened.items())


COUNTING = [
    fact for fact in FACTS.values()
    if (fact.what in COUNTED or (fact.what is What.OPEN and fact.by == "ref"))
    and fact.scope == "person" and not DERIVED & set(fact.kinds)
]  # fmt: skip


def test_every_counting_fact_is_what_its_words_say(shop: Workspace) -> None:
    events = own(invented(60))
    with facts_of(shop) as (facts, names):
        columns = facts.of_people(fact.name for fact in COUNTING)
        assert len(names) > 40
        some = 0
        for who, place in names.items():
            kinds = by_kind(events[who])
            for fact in COUNTING:
                found, expected = columns[fact.name][place], told(fact, kinds, facts.now)
                assert abs(found - expected) < 1e-9 or (np.isnan(found) and np.isnan(expected)), (
                    fact.name,
                    who,
                )
                some += bool(expected > 0)
    assert some > 2_000


def test_since_an_enrolment_only_what_came_after_counts(shop: Workspace) -> None:
    events = own(invented(60))
    with facts_of(shop) as (facts, names):
        begun = [facts.now - days * DAY for days in (3, 40, 200)]
        rows = [(place, since, who) for who, place in names.items() for since in begun]
        people = facts.person[[place for place, _, _ in rows]]
        enrolled = facts.enrolled(people, np.array([since for _, since, _ in rows], np.int64))
        some = [fact for fact in COUNTING if fact.is_counted and fact.within_days in (None, 30)]
        columns = facts.since((f.name for f in some), enrolled, lambda *_: np.zeros(0))
        kinds = {who: by_kind(events[who]) for who in names}
        for i, (_, since, who) in enumerate(rows):
            for fact in some:
                expected = told(fact, kinds[who], facts.now, since)
                assert columns[fact.name][i] == expected, (fact.name, who)


def test_what_stands_is_what_pages_say(shop: Workspace) -> None:
    with facts_of(shop) as (facts, names):
        columns = facts.of_people(["level", "pressure", "days_on_level", "is_member", "gap"])
        assert columns["level"].tolist() == facts.level.tolist()
        assert (columns["is_member"] == (facts.level == 3)).all()
        assert ((columns["pressure"] > 0) <= (facts.level > 0)).all()
        assert (columns["days_on_level"] >= 0).all()
        assert (columns["gap"][~np.isnan(columns["gap"])] > 0).all()
        shop_counts = facts.of_shop(["shop_people", "shop_buyers", "orders_placed_30d"])
        assert shop_counts["shop_people"][0] == len(facts.person)
        lately = facts.of_people(["orders_placed_30d"])["orders_placed_30d"]
        assert shop_counts["orders_placed_30d"][0] == lately.sum()
        assert names


def test_every_name_of_the_vocabulary_has_a_number(shop: Workspace) -> None:
    with facts_of(shop) as (facts, _):
        for name, fact in FACTS.items():
            if fact.what is What.OWN:
                continue
            column = (facts.of_shop if fact.scope == "shop" else facts.of_people)([name])[name]
            assert column.dtype == np.float64, name
            assert len(column) == (1 if fact.scope == "shop" else len(facts.person)), name


def small(tmp_path: Path, *events: Event) -> Workspace:
    shop = new_shop(tmp_path / "shop", "2027-01-15")
    tell(shop, events)
    shop.classify("2027-01-15")
    return shop


def one(shop: Workspace, name: str, who: str) -> float:
    with facts_of(shop) as (facts, _), Record.open(shop.folder.path, shop.folder.now) as record:
        number = record.find("customer", who)
        assert number
        return float(facts.of_people([name])[name][np.searchsorted(facts.person, number)])


def test_who_waits_for_an_answer(tmp_path: Path) -> None:
    asks, says = "live_chat_message_sent", "live_chat_message_received"
    shop = small(
        tmp_path, act("KH-1", asks, "2027-01-14"), act("KH-1", asks, "2027-01-15"),
        act("KH-2", asks, "2027-01-14"), act("KH-2", says, "2027-01-15"),
        act("KH-3", asks, "2027-01-05"),
    )  # fmt: skip
    assert one(shop, "waiting_minutes", "KH-1") == pytest.approx(36 * 60, abs=1)
    assert one(shop, "waiting_minutes", "KH-2") == 0
    assert one(shop, "waiting_minutes", "KH-3") == 0, "after a week nobody waits any more"


def test_a_shop_whose_answers_are_never_told_of_knows_of_nobody_who_waits(tmp_path: Path) -> None:
    shop = small(tmp_path, act("KH-1", "live_chat_message_sent", "2027-01-14"))
    assert np.isnan(one(shop, "waiting_minutes", "KH-1"))


def test_the_last_word_on_a_channel_is_what_counts_as_consent(tmp_path: Path) -> None:
    shop = small(
        tmp_path,
        act("KH-1", "consent_granted", "2027-01-01", properties={"channel": "email"}),
        act("KH-2", "consent_granted", "2027-01-01", properties={"channel": "email"}),
        act("KH-2", "consent_withdrawn", "2027-01-09", properties={"channel": "email"}),
        act("KH-3", "consent_granted", "2027-01-01", properties={"channel": "zalo_oa"}),
        act("KH-3", "unsubscribed", "2027-01-02"),
    )
    with Record.open(shop.folder.path, shop.folder.now) as record:
        record.hear()
    found = {who: one(shop, "consent_email", who) for who in ("KH-1", "KH-2", "KH-3")}
    assert found == {"KH-1": 1.0, "KH-2": 0.0, "KH-3": 0.0}
    assert one(shop, "consent_zalo_oa", "KH-3") == 1.0
    assert one(shop, "consent_any", "KH-2") == 0.0


def test_a_ticket_is_open_until_it_is_solved_and_a_switch_until_it_is_turned(
    tmp_path: Path,
) -> None:
    shop = small(
        tmp_path, order("KH-1", "2027-01-01"),
        act("KH-1", "ticket_opened", "2027-01-02", ref="T-1", grade=2),
        act("KH-1", "ticket_resolved", "2027-01-04", ref="T-1", flags=Flag.OK),
        act("KH-1", "ticket_opened", "2027-01-05", ref="T-2", grade=1),
        act("KH-1", "membership_joined", "2027-01-02"),
        act("KH-2", "membership_joined", "2027-01-02"), act("KH-2", "membership_left", "2027-01-03"),
    )  # fmt: skip
    assert one(shop, "open_tickets", "KH-1") == 1
    assert one(shop, "open_severe", "KH-1") == 0
    assert (one(shop, "enrolled", "KH-1"), one(shop, "enrolled", "KH-2")) == (1, 0)
