"""From a claim to its words, and who the people of a claim are: with a real shop's tables."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from record.told import one
from sending.world import MORNING, TZ, Clock, email
from thang.channels.sender import Absent, Outgoing, Sent
from thang.channels.tasks import Tasks
from thang.engines.duckdb import Projection
from thang.model import DAY, Event, WrongInput
from thang.policy.load import read_policy
from thang.policy.playbook.effective import effective
from thang.policy.playbook.load import read_playbook
from thang.policy.playbook.merge_fields import field_names
from thang.policy.playbook.nouns import Step
from thang.record import Record
from thang.record.outbox import Claim
from thang.record.points import Award
from thang.river.sending.labels import Worded, dressed
from thang.river.sending.law import Law, may_send
from thang.river.sending.merge import read_merge
from thang.workspace.acting.playbooks import WRITTEN
from thang.workspace.claim_fields import claim_fields
from thang.workspace.composing import Composer, composer_for
from thang.workspace.task_desk import TaskDesk
from thang.workspace.whose import whose

pytestmark = pytest.mark.once

POLICY = read_policy("")


@dataclass(frozen=True)
class Words:
    vi: str
    en: str


@dataclass(frozen=True)
class Text:
    subject: Words
    body: Words


def text(vi: str, en: str = "Hello") -> Text:
    return Text(Words('Quà cho {{ person.first_name | default:"bạn" }}', "A gift"), Words(vi, en))


TEMPLATES = {
    "hello": text("Chào {{ person.first_name | default:\"bạn\" }},\nmã của bạn: {{ offer.code }}", "Hi {{ person.name }}"),
    "unknown field": text("{{ person.password }}"),
}  # fmt: skip
FIELDS = ("person.name", "person.first_name", "offer.code")


def claim_of(
    record: Record,
    name: str,
    template: str = "hello",
    channel: str = "email",
    purpose: str = "marketing",
) -> Claim:
    (number,) = record.find_any(email(1).value)
    record.append(
        "name",
        "till",
        [
            one(
                Event(
                    "till",
                    "signed_up",
                    MORNING,
                    (email(1),),
                    message_id="n",
                    personal={"name": name},
                )
            )
        ],
    )
    facts = {"strategy": "shopper_promo", "person": number}
    record.act(
        enrolled=[facts | {"id": "e", "cluster": number, "arm": "treated", "at": MORNING, "playbook": "f00d"}],
        planned=[facts | {"enrolment": "e", "step": 0, "channels": (channel,), "purpose": purpose, "template": template, "due": MORNING}],
    )  # fmt: skip
    record.say(
        [
            {
                "identifier": number,
                "channel": channel,
                "purpose": purpose,
                "state": "granted",
                "at": MORNING - DAY,
            }
        ]
    )
    law = Law(POLICY.sending, TZ)
    with Projection.open(record.folder / "projection.duckdb") as projection:
        people = whose(projection, POLICY, [number])
    (claim,) = record.claim(
        MORNING, 1, lambda wish, known, now: may_send(wish, known, now, law), lambda _: people
    )
    return claim


@pytest.fixture
def record(tmp_path: Path) -> Record:
    record = Record.create(tmp_path / "shop", Clock())
    record.append(
        "a", "till", [one(Event("till", "signed_up", MORNING - DAY, (email(1),), message_id="m"))]
    )
    return record


def composed(
    record: Record, claim: Claim, language: str = "vi", code: str | None = "QUA-1"
) -> Outgoing:
    composer = Composer(
        record,
        lambda claim: TEMPLATES.get(claim.message.template),
        FIELDS,
        POLICY.sending,
        lambda _: "https://tiem.example/u/1",
        lambda _: {"offer.code": code},
        language,
    )
    return composer(claim)


def test_the_words_of_an_advertisement(record: Record) -> None:
    said = composed(record, claim_of(record, "Trần Thị Thử Đào"))
    assert said == Outgoing(
        to=email(1).value,
        subject="[QC] Quà cho Đào",
        text="Chào Đào,\nmã của bạn: QUA-1\nTừ chối nhận tin: https://tiem.example/u/1",
        unsubscribe_url="https://tiem.example/u/1",
        template="hello",
        fields={"person.first_name": "Đào", "offer.code": "QUA-1"},
    )


def test_the_words_of_a_service_message_in_english(record: Record) -> None:
    said = composed(record, claim_of(record, "Trần Thử", purpose="service"), language="en")
    assert (said.subject, said.text, said.unsubscribe_url) == ("A gift", "Hi Trần Thử", "")


@pytest.mark.parametrize(
    "name", ["Đào\nBcc: ai@khong-co-that.example", "Đào\r\nX: y", "{{ person.name }}"]
)
def test_a_name_cannot_break_out_of_the_subject(record: Record, name: str) -> None:
    subject = composed(record, claim_of(record, name)).subject
    assert "\n" not in subject
    assert "\r" not in subject


def test_what_cannot_be_written_is_refused_without_saying_whom(record: Record) -> None:
    claim = claim_of(record, "Trần Thị Thử Đào")
    with pytest.raises(WrongInput, match=r"offer\.code is not known") as error:
        composed(record, claim, code=None)
    assert "Đào" not in str(error.value)


@pytest.mark.parametrize(
    ("template", "why"),
    [("unknown field", "no field person.password"), ("gone", "no template gone")],
)
def test_a_playbook_that_changed_meanwhile_is_refused(
    record: Record, template: str, why: str
) -> None:
    with pytest.raises(WrongInput, match=why):
        composed(record, claim_of(record, "Thử", template))


PLAYBOOK = read_playbook("")
ALWAYS = {"person.ref": "p_thu", **{f"shop.{name}": said for name, said in PLAYBOOK.shop.items()}}


@pytest.mark.parametrize("key", PLAYBOOK.templates)
def test_every_text_of_the_playbook_can_be_written_for_somebody_of_whom_nothing_is_known(
    key: str,
) -> None:
    template = PLAYBOOK.templates[key]
    for words in (template.subject, template.body):
        for said in (words.vi, words.en):
            filled = read_merge(said, field_names(PLAYBOOK.shop)).fill(ALWAYS)
            assert filled.strip()
            assert "{" not in filled


STEPS = [(strategy.key, step) for strategy in PLAYBOOK.strategies for step in strategy.steps]


@pytest.mark.parametrize(("key", "step"), [one for one in STEPS if "sms" in one[1].channels])
def test_what_may_go_by_sms_fits_into_its_parts(key: str, step: Step) -> None:
    body = PLAYBOOK.templates[step.template].body
    for said in (body.vi, body.en):
        text = read_merge(said, field_names(PLAYBOOK.shop)).fill(ALWAYS)
        way_out = "https://tiem-thu.example/u/" + "x" * 40
        assert dressed(Worded("", text), "sms", step.purpose, way_out, POLICY.sending).text, key


def test_a_text_of_the_playbook_goes_out_with_the_shops_own_words(record: Record) -> None:
    own = read_playbook("shop: {name: Tiệm Thử}")
    key = next(key for key, one in own.templates.items() if "shop.name" in one.body.vi)
    claim = claim_of(record, "Trần Thị Thử Đào", template=key)
    write = composer_for(record, own, POLICY.sending, lambda _: "https://tiem.example/u/1")
    assert "Tiệm Thử" in write(claim).text


def test_a_task_is_laid_once_and_names_nobody(record: Record) -> None:
    claim = claim_of(record, "Trần Thị Thử Đào", channel="task", purpose="service")
    desk = TaskDesk(record)
    way = Tasks(desk.lay, desk.find)
    assert way.look_up(claim.message.key) == Absent()
    for _ in range(2):
        assert way.send(composed(record, claim), claim.message.key) == Sent(claim.message.key)
    assert way.look_up(claim.message.key) == Sent(claim.message.key)
    (task,) = record.tasks("open")
    assert (task.person, task.what, task.strategy) == (
        claim.message.person,
        "hello",
        "shopper_promo",
    )


def test_people_are_known_by_all_their_numbers_and_strangers_by_their_own(tmp_path: Path) -> None:
    with Projection.open(tmp_path / "projection.duckdb") as projection:
        projection.sql.execute("insert into people values (5, 3), (3, 3), (9, 3), (7, 7)")
        projection.sql.execute("insert into placements (person, level) values (3, 4), (7, 2)")
        found = whose(projection, POLICY, [9, 3, 7, 11])
        assert {n: (p.number, p.identifiers, p.few) for n, p in found.items()} == {
            9: (3, (3, 5, 9), True), 3: (3, (3, 5, 9), True), 7: (7, (7,), False), 11: (11, (11,), True),
        }  # fmt: skip
        projection.sql.execute("insert into scores (person, members) values (7, 4)")
        assert whose(projection, POLICY, [7])[7].few, "little is asked of the viral ones"


def test_words_are_those_of_the_playbook_that_somebody_entered_under(record: Record) -> None:
    """A text that is edited while a message waits is for whoever comes later."""
    then = read_playbook("shop: {name: Tiệm Thử}")
    key = next(key for key, one in then.templates.items() if "shop.name" in one.body.vi)
    claim = claim_of(record, "Trần Thị Thử Đào", template=key)
    began = record.playbook_of(claim.message.enrolment)
    written = json.dumps(effective(then))
    record.add_finding(WRITTEN, MORNING, {"fingerprint": began, "text": written})
    today = replace(then, fingerprint="edited", templates={})
    write = composer_for(record, today, POLICY.sending, lambda _: "https://tiem.example/u/1")
    assert "Tiệm Thử" in write(claim).text
    assert record.playbook_of("nobody's") == ""


def test_a_friends_link_a_level_and_points_are_the_persons_own(record: Record) -> None:
    policy = read_policy("programmes: {points: {money_per_point: 1000}}")
    claim = claim_of(record, "Trần Thị Thử Đào")
    person = claim.person.number
    record.award([(claim.person.identifiers, Award("day/1", 7, 1, "order"))])
    linked = next(key for key, one in PLAYBOOK.templates.items() if "referral.link" in one.body.vi)
    with Projection.open(record.folder / "projection.duckdb") as projection:
        projection.sql.execute("insert into placements (person, level) values (?, 3)", [person])
        known = claim_fields(record, projection, policy, PLAYBOOK, "https://tiem.example")
        plain = known(claim)
        told = known(replace(claim, message=replace(claim.message, template=linked)))
    assert plain == {"person.level": "Thành viên", "points.balance": 7}, "no link is made unasked"
    link = str(told["referral.link"])
    code = link.removeprefix("https://tiem.example/r/")
    assert record.holder_of_code(code) == person
