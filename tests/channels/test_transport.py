"""The way out connects to public addresses only, however they are written or answered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from thang.channels.sender import Fault, Outgoing, Refused
from thang.channels.transport import MOST, ForbiddenError, OverlongError, Wire, is_public
from thang.channels.webhook import Webhook
from thang.simulate.providers.server import Call, Provider, Reply

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",  # noqa: S104
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:db8::1", "100.100.100.200", "192.0.2.1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "203.162.4.191", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_no_open_network(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_network(address: str) -> None:
    assert is_public(address)


@pytest.fixture
def honeypot() -> Iterator[tuple[int, list[object]]]:
    """A listener on loopback that writes down who came."""
    seen: list[object] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def watch() -> None:
            while True:
                try:
                    connection, who = server.accept()
                except OSError:
                    return
                seen.append(who)
                connection.close()

        threading.Thread(target=watch, daemon=True).start()
        yield server.getsockname()[1], seen


HOSTS = (
    "127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
    "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "127.0.0.1.",
    "127.000.000.001", "①②⑦.⓪.⓪.①", "example.com@127.0.0.1", "127.0.0.1%00.example.com",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_loopback_is_connected_to(
    honeypot: tuple[int, list[object]], scheme: str, host: str
) -> None:
    port, seen = honeypot
    for address in (f"{scheme}://{host}:{port}/", f"{scheme}://{host}/"):
        with pytest.raises((httpx.HTTPError, httpx.InvalidURL)):
            Wire(seconds=1).post(address, body=b"", headers={})
    assert seen == []


@pytest.mark.parametrize(
    "address",
    ["ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "unix:///run/x.sock", "//8.8.8.8/",
     "https://", "", "https://8.8.8.8:22/", "https://8.8.8.8:6379/", "javascript:alert(1)"],
)  # fmt: skip
def test_other_schemes_and_ports_are_refused(address: str) -> None:
    with pytest.raises((httpx.HTTPError, httpx.InvalidURL)):
        Wire(seconds=1).post(address, body=b"", headers={})


@pytest.mark.parametrize("told", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1", "8.8.8.8"], []])
def test_a_name_is_good_only_if_all_its_addresses_are(told: list[str]) -> None:
    wire = Wire(seconds=1, resolver=lambda *_: told)
    with pytest.raises(httpx.ConnectError, match="forbidden"):
        wire.post("https://shop.example/", body=b"", headers={})


def test_a_name_is_asked_for_once_and_the_address_looked_at_is_the_one_connected_to() -> None:
    """A name server that changes its answer between the check and the connection gains nothing."""
    asked: list[str] = []

    def turning(host: str, port: int) -> list[str]:
        del port
        asked.append(host)
        return ["192.0.2.1"] if len(asked) > 1 else ["198.51.100.7"]

    with pytest.raises(httpx.ConnectError, match="forbidden"):
        Wire(seconds=1, resolver=turning).post("https://shop.example/", body=b"", headers={})
    assert asked == ["shop.example"]


class Endless(Provider):
    def reply(self, call: Call) -> Reply:
        del call
        return Reply("x" * (MOST + 10))


def test_an_answer_without_end_is_cut() -> None:
    with Endless() as server, pytest.raises(OverlongError):
        Wire([server.place]).post(server.url, body=b"", headers={})


def test_plain_http_is_for_the_shops_own_network_alone() -> None:
    with Endless() as server:
        with pytest.raises(ForbiddenError):
            Wire().post(server.url, body=b"", headers={})
        assert server.calls == []


def test_a_webhook_to_a_forbidden_place_rests_the_channel() -> None:
    hook = Webhook(Wire(seconds=1), "https://127.0.0.1/", "s", lambda: 0)
    answer = hook.send(Outgoing("p_a"), "k")
    assert isinstance(answer, Refused)
    assert answer.fault is Fault.CHANNEL
