"""Where providers call: what is believed, what is written down, and what anything else is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.web.visitors import BASE, Shop, stranger
from tests.workspace.shops import new_shop, tell

from thang.channels.webhook import signature
from thang.model import DAY, Event, Identifier
from thang.record.knowing import Person
from thang.record.settling import Outcome
from thang.river.sending.nouns import Allowed, Known
from thang.web.app import create_app
from thang.web.office import Office
from thang.workspace.way_out import WayOut, token_of

PSID, ZALO = "7788990011", "1860001"
MAIL, PHONE = "ban.mau@khong-co-that.example", "+84900000001"
SETTINGS = """
public_url: https://tiem-mau.example
messenger: {page: 106, token: env:HOOK_TOKEN, app_secret: env:HOOK_APP}
zalo: {app: 77, oa: 88, app_secret: env:HOOK_APP, refresh_token: env:HOOK_APP, hook_secret: env:HOOK_APP}
webhook: {url: 'https://tiem-mau.example/in', secret: env:HOOK_APP}
"""
SECRET = "bi-mat"  # noqa: S105
DSN = """Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <{key}@tiem-mau.example>

--b--
"""


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shop = new_shop(tmp_path_factory.mktemp("shop") / "shop")
    names = (Identifier("psid:106", PSID), Identifier("zalo:88", ZALO),
             Identifier("email", MAIL), Identifier("phone", PHONE))  # fmt: skip
    other = Event("till", "signed_up", shop.folder.now() - 8 * DAY, message_id="b",
                  identifiers=(Identifier("email", "ban.khac@khong-co-that.example"),))  # fmt: skip
    tell(
        shop,
        [Event("till", "signed_up", shop.folder.now() - 9 * DAY, names, message_id="a"), other],
    )
    shop.classify()
    (shop.folder.path / "channels.yaml").write_text(SETTINGS, "utf-8")
    return shop.folder.path


@pytest.fixture
def shop(laid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    for name in ("HOOK_TOKEN", "HOOK_APP"):
        monkeypatch.setenv(name, SECRET)
    shutil.copytree(laid, tmp_path / "shop")
    office = Office.open(tmp_path / "shop")
    yield Shop(office, create_app(office))
    office.close()


def provider(shop: Shop) -> TestClient:
    """A caller that sends nothing of what a browser does."""
    return TestClient(shop.app, base_url=BASE, follow_redirects=False)


def known(shop: Shop) -> Known:
    with shop.office.shop.look() as look:
        numbers = [n for text in (PSID, ZALO, MAIL, PHONE) for n in look.record.find_any(text)]
        person = Person(min(numbers), tuple(numbers))
        return look.record.known([person], shop.office.now())[person.number]


def meta(shop: Shop, body: dict[str, Any], *, secret: str = SECRET) -> int:
    raw = json.dumps(body).encode()
    mac = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    path = shop.office.shop.hooks()["messenger"]
    headers = {"x-hub-signature-256": f"sha256={mac}"}
    return provider(shop).post(path, content=raw, headers=headers).status_code


def wrote(text: str, at: int) -> dict[str, Any]:
    item = {"sender": {"id": PSID}, "timestamp": at // 1000, "message": {"mid": "m1", "text": text}}
    return {"object": "page", "entry": [{"id": "106", "messaging": [item]}]}


def test_who_writes_to_the_page_may_be_answered_for_a_day(shop: Shop) -> None:
    at = shop.office.now() - DAY // 4
    assert meta(shop, wrote("Còn size M không?", at)) == 200
    (window,) = known(shop).windows
    at -= at % 1000
    assert (window.channel, window.at, window.expires_at) == ("messenger", at, at + DAY)
    assert known(shop).consents == ()


def test_an_unsigned_call_changes_nothing(shop: Shop) -> None:
    assert meta(shop, wrote("Chào", shop.office.now()), secret="khác") == 403  # noqa: S106
    path = shop.office.shop.hooks()["messenger"]
    assert provider(shop).post(path, content=b"{}").status_code == 403
    assert known(shop).windows == ()


@pytest.mark.parametrize("text", ["STOP", " Từ chối. ", "hủy", "Dừng nhắn tin!"])
def test_who_says_no_gets_no_more_advertising_there(shop: Shop, text: str) -> None:
    assert meta(shop, wrote(text, shop.office.now())) == 200
    (word,) = known(shop).consents
    assert (word.channel, word.purpose, word.granted) == ("messenger", "marketing", False)


def test_a_block_of_the_platform_rests_the_channel_until_it_ends(shop: Shop) -> None:
    def block(action: str) -> dict[str, Any]:
        item = {"policy_enforcement": {"action": action, "reason": "x"}}
        return {"object": "page", "entry": [{"messaging": [item]}]}

    assert meta(shop, block("block")) == 200
    assert known(shop).paused["messenger"] > shop.office.now()
    assert meta(shop, block("unblock")) == 200
    assert known(shop).paused["messenger"] <= shop.office.now()


def test_messenger_is_told_its_challenge_only_at_the_right_address(shop: Shop) -> None:
    path = shop.office.shop.hooks()["messenger"]
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    right = asked | {"hub.verify_token": path.rpartition("/")[2]}
    assert provider(shop).get(path, params=right).text == "1158201444"
    assert provider(shop).get(path, params=asked).status_code == 403
    assert provider(shop).get(path, params=right | {"hub.challenge": "<b>"}).status_code == 403
    assert provider(shop).get("/hooks/messenger/x", params=right).status_code == 404


@pytest.mark.parametrize("own", ["77", "88"])
def test_zalos_signature_over_either_id_is_believed(shop: Shop, own: str) -> None:
    def call(name: str, own: str = own, **more: Any) -> int:
        at = str(shop.office.now() // 1000)
        raw = json.dumps({"event_name": name, "timestamp": at, **more}).encode()
        mac = hashlib.sha256(own.encode() + raw + at.encode() + SECRET.encode()).hexdigest()
        path = shop.office.shop.hooks()["zalo"]
        headers = {"x-zevent-signature": f"mac={mac}"}
        return provider(shop).post(path, content=raw, headers=headers).status_code

    assert call("user_send_text", sender={"id": ZALO}, message={"text": "Chào"}) == 200
    assert [(one.channel, one.reason) for one in known(shop).windows] == [("zalo_oa", "message")]
    assert call("user_send_text", own="99", sender={"id": ZALO}) == 403

    def closed() -> list[int]:
        return [one.closed.get("zalo_oa", 0) for one in known(shop).addresses if one.closed]

    assert call("unfollow", follower={"id": ZALO}) == 200
    assert closed()[0] > shop.office.now()
    assert call("follow", follower={"id": ZALO}) == 200
    assert not closed() or closed()[0] <= shop.office.now()


def sent(shop: Shop, channel: str, name: str) -> str:
    """A message that a provider took under this name; its key."""
    now = shop.office.now()
    with shop.office.shop.look() as look:
        record = look.record
        (person,) = record.find_any(MAIL)
        facts = {"strategy": f"s{name}", "person": person}
        record.act(
            enrolled=[facts | {"id": name, "cluster": 1, "arm": "treated", "at": now, "playbook": "x"}],
            planned=[facts | {"enrolment": name, "step": 0, "channels": (channel,), "due": now,
                              "purpose": "service", "template": "t"}],
        )  # fmt: skip
        (claim,) = record.claim(
            now, 9, lambda *_: Allowed(channel, 0, now + DAY),
            lambda numbers: {n: Person(n, (n,)) for n in numbers},
        )  # fmt: skip
        record.settle(claim.message, Outcome("sent", provider_id=name), now, 5)
        return claim.message.key


def state(shop: Shop, key: str) -> str:
    with shop.office.shop.look() as look:
        return look.record.messages(key=key)[0].state


def test_reports_move_a_message_only_upwards(shop: Shop) -> None:
    key, path = sent(shop, "sms", "sms_1"), shop.office.shop.hooks()["sms"]
    lost = {"SMSID": "sms_1", "SendFailed": "1", "SendSuccess": "0"}
    there = {"SMSID": "sms_1", "SendFailed": "0", "SendSuccess": "1"}
    assert provider(shop).get(path, params=lost).status_code == 200
    assert state(shop, key) == "failed"
    assert provider(shop).post(path, data=there).status_code == 200
    assert state(shop, key) == "delivered"
    assert provider(shop).post(path, json=lost).status_code == 200
    assert state(shop, key) == "delivered"


def test_a_gateway_tells_who_answers_stop(shop: Shop) -> None:
    path = shop.office.shop.hooks()["sms"]
    for phone in ("0900000001", "84900000001"):
        told = {"phone": phone, "content": "TC"}
        assert provider(shop).post(path, data=told).status_code == 200
    assert {(one.channel, one.granted) for one in known(shop).consents} == {("sms", False)}


def test_a_receiver_of_ones_own_reports_while_the_signature_is_fresh(shop: Shop) -> None:
    key, path = sent(shop, "webhook", "hook_1"), shop.office.shop.hooks()["webhook"]
    raw = json.dumps({"id": "hook_1", "state": "delivered"}).encode()

    def call(seconds: int) -> int:
        sign = {"thang-signature": f"t={seconds},v1={signature(SECRET, seconds, raw)}"}
        return provider(shop).post(path, content=raw, headers=sign).status_code

    now = shop.office.now() // 1_000_000
    assert call(now - 3600) == 403
    assert state(shop, key) == "sent"
    assert call(now) == 200
    assert state(shop, key) == "delivered"


def test_a_dead_address_is_used_no_more_if_the_letter_was_for_it(shop: Shop) -> None:
    key, path = sent(shop, "email", "letter"), shop.office.shop.hooks()["email"]
    other = "ban.khac@khong-co-that.example"
    forged = DSN.format(key=key, to=other)
    assert provider(shop).post(path, content=forged.encode()).status_code == 200
    with shop.office.shop.look() as look:
        (number,) = look.record.find_any(other)
        theirs = look.record.known([Person(number, (number,))], shop.office.now())[number]
    assert all(not one.closed for one in theirs.addresses)
    assert state(shop, key) == "failed"
    provider(shop).post(path, content=DSN.format(key=key, to=MAIL).encode())
    closed = [one.closed for one in known(shop).addresses if one.namespace == "email"]
    assert list(closed[0]) == ["email"]


def test_the_way_out_needs_one_press_and_no_account(shop: Shop) -> None:
    with shop.office.shop.look() as look:
        (number,) = look.record.find_any(MAIL)
        path = f"/out/{token_of(look.record, WayOut(number, 'email'))}"
    page = stranger(shop.app).get(path)
    assert page.status_code == 200
    assert MAIL not in page.text
    assert known(shop).consents == ()
    # A mail program presses it: no cookie, no origin, the body of RFC 8058.
    pressed = provider(shop).post(path, data={"List-Unsubscribe": "One-Click"})
    assert pressed.status_code == 200
    (word,) = known(shop).consents
    assert (word.channel, word.purpose, word.granted) == ("email", "marketing", False)
    provider(shop).post(path, data={"everywhere": "yes"})
    assert {one.channel for one in known(shop).consents} == {"email", ""}
    wrong = path[:-2] + ("aa" if path[-2:] != "aa" else "bb")
    for strange in (wrong, "/out/x", "/out/%00", "/out/" + "é" * 20):
        assert provider(shop).post(strange).status_code == 404
        assert provider(shop).get(strange).status_code == 404


def test_a_way_out_is_never_made_by_guessing(shop: Shop) -> None:
    with shop.office.shop.look() as look:
        one = token_of(look.record, WayOut(1, "email"))
        others = {
            token_of(look.record, WayOut(1, "sms")),
            token_of(look.record, WayOut(2, "email")),
        }
    assert one not in others
    assert len(one) <= 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["entry", "messaging", "sender", "id", "message", "text", "timestamp",
                         "delivery", "mids", "event_name", "follower", "policy_enforcement",
                         "action", "msg_ids", "SMSID", "phone", "content"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(said=JSON, name=st.sampled_from(["user_send_text", "follow", "user_received_message", "x"]))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_that_is_signed_breaks_us(shop: Shop, said: Any, name: str) -> None:
    body = said | {"event_name": name} if isinstance(said, dict) else said
    assert meta(shop, body) in (200, 400)
    raw = json.dumps(body).encode()
    at = str(body.get("timestamp", "")) if isinstance(body, dict) else ""
    mac = hashlib.sha256(b"77" + raw + at.encode() + SECRET.encode()).hexdigest()
    hooks = shop.office.shop.hooks()
    zalo = {"x-zevent-signature": f"mac={mac}"}
    assert provider(shop).post(hooks["zalo"], content=raw, headers=zalo).status_code in (
        200,
        400,
        403,
    )
    kind = {"content-type": "application/json"}
    assert provider(shop).post(hooks["sms"], content=raw, headers=kind).status_code in (200, 400)


@given(raw=st.binary(max_size=200))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_break_us(shop: Shop, raw: bytes) -> None:
    for path in shop.office.shop.hooks().values():
        assert provider(shop).post(path, content=raw).status_code < 500
        headers = {
            "x-hub-signature-256": "é".encode(),
            "thang-signature": b"t=9,v1=",
        }
        assert provider(shop).post(path, content=raw, headers=headers).status_code < 500
