"""What people said to being written to: heard from forms and from the log, in doubt as a no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from record.test_enrolling import enrolment, planned
from record.told import NOON, one, shop
from thang.model import Event, Identifier, WrongInput
from thang.record import Record
from thang.record.knowing import Person
from thang.river.sending.consent import agreed
from thang.river.sending.law import FOREVER
from thang.river.sending.nouns import Known

NOW = NOON + 10**13
MAIL, PHONE = Identifier("email", "thu@khong-co-that.example"), Identifier("phone", "+84000000001")


@pytest.fixture
def record() -> Iterator[Record]:
    with shop() as record:
        tell(record, "signed_up", MAIL, PHONE)
        yield record


def tell(record: Record, kind: str, *named: Identifier, **more: Any) -> None:
    at = more.pop("at", NOON)
    name = f"{kind} {sorted(more.items())} {named} {at}"
    record.append(
        name, "form", [one(Event("form", kind, at, named or (MAIL,), message_id=name, **more))]
    )


def known(record: Record, now: int = NOW) -> Known:
    """All that is known of the one person of these tests, by both of their identifiers."""
    numbers = tuple(n for name in (MAIL, PHONE) for n in record.find_any(name.value))
    return record.known([Person(numbers[0], numbers)], now)[numbers[0]]


def yes(record: Record, channel: str, purpose: str) -> bool:
    return agreed(known(record).consents, channel, purpose, NOW)


@pytest.mark.parametrize(
    ("ref", "properties", "opened"),
    [
        ("email", {}, {"email marketing", "email service"}),
        ("email", {"purpose": "marketing"}, {"email marketing"}),
        ("email", {"purpose": "service"}, {"email service"}),
        ("email", {"purpose": "profiling"}, set()),
        ("Zalo", {"purpose": "marketing"}, {"zalo_oa marketing", "zns marketing"}),
        ("facebook", {"purpose": "service"}, {"messenger service"}),
        ("", {}, set()),
        ("carrier pigeon", {}, set()),
    ],
)
def test_a_grant_in_the_log_opens_what_it_names(
    record: Record, ref: str, properties: dict[str, str], opened: set[str]
) -> None:
    tell(record, "consent_granted", ref=ref, properties=properties)
    channels = ("email", "sms", "zns", "call", "messenger", "zalo_oa", "audience")
    found = {f"{c} {p}" for c in channels for p in ("marketing", "service") if yes(record, c, p)}
    assert found == opened


@pytest.mark.parametrize(
    ("kind", "ref", "properties", "left"),
    [
        (
            "consent_withdrawn",
            "email",
            {"purpose": "marketing"},
            {"email service", "sms marketing", "sms service"},
        ),
        ("consent_withdrawn", "email", {}, {"sms marketing", "sms service"}),
        ("consent_withdrawn", "", {}, set()),
        ("consent_withdrawn", "carrier pigeon", {}, set()),
        ("consent_withdrawn", "", {"purpose": "marketing"}, {"email service", "sms service"}),
        ("unsubscribed", "", {}, {"email service", "sms marketing", "sms service"}),
        ("unsubscribed", "sms", {}, {"email marketing", "email service", "sms service"}),
        ("blocked_us", "", {"channel": "sms"}, {"email marketing", "email service"}),
        ("blocked_us", "", {}, set()),
    ],
)
def test_a_refusal_in_the_log_closes_all_it_may_mean(
    record: Record, kind: str, ref: str, properties: dict[str, str], left: set[str]
) -> None:
    for channel in ("email", "sms"):
        tell(record, "consent_granted", ref=channel)
    tell(record, kind, PHONE, ref=ref, properties=properties, at=NOON + 1)
    found = {
        f"{c} {p}" for c in ("email", "sms") for p in ("marketing", "service") if yes(record, c, p)
    }
    assert found == left


def test_only_the_person_opens_again_and_the_last_word_holds(record: Record) -> None:
    tell(record, "consent_granted", ref="sms", at=NOON)
    tell(record, "consent_withdrawn", ref="sms", at=NOON + 5)
    assert not yes(record, "sms", "marketing")
    tell(record, "consent_granted", ref="sms", at=NOON + 5, properties={"note": "the same instant"})
    assert not yes(record, "sms", "marketing")
    tell(record, "consent_granted", ref="sms", at=NOON + 6)
    assert yes(record, "sms", "marketing")


def test_what_lies_ahead_is_a_no_at_once_and_a_yes_in_its_time(record: Record) -> None:
    tell(record, "consent_granted", ref="email", at=NOW + 10)
    assert not agreed(known(record).consents, "email", "marketing", NOW)
    assert agreed(known(record).consents, "email", "marketing", NOW + 10)
    tell(record, "consent_withdrawn", ref="email", at=NOW + 20)
    assert not agreed(known(record).consents, "email", "marketing", NOW + 10)


def test_a_grant_of_an_import_that_was_taken_back_counts_no_more_and_a_refusal_does(
    record: Record,
) -> None:
    tell(record, "consent_granted", ref="email")
    tell(record, "consent_granted", ref="sms")
    tell(record, "consent_withdrawn", ref="sms", at=NOON + 1)
    batches = [batch.id for batch in record.batches()]
    assert (yes(record, "email", "marketing"), yes(record, "sms", "marketing")) == (True, False)
    record.withdraw(batches[1])
    record.withdraw(batches[3])
    assert (yes(record, "email", "marketing"), yes(record, "sms", "marketing")) == (False, False)
    record.withdraw(batches[1], back=True)
    assert yes(record, "email", "marketing")


def test_a_refusal_by_an_address_that_was_linked_a_moment_ago_counts(record: Record) -> None:
    tell(record, "consent_granted", ref="email")
    other = Identifier("email", "khac@khong-co-that.example")
    tell(record, "consent_granted", other, MAIL, ref="sms", at=NOON + 1)
    assert not yes(record, "sms", "marketing"), "a grant waits until people are placed again"
    tell(record, "consent_withdrawn", other, ref="email", at=NOON + 2)
    assert not yes(record, "email", "marketing")


def test_tickets_are_open_until_they_are_resolved(record: Record) -> None:
    for ref, grade in (("T-1", 1), ("T-2", 3)):
        tell(record, "ticket_opened", ref=ref, grade=grade)
    assert known(record).severity == 3
    tell(record, "ticket_resolved", ref="T-2", at=NOON + 1)
    assert known(record).severity == 1
    tell(record, "ticket_opened", PHONE, ref="T-2", grade=2, at=NOON + 2)
    assert known(record).severity == 2


def test_a_ticket_without_a_severity_is_open_all_the_same(record: Record) -> None:
    tell(record, "ticket_opened", ref="T-9")
    assert known(record).severity == 1


def closed(record: Record, name: Identifier, now: int = NOW) -> dict[str, int]:
    return next(
        dict(a.closed) for a in known(record, now).addresses if a.namespace == name.namespace
    )


def test_an_address_stays_suppressed_whoever_it_belongs_to(record: Record) -> None:
    stranger = Identifier("phone", "+84000000999")
    record.suppress([stranger, PHONE], "do_not_call", "sms")
    assert closed(record, PHONE) == {"sms": FOREVER}
    assert closed(record, MAIL) == {}
    tell(record, "signed_up", stranger, MAIL, at=NOON + 9)
    (number,) = record.find_any(stranger.value)
    ((late,),) = (k.addresses for k in record.known([Person(number, (number,))], NOW).values())
    assert late.closed == {"sms": FOREVER}


def test_each_reason_is_lifted_by_itself(record: Record) -> None:
    record.suppress([MAIL], "bounced", "email", until=NOW + 5)
    record.suppress([MAIL], "complained", "email")
    record.suppress([MAIL], "complained", "email", until=NOW)
    assert closed(record, MAIL) == {"email": NOW + 5}
    (number,) = record.find_any(MAIL.value)
    record.suppress_known(number, "bounced", "email")
    assert closed(record, MAIL) == {"email": FOREVER}


def test_a_withdrawal_calls_off_at_once_what_has_no_other_channel(record: Record) -> None:
    mail, tel = (record.find_any(name.value)[0] for name in (MAIL, PHONE))
    rows = [
        (("email",), "marketing"),
        (("email", "sms"), "marketing"),
        (("email",), "service"),
        (("sms",), "marketing"),
    ]
    for number, (channels, purpose) in enumerate(rows):
        record.enrol([enrolment(number, person=mail)])
        record.plan([planned(number, person=mail, channels=channels, purpose=purpose)])
    no = {"identifier": tel, "persons": [mail, tel], "state": "withdrawn", "at": NOON}
    record.say([no | {"channel": "email", "purpose": "marketing"}])
    states = [message.state for message in record.messages()]
    assert states == ["cancelled", "planned", "planned", "planned"]
    record.say([no | {"channel": "", "purpose": ""}])
    assert {message.state for message in record.messages()} == {"cancelled"}


def test_a_word_is_a_grant_or_a_withdrawal(record: Record) -> None:
    with pytest.raises(ValueError, match="granted or withdrawn"):
        record.say([{"identifier": 1, "channel": "sms", "purpose": "", "state": "maybe", "at": 1}])


def test_the_log_is_heard_once(record: Record) -> None:
    tell(record, "consent_granted", ref="email")
    record.hear()
    once = known(record).consents
    record.hear()
    assert known(record).consents == once
    assert len(once) == 2


def test_tasks_are_told_once_and_settled_by_somebody(record: Record) -> None:
    rows = [
        {
            "id": f"t{n}",
            "strategy": "shopper_care",
            "person": 1 if n else None,
            "what": "Gọi lại",
            "due": 9 - n,
        }
        for n in range(3)
    ]
    assert (record.add_tasks(rows), record.add_tasks(rows)) == (3, 0)
    record.settle_task("t1", "done", "u_1")
    assert [task.id for task in record.tasks("open")] == ["t2", "t0"]
    assert [(task.state, task.by) for task in record.tasks(person=1)] == [
        ("open", ""),
        ("done", "u_1"),
    ]
    with pytest.raises(WrongInput, match="no such task"):
        record.settle_task("t9", "done", "u_1")
