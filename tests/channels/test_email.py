"""E-mail against a real mail server: what arrives, what each refusal means, and bounces read back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from thang.channels.bounces import Bounce, bounce_of
from thang.channels.email import Mail, written
from thang.channels.sender import Busy, Fault, Outgoing, Refused, Sent, Unknown

NOW = 1_763_600_000_000_000
OUT = "https://shop.example/unsubscribe/abc"
LETTER = Outgoing(
    "ban.mau@example.com", "Quà cho bạn — tháng 11", "Chào bạn,\nCó quà.", "<p>Chào bạn</p>",
    unsubscribe_url=OUT,
)  # fmt: skip


class Box:
    """A mail server that keeps what it takes; `says` are its answers by command and address."""

    def __init__(self, **says: str) -> None:
        self.says = says
        self.kept: list[bytes] = []
        self.dies = False

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        del server, session, options
        envelope.mail_from = address
        return self.says.get("mail", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        del server, session, options
        envelope.rcpt_tos.append(address)
        return self.says.get("rcpt", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del session
        self.kept.append(envelope.content)
        if self.dies:
            server.transport.abort()
            await asyncio.sleep(0.05)
        return self.says.get("data", "250 OK")


@contextmanager
def serving(box: Box, **more: Any) -> Iterator[Mail]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield Mail("127.0.0.1", port, "Tiệm Mẫu <chao@shop.example>", tls="none", now=lambda: NOW)
    finally:
        controller.stop()


def test_a_letter_arrives_as_it_was_meant() -> None:
    box = Box()
    with serving(box) as mail:
        answer = mail.send(LETTER, "k-17")
    assert answer == Sent("<k-17@shop.example>")
    got = message_from_bytes(box.kept[0], policy=default)
    assert got["Subject"] == LETTER.subject
    assert got["From"] == "Tiệm Mẫu <chao@shop.example>"
    assert got["To"] == LETTER.to
    assert got["List-Unsubscribe"] == f"<{OUT}>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got["Date"].datetime.year == 2025
    bodies = {part.get_content_type(): part.get_content() for part in got.iter_parts()}
    assert bodies["text/plain"].replace("\r\n", "\n") == LETTER.text + "\n"
    assert bodies["text/html"].strip() == LETTER.html


def test_a_service_letter_has_no_way_to_unsubscribe() -> None:
    got = written(
        Outgoing("a@example.com", "Đơn", "Tới rồi", purpose="service"), "s@x.vn", "k", NOW
    )
    assert got["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        ({"rcpt": "550 5.1.1 no such user"}, Fault.ADDRESS),
        ({"rcpt": "553 5.1.3 bad"}, Fault.ADDRESS),
        ({"rcpt": "552 5.2.2 full"}, Fault.MESSAGE),
        ({"rcpt": "554 5.7.1 policy"}, Fault.MESSAGE),
        ({"mail": "550 5.7.1 who are you"}, Fault.CHANNEL),
        ({"data": "554 5.6.0 spam"}, Fault.MESSAGE),
        ({"rcpt": "451 4.7.1 greylisted"}, None),
        ({"mail": "421 4.3.2 closing"}, None),
        ({"data": "452 4.3.1 no room"}, None),
    ],
)
def test_each_refusal_is_what_it_means(says: dict[str, str], answer: Fault | None) -> None:
    with serving(Box(**says)) as mail:
        got = mail.send(LETTER, "k")
    if answer is None:
        assert isinstance(got, Busy)
    else:
        assert isinstance(got, Refused)
        assert got.fault is answer
        assert "ban.mau" not in got.why


def test_a_line_that_breaks_after_the_text_leaves_it_unknown() -> None:
    box = Box()
    box.dies = True
    with serving(box) as mail:
        assert isinstance(mail.send(LETTER, "k"), Unknown)
    assert len(box.kept) == 1


def test_where_no_server_listens_nothing_was_taken() -> None:
    with serving(Box()) as mail:
        pass
    assert isinstance(mail.send(LETTER, "k"), Busy)


def test_a_wrong_password_rests_the_channel() -> None:
    def nobody(*_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    def the_shop(_: Any, __: Any, ___: Any, ____: Any, found: Any) -> AuthResult:
        good = isinstance(found, LoginPassword) and found.password == b"right"
        return AuthResult(success=good, handled=False)

    for check, password, fine in ((nobody, "wrong", False), (the_shop, "right", True)):
        with serving(Box(), authenticator=check, auth_require_tls=False) as plain:
            mail = Mail(plain.host, plain.port, plain.sender, "shop", password, "none", lambda: NOW)
            got = mail.send(LETTER, "k")
        assert (
            isinstance(got, Sent)
            if fine
            else (isinstance(got, Refused) and got.fault is Fault.CHANNEL)
        )


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b@c", "a@x.vn\r\nBcc: all@x.vn", "a@x.vn, b@x.vn", "a b@x.vn", "@x.vn", "a@"],
)
def test_an_address_that_is_none_reaches_nobody(address: str) -> None:
    box = Box()
    with serving(box) as mail:
        got = mail.send(Outgoing(address, "a", "b"), "k")
    assert isinstance(got, Refused)
    assert got.fault is Fault.ADDRESS
    assert box.kept == []


def test_a_subject_cannot_carry_a_header_along() -> None:
    box = Box()
    with serving(box) as mail:
        mail.send(Outgoing("a@x.vn", "Chào\r\nBcc: all@x.vn", "b"), "k")
    got = message_from_bytes(box.kept[0], policy=default)
    assert got["Bcc"] is None
    assert got["Subject"] == "Chào Bcc: all@x.vn"


DSN = """From: MAILER-DAEMON@mx.example\r
To: chao@shop.example\r
Subject: Undelivered\r
Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r
MIME-Version: 1.0\r
\r
--B\r
Content-Type: text/plain\r
\r
I am sorry.\r
--B\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; ban.mau@example.com\r
Action: {action}\r
Status: {status}\r
\r
--B\r
Content-Type: {kind}\r
\r
Message-ID: <k-17@shop.example>\r
Subject: Chao\r
\r
{text}\r
--B--\r
"""


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("status", "for_good"), [("5.1.1", True), ("5.2.1", True), ("5.2.2", False), ("4.4.7", False)]
)
def test_a_bounce_tells_which_message_and_whether_for_good(
    kind: str, status: str, for_good: bool
) -> None:
    raw = DSN.format(action="failed", status=status, kind=kind, text="Chao ban").encode()
    assert bounce_of(raw) == Bounce("k-17", status, for_good)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe\x00", b"Subject: hello\r\n\r\nhello", DSN.encode()[:300],
        DSN.format(action="delayed", status="4.4.1", kind="message/rfc822", text="").encode(),
        DSN.format(action="delivered", status="2.0.0", kind="message/rfc822", text="").encode(),
        b"Content-Type: multipart/report; boundary=B\r\n\r\n--B\r\n" * 50,
    ],
)  # fmt: skip
def test_what_is_no_bounce_says_nothing(raw: bytes) -> None:
    assert bounce_of(raw) is None
