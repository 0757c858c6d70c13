"""ASGI middleware for bodies: no larger than the route takes, however they are packed.

What is too large is answered with 413 before, or as soon as, it is known to be; nothing is
ever held in memory beyond the piece that has just come.
"""

from __future__ import annotations

import zlib

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thang.web.guard.limits import DEFAULT, EVENTS, MB, UPLOADS, Limits
from thang.web.intake.access import header_key, known_key
from thang.web.viewer import bearer, guest, recognised
from thang.web.words.catalogue import noted, say

TOO_LARGE = noted("This is too large: at most %(n)s MB can be sent here.")
BLOWN_UP = noted("This unpacks to far more than it is: send it unpacked, or in parts.")
NO_GZIP = noted("This cannot be unpacked: send it as gzip, or not packed at all.")
SIGN_IN = noted("Sign in before you send a file.")
GZIP = 31  # zlib's window bits with gzip's header
PIECE = 64 * 1024


class BodyGuard:
    """Measures what a request brings, before and while it is read."""

    def __init__(self, app: ASGIApp, limits: Limits = DEFAULT) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its body can be taken."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            most = await self._most(request)
            await self._check(request, most)
            body = Body(request, receive, most, self._limits)
        except HTTPException as refused:
            await _answer(request, refused, receive, send)
            return
        await self._app(body.scope, body.receive, send)

    async def _most(self, request: Request) -> int:
        """How large a body this route takes from whoever sends it."""
        if request.url.path in UPLOADS:
            return self._limits.upload
        if not request.url.path.startswith(EVENTS):
            return self._limits.body
        secret = header_key(request)  # who shows it in the body only sends little ones
        known = await known_key(request.app.state.office, secret) if secret else None
        return self._limits.events if known else self._limits.body

    async def _check(self, request: Request, most: int) -> None:
        """What the headers alone tell."""
        said = request.headers.get("content-length", "0")
        length = int(said) if said.isascii() and said.isdigit() else 0
        if length > most:
            raise too_large(request, most)
        large = length > self._limits.body or "content-length" not in request.headers
        if most > self._limits.events and large and not await _known(request):
            raise HTTPException(401, say(guest(request).locale, SIGN_IN))


class Body:
    """One body on its way to the application: counted, and unpacked where it is packed."""

    def __init__(self, request: Request, receive: Receive, most: int, limits: Limits) -> None:
        self._request, self._receive = request, receive
        self._most, self._limits = most, limits
        self._came = self._unpacked = 0
        packing = request.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip"):
            raise HTTPException(415, say(guest(request).locale, NO_GZIP))
        self._events = request.url.path.startswith(EVENTS)
        self._gzip = zlib.decompressobj(GZIP) if packing == "gzip" else None
        self.scope = _unpacked_scope(request.scope) if self._gzip else request.scope

    async def receive(self) -> Message:
        """The next piece as the application is to see it."""
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        piece = message.get("body", b"")
        self._came += len(piece)
        if self._came > self._most:
            raise too_large(self._request, self._most)
        if self._gzip is None:
            return message
        whole = self._unpack(piece, ends=not message.get("more_body", False))
        return {**message, "body": whole}

    def _unpack(self, piece: bytes, *, ends: bool) -> bytes:
        """A piece unpacked, never further than the limits allow."""
        assert self._gzip is not None  # noqa: S101 - asked for packed bodies only
        locale = guest(self._request).locale
        found = bytearray()
        try:
            while piece:
                found += self._gzip.decompress(piece, PIECE)
                self._measure(len(found))
                piece = self._gzip.unconsumed_tail
        except zlib.error:
            raise HTTPException(400, say(locale, NO_GZIP)) from None
        if (ends and not self._gzip.eof) or self._gzip.unused_data:
            raise HTTPException(400, say(locale, NO_GZIP))
        self._unpacked += len(found)
        return bytes(found)

    def _measure(self, more: int) -> None:
        size = self._unpacked + more
        grown = size > max(self._limits.harmless, self._came * self._limits.growth)
        if self._events:  # calls of one batch are much alike: only their whole size counts
            grown, most = False, self._most
        else:
            most = self._limits.unpacked
        if grown or size > most:
            raise HTTPException(413, say(guest(self._request).locale, BLOWN_UP))


def too_large(request: Request, most: int) -> HTTPException:
    """The refusal of a body that is larger than its route takes."""
    return HTTPException(413, say(guest(request).locale, TOO_LARGE, n=max(1, round(most / MB))))


def _unpacked_scope(scope: Scope) -> Scope:
    gone = (b"content-encoding", b"content-length")
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in gone]}


async def _known(request: Request) -> bool:
    """Whether somebody with an account, or a key, sends this: strangers' files are not read."""
    office = request.app.state.office

    def look() -> bool:
        secret = bearer(request)
        if secret:
            return office.desk.keys.of_secret(secret, office.now()) is not None
        return recognised(request, office) is not None

    return await run_in_threadpool(look)


async def _answer(request: Request, refused: HTTPException, receive: Receive, send: Send) -> None:
    from thang.web.errors import answer  # noqa: PLC0415 - pages know of this guard's limits

    made = await run_in_threadpool(answer, request, refused.status_code, str(refused.detail))
    await made(request.scope, receive, send)
