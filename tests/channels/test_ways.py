"""One contract for every channel over HTTP: four honest answers, whatever the provider does."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from dataclasses import replace

import pytest

from thang.channels.messenger import Messenger
from thang.channels.sender import Absent, Busy, Fault, Outgoing, Refused, Sent, Unknown
from thang.channels.sms import Sms
from thang.channels.tasks import Tasks
from thang.channels.transport import Wire
from thang.channels.zalo import ZaloAccount, ZaloTemplates
from thang.simulate.providers.platforms import (
    HookReceiver,
    MessengerServer,
    SmsServer,
    ZaloServer,
)
from thang.simulate.providers.server import Trouble

from .ways import NOW, PHONE, WAYS, WORDS, way


def once(trouble: Trouble) -> object:
    return lambda number: trouble if number == 0 else None


@pytest.mark.parametrize("name", WAYS)
def test_a_message_arrives_and_is_called_by_a_name(name: str) -> None:
    with way(name) as there:
        answer = there.sender.send(there.message, "key-1")
    assert isinstance(answer, Sent)
    assert answer.provider_id
    assert len(there.provider.taken) == 1


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("trouble", [Trouble.LOST, Trouble.BROKEN, Trouble.GARBAGE])
def test_what_may_have_been_taken_is_unknown_and_never_sent_or_refused(
    name: str, trouble: Trouble
) -> None:
    with way(name, once(trouble)) as there:  # type: ignore[arg-type]
        answer = there.sender.send(there.message, "key-1")
        assert len(there.provider.taken) == 1
        if (name, trouble) == ("webhook", Trouble.GARBAGE):
            assert isinstance(answer, Sent)  # a receiver speaks by its status alone
        else:
            assert isinstance(answer, Unknown)


@pytest.mark.parametrize("name", WAYS)
def test_the_same_key_again_is_taken_once_where_the_sender_says_so(name: str) -> None:
    with way(name, once(Trouble.LOST)) as there:  # type: ignore[arg-type]
        there.sender.send(there.message, "key-1")
        if there.sender.keyed:
            assert isinstance(there.sender.send(there.message, "key-1"), Sent)
            assert len(there.provider.taken) == 1
        else:
            assert isinstance(there.sender.look_up("key-1"), Unknown)


@pytest.mark.parametrize("name", WAYS)
def test_a_busy_provider_says_how_long_and_has_taken_nothing(name: str) -> None:
    with way(name, once(Trouble.BUSY)) as there:  # type: ignore[arg-type]
        assert there.sender.send(there.message, "key-1") == Busy(3600)
        assert there.provider.taken == []


@pytest.mark.parametrize("name", WAYS)
def test_where_nobody_listens_nothing_was_taken(name: str) -> None:
    with way(name) as there:
        pass
    assert isinstance(there.sender.send(there.message, "key-1"), Busy | Refused)
    assert there.provider.taken == []


@pytest.mark.parametrize("name", WAYS)
def test_no_answer_and_no_log_tells_who_it_was(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    troubles = iter([*Trouble, None])
    with way(name, lambda _: next(troubles, None)) as there:
        hostile = replace(there.message, to="900000001-secret", text="secret words")
        for number in range(len(Trouble) + 2):
            said.append(str(there.sender.send(hostile, f"key-{number}")))
    own = [record.getMessage() for record in caplog.records if record.name.startswith("thang")]
    assert "secret" not in " ".join([*said, *own])


def sent_as(name: str, message: Outgoing) -> dict[str, object]:
    with way(name) as there:
        there.sender.send(message, "key-9")
        return json.loads(there.provider.calls[0].body)  # type: ignore[no-any-return]


def test_bodies_are_those_of_the_documentation() -> None:
    plain = Outgoing("778", "", WORDS)
    assert sent_as("messenger", plain) == {
        "recipient": {"id": "778"}, "messaging_type": "RESPONSE", "message": {"text": WORDS},
    }  # fmt: skip
    assert sent_as("zalo_oa", plain) == {
        "recipient": {"user_id": "778"}, "message": {"text": WORDS},
    }  # fmt: skip
    template = Outgoing("+84900000001", template="505", fields={"order_code": "W-1"})
    assert sent_as("zns", template) == {
        "phone": "84900000001", "template_id": "505", "template_data": {"order_code": "W-1"},
        "tracking_id": "key-9",
    }  # fmt: skip
    told = sent_as("sms", Outgoing(PHONE, "", WORDS, purpose="service"))
    assert (told["RequestId"], told["IsUnicode"], told["SmsType"]) == ("key-9", "1", "2")
    told = sent_as("sms", Outgoing(PHONE, "", "Chao ban", purpose="marketing"))
    assert (told["IsUnicode"], told["SmsType"]) == ("0", "1")


def test_a_receiver_can_check_the_signature_over_the_very_bytes() -> None:
    with way("webhook") as there:
        there.sender.send(there.message, "key-1")
        call = there.provider.calls[0]
    parts = dict(part.split("=") for part in call.headers["thang-signature"].split(","))
    assert parts["t"] == str(NOW // 1_000_000)
    signed = hmac.new(b"s3", f"{parts['t']}.".encode() + call.body, hashlib.sha256)
    assert hmac.compare_digest(parts["v1"], signed.hexdigest())


def refused(answer: object) -> Fault:
    assert isinstance(answer, Refused)
    return answer.fault


def test_messengers_refusals() -> None:
    with MessengerServer("t0", closed=("1",), gone=("2",)) as server:
        sender = Messenger(Wire([server.place]), "106", "t0", server.url)
        assert refused(sender.send(Outgoing("1", text="a"), "k")) is Fault.WINDOW
        assert refused(sender.send(Outgoing("2", text="a"), "k")) is Fault.ADDRESS
        assert refused(sender.send(Outgoing("3", text="a" * 2001), "k")) is Fault.MESSAGE
        server.revoked = True
        assert refused(sender.send(Outgoing("3", text="a"), "k")) is Fault.CHANNEL
        assert server.taken == []


def test_zalos_refusals() -> None:
    with ZaloServer("t0", closed=("1",), no_zalo=(PHONE,), templates=("505",)) as server:
        wire = Wire([server.place])
        account = ZaloAccount(wire, lambda: "t0", server.url)
        templates = ZaloTemplates(wire, lambda: "t0", server.url)
        assert refused(account.send(Outgoing("1", text="a"), "k")) is Fault.WINDOW
        assert refused(templates.send(Outgoing(PHONE, template="505"), "k")) is Fault.ADDRESS
        assert refused(templates.send(Outgoing("12", template="505"), "k")) is Fault.ADDRESS
        assert refused(templates.send(Outgoing(PHONE, template="9"), "k")) is Fault.MESSAGE
        assert refused(templates.send(Outgoing(PHONE), "k")) is Fault.MESSAGE
        server.revoked = True
        assert refused(account.send(Outgoing("2", text="a"), "k")) is Fault.CHANNEL
        assert server.taken == []


def test_a_token_is_asked_for_at_each_message() -> None:
    tokens = iter(["old", "t0"])
    with ZaloServer("t0") as server:
        sender = ZaloAccount(Wire([server.place]), lambda: next(tokens), server.url)
        assert refused(sender.send(Outgoing("2", text="a"), "k")) is Fault.CHANNEL
        assert isinstance(sender.send(Outgoing("2", text="a"), "k"), Sent)


def test_the_gateways_refusals() -> None:
    with SmsServer("a", "b", bad=(PHONE,), balance=1) as server:
        sender = Sms(Wire([server.place]), "a", "b", "THANG", server.url)
        assert refused(sender.send(Outgoing(PHONE, text="a"), "k1")) is Fault.ADDRESS
        assert isinstance(sender.send(Outgoing("84900000002", text="a"), "k2"), Sent)
        assert refused(sender.send(Outgoing("84900000003", text="a"), "k3")) is Fault.CHANNEL
        wrong = replace(sender, secret="c")  # noqa: S106
        assert refused(wrong.send(Outgoing("84900000003", text="a"), "k3")) is Fault.CHANNEL


@pytest.mark.parametrize(
    ("status", "fault"),
    [(301, Fault.CHANNEL), (302, Fault.CHANNEL), (400, Fault.MESSAGE), (401, Fault.CHANNEL),
     (403, Fault.CHANNEL), (404, Fault.CHANNEL), (410, Fault.CHANNEL), (422, Fault.MESSAGE)],
)  # fmt: skip
def test_a_receivers_refusals_and_no_redirect_is_followed(status: int, fault: Fault) -> None:
    with way("webhook") as there:
        assert isinstance(there.provider, HookReceiver)
        there.provider.status = status
        assert refused(there.sender.send(there.message, "k")) is fault
        assert len(there.provider.calls) == 1


def test_a_task_is_laid_once_and_found_by_its_key() -> None:
    laid: dict[str, str] = {}
    staff = Tasks(lambda key, message: laid.setdefault(key, f"task of {message.to}"), laid.get)
    assert isinstance(staff.look_up("k"), Absent)
    assert staff.send(Outgoing("p_a"), "k") == staff.send(Outgoing("p_a"), "k")
    assert staff.look_up("k") == Sent("task of p_a")
