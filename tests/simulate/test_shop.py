"""A run as a whole: the same for the same seed, in time order, about the people of the truth."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from thang.model import SECOND, Event, Identifier, WrongInput
from thang.river.events import CODES
from thang.simulate.scenario import Scenario
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import simulate
from thang.simulate.write import write_segment_jsonl

from .conftest import Lived

PRINT_HASH = """
import hashlib, sys
from pathlib import Path
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import simulate
from thang.simulate.write import write_segment_jsonl
path = Path(sys.argv[1])
write_segment_jsonl(simulate(SCENARIOS["tiny"].imperfect()), path)
print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def digest(scenario: Scenario, path: Path) -> str:
    write_segment_jsonl(simulate(scenario), path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_one_seed_gives_one_file_whatever_the_process(tmp_path: Path) -> None:
    ours = digest(SCENARIOS["tiny"].imperfect(), tmp_path / "a.jsonl")
    others = subprocess.run(
        [sys.executable, "-c", PRINT_HASH, str(tmp_path / "b.jsonl")],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert others.stdout.strip() == ours


def test_another_seed_gives_another_shop(tmp_path: Path) -> None:
    tiny = SCENARIOS["tiny"]
    hashes = {digest(replace(tiny, seed=seed), tmp_path / "x.jsonl") for seed in (1, 2, 3)}
    assert len(hashes) == 3


def test_events_come_in_time_order_within_the_scenario(tiny: Lived) -> None:
    times = [event.at for event in tiny.events]
    assert times == sorted(times)
    scenario = tiny.truth.scenario
    assert scenario.start <= times[0]
    assert times[-1] < scenario.end
    assert all(at % SECOND == 0 for at in times)


def test_message_ids_are_given_and_unique(tiny: Lived) -> None:
    names = [event.message_id for event in tiny.events]
    assert None not in names
    assert len(set(names)) == len(names)


def test_every_kind_is_of_the_vocabulary(small: Lived) -> None:
    kinds = {event.kind for event in small.events}
    assert kinds <= set(CODES)
    wanted = """lead_captured page product_viewed live_chat_message_sent product_added
        checkout_started order_completed order_delivered order_delivery_failed order_cancelled
        order_refunded membership_joined membership_left consent_granted consent_withdrawn
        referral_sent referral_clicked referral_converted product_reviewed post_shared
        product_shared community_answered ticket_opened ticket_resolved identified"""
    assert set(wanted.split()) <= kinds


def test_a_person_is_never_more_than_what_they_said_of_themselves(small: Lived) -> None:
    """Joining identifiers that were named together gives exactly the people of the truth."""
    groups = joined(small.events)
    owner: dict[Identifier, int] = {}
    for person in small.truth.people:
        owner[Identifier("customer", person.customer_id)] = person.key
        owner[Identifier("phone", person.phone)] = person.key
        if person.email:
            owner[Identifier("email", person.email)] = person.key
        owner.update((Identifier("anonymous", name), person.key) for name in person.anonymous_ids)
    owners = [{owner[one] for one in group} for group in groups]
    assert all(len(keys) == 1 for keys in owners)
    assert len(groups) == len(small.truth.people)


def joined(events: list[Event]) -> list[set[Identifier]]:
    """Connected identifiers, by walking from one to the next."""
    beside: dict[Identifier, set[Identifier]] = {}
    for event in events:
        for named in (event.identifiers, event.other):
            for one in named:
                beside.setdefault(one, set()).update(named)
    groups: list[set[Identifier]] = []
    unseen = dict.fromkeys(beside)
    while unseen:
        walk = [next(iter(unseen))]
        group = set(walk)
        while walk:
            near = beside[walk.pop()] - group
            group |= near
            walk += near
        groups.append(group)
        unseen = {one: None for one in unseen if one not in group}
    return groups


def test_a_scenario_can_end_at_any_instant() -> None:
    end = int(datetime(2027, 8, 31, 3, 4, 5, tzinfo=UTC).timestamp()) * SECOND
    scenario = replace(SCENARIOS["tiny"], months=6).ending(end)
    times = [event.at for event in simulate(scenario)]
    assert scenario.end == end
    assert datetime.fromtimestamp(scenario.start / SECOND, UTC).date().isoformat() == "2027-02-28"
    assert scenario.start <= min(times)
    assert end - 20 * 86_400 * SECOND < max(times) < end


def test_months_are_counted_by_the_shop_clock() -> None:
    scenario = Scenario("one", people=1, months=12)
    assert datetime.fromtimestamp(scenario.end / SECOND, UTC) == datetime(
        2024, 12, 31, 17, tzinfo=UTC
    )


@pytest.mark.parametrize(("people", "months"), [(0, 3), (5, 0), (-1, 3)])
def test_an_empty_scenario_is_refused(people: int, months: int) -> None:
    with pytest.raises(WrongInput, match="at least one"):
        Scenario("none", people=people, months=months)


def test_there_are_phones_for_a_million_people_and_no_more() -> None:
    with pytest.raises(WrongInput, match="at most 999999"):
        Scenario("crowd", people=1_000_000, months=1)
