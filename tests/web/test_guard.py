"""The guard against real sockets: slow, endless, oversized and blown-up requests."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from thang.web.guard.bodies import BodyGuard
from thang.web.guard.limits import KB, MB, Limits
from thang.web.guard.protocol import guarded

QUICK = Limits(
    header_seconds=0.2, body_idle=0.3, body_rate=100 * KB, unread=0.2, connections=4, beat=0.02
)
PATIENCE = 10.0  # after so long a test gives up; nothing is measured by it


class Office:
    """As much of an office as the guard asks for: which shop it is, and who has which key."""

    secure = False
    shop = SimpleNamespace(folder=SimpleNamespace(path=Path("shop")))

    class desk:  # noqa: N801
        class keys:  # noqa: N801
            @staticmethod
            def of_secret(secret: str, _: int) -> object | None:
                return secret if secret == "thang_live_good" else None  # noqa: S105

    @staticmethod
    def now() -> int:
        return 0

    secure = False


async def echo(request: Request) -> Response:
    """What came, by its length and digest; read in pieces, as an upload is."""
    seen, length = sha256(), 0
    async for piece in request.stream():
        seen.update(piece)
        length += len(piece)
    return JSONResponse({"length": length, "sha256": seen.hexdigest()})


given_up = threading.Event()


async def long(request: Request) -> Response:
    """An answer that nobody could hold at once."""

    async def pieces() -> Any:
        try:
            for _ in range(100_000):
                yield b"x" * 64 * KB
        finally:
            given_up.set()

    return StreamingResponse(pieces())


def application(limits: Limits) -> Starlette:
    routes = [Route(path, echo, methods=["GET", "POST"]) for path in ("/", "/import")]
    app = Starlette(routes=[*routes, Route("/long", long)])
    app.state.office = Office()
    app.add_middleware(BodyGuard, limits=limits)
    return app


@contextmanager
def serving(limits: Limits = QUICK) -> Iterator[int]:
    """A real server on a free port, in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application(limits), http=guarded(limits), log_config=None, lifespan="off", loop="asyncio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def plain_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a refusal needs a whole shop; here its number is enough."""

    def answer(request: Request, status: int, detail: str, **headers: str) -> Response:
        return Response(detail, status)

    monkeypatch.setattr("thang.web.errors.answer", answer)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def everything(connection: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    said = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            said += piece
    return said


def answered(connection: socket.socket) -> bytes:
    """One answer of a connection that stays open."""
    said = b""
    while not said.endswith(b"}"):
        piece = connection.recv(65536)
        if not piece:
            break
        said += piece
    return said


def asked(port: int, request: bytes) -> bytes:
    """One whole request, and all that is answered."""
    with closing(connect(port)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        return everything(connection)


def post(body: bytes, path: str = "/", length: int | None = None, **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines.append(f"content-length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def dripped(port: int, begun: bytes, drop: Callable[[int], bytes]) -> bytes:
    """Send a beginning, then drop by drop for as long as the server listens."""
    with closing(connect(port)) as connection:
        connection.sendall(begun)
        connection.settimeout(0.05)
        for number in range(int(PATIENCE / 0.05)):
            try:
                return connection.recv(65536)
            except TimeoutError:
                pass
            try:
                connection.sendall(drop(number))
            except (BrokenPipeError, ConnectionResetError):
                return everything(connection)
        pytest.fail("the server listens for ever")


def test_an_ordinary_request_passes(port: int) -> None:
    body = bytes(range(256)) * 1000
    answer = asked(port, post(body))
    assert status(answer) == 200
    found = json.loads(answer.rsplit(b"\r\n\r\n", 1)[1])
    assert found == {"length": len(body), "sha256": sha256(body).hexdigest()}


def test_many_requests_share_a_connection(port: int) -> None:
    with closing(connect(port)) as connection:
        for _ in range(5):
            connection.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            assert status(answered(connection)) == 200


@pytest.mark.parametrize(
    ("begun", "drop"),
    [
        (b"", b""),
        (b"\r\n", b"\r\n"),
        (b"GET / HT", b""),
        (b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ", b"a"),
        (b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n", b"x: y\r\n"),
    ],
)
def test_headers_that_never_end_are_hung_up_on(port: int, begun: bytes, drop: bytes) -> None:
    assert status(dripped(port, begun, lambda _: drop)) == 408


def test_a_second_request_on_a_connection_is_timed_as_well(port: int) -> None:
    for rest in (b"GET / HTTP/1.1\r\nhost", b"\r\n"):
        with closing(connect(port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            assert status(answered(connection)) == 200
            connection.sendall(rest)
            assert status(everything(connection)) == 408


def test_headers_without_measure_are_refused(port: int) -> None:
    begun = b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: "
    assert status(asked(port, begun + b"a" * MB)) in (431, 0)
    with closing(connect(port)) as connection:
        connection.sendall(begun + b"a" * (70 * KB))
        assert status(everything(connection)) == 431


def test_a_body_that_stops_is_hung_up_on(port: int) -> None:
    assert status(asked(port, post(b"half", length=100))) == 408


def test_a_body_that_drips_is_hung_up_on(port: int) -> None:
    begun = post(b"", length=MB)
    assert status(dripped(port, begun, lambda _: b"a")) == 408


def test_a_body_that_is_long_but_moves_is_taken() -> None:
    """Slower than the whole allowance of silence, and still faster than it must be."""
    slow = Limits(header_seconds=0.2, body_idle=0.2, body_rate=10, beat=0.02)
    with serving(slow) as port, closing(connect(port)) as connection:
        drops = 12
        connection.sendall(post(b"", length=drops * 100))
        connection.settimeout(0.05)
        for _ in range(drops - 1):
            connection.sendall(b"a" * 100)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        connection.settimeout(PATIENCE)
        connection.sendall(b"a" * 100)
        assert status(everything(connection)) == 200


def test_an_answer_nobody_reads_is_given_up(port: int) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(b"GET /long HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert given_up.wait(PATIENCE)


def test_more_connections_than_there_is_room_for_are_told_so(port: int) -> None:
    with serving() as own:
        held = [connect(own) for _ in range(QUICK.connections)]
        for one in held:
            one.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
            assert status(answered(one)) == 200
        refused = everything(connect(own))
        assert status(refused) == 503
        assert b"retry-after" in refused
        for one in held:
            one.close()
        again = [asked(own, post(b"x")) for _ in range(3)]
        assert 200 in map(status, again)


@pytest.mark.parametrize("length", [MB + 1, 150 * MB, 2**63, 10**30])
def test_what_says_it_is_too_large_is_refused_before_it_is_read(port: int, length: int) -> None:
    assert status(asked(port, post(b"", length=length))) in (413, 400)


def test_what_turns_out_too_large_is_refused_when_it_does(port: int) -> None:
    begun = b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    assert status(asked(port, begun + chunk * 17 + b"0\r\n\r\n")) == 413
    assert status(asked(port, begun + chunk * 15 + b"0\r\n\r\n")) == 200


def test_a_file_of_two_gigabytes_is_refused_and_strangers_files_are_not_read(port: int) -> None:
    good = {"authorization": "Bearer thang_live_good"}
    assert status(asked(port, post(b"", "/import", 2**31, **good))) == 413
    assert status(asked(port, post(b"", "/import", 5 * MB))) == 401
    assert (
        status(asked(port, post(b"", "/import", 5 * MB, authorization="Bearer thang_live_bad")))
        == 401
    )
    body = b"ngay;don;tien\n" * 300_000
    answer = asked(port, post(body, "/import", **good))
    assert json.loads(answer.rsplit(b"\r\n\r\n", 1)[1])["length"] == len(body) > 4 * MB


def test_a_large_upload_is_never_held_in_memory(port: int) -> None:
    body = bytes(24 * MB)
    request = post(body, "/import", authorization="Bearer thang_live_good")
    tracemalloc.start()
    try:
        assert status(asked(port, request)) == 200
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * MB


def test_packed_bodies_are_unpacked_within_bounds(port: int) -> None:
    body = b"".join(sha256(bytes([n % 256, n // 256])).digest() for n in range(4000))
    answer = asked(port, post(gzip.compress(body), content_encoding="gzip"))
    assert json.loads(answer.rsplit(b"\r\n\r\n", 1)[1])["sha256"] == sha256(body).hexdigest()


# By name: a packed body has the time of packing in it, and no two workers pack at the same time.
PACKED = {
    "a bomb": (gzip.compress(bytes(200 * MB // 10)), "gzip", 413),
    "a thousand times its size": (gzip.compress(bytes(MB)), "gzip", 413),
    "packed twice": (gzip.compress(gzip.compress(b"x")), "gzip, gzip", 415),
    "another packing": (b"x", "br", 415),
    "not packed": (b"no gzip at all", "gzip", 400),
    "cut off": (gzip.compress(b"cut off" * 100)[:-5], "gzip", 400),
    "with more behind": (gzip.compress(b"a") + b"more", "gzip", 400),
    "grows a lot, but to little": (gzip.compress(bytes(60 * KB)), "gzip", 200),
}


@pytest.mark.parametrize(("body", "packing", "expected"), PACKED.values(), ids=PACKED)
def test_packed_bodies_that_are_not_what_they_say_are_refused(
    port: int, body: bytes, packing: str, expected: int
) -> None:
    assert status(asked(port, post(body, content_encoding=packing))) == expected


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\x00 HTTP/1.1\r\nhost: a\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_the_server_lives_on(
    port: int, request_bytes: bytes
) -> None:
    assert status(asked(port, request_bytes)) not in (200, 500)
    assert status(asked(port, post(b"x"))) == 200
