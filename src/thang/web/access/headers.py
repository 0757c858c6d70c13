"""What every answer says to browsers about itself, and the hosts by whose names we answer."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thang.web.access.origin import known_host
from thang.web.office import Office

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
# Events come from pages of the shop's own website, which is another origin.
FOR_WEBSITES = {"cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*"}
TLS_ONLY = "max-age=31536000"


class SecurityHeaders:
    """ASGI middleware, the outermost: a strange host is turned away before anything is read."""

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app = app
        self._office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with our headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._put(MutableHeaders(scope=message), scope["path"])
            await send(message)

        host = Headers(scope=scope).get("host", "")
        if known_host(host, self._office.host, secure=self._office.secure):
            await self._app(scope, receive, with_headers)
            return
        refusal = PlainTextResponse("This is not the address of this server.", 421)
        await refusal(scope, receive, with_headers)

    def _put(self, headers: MutableHeaders, path: str) -> None:
        for name, value in ALWAYS.items():
            headers[name] = value
        if self._office.secure:
            headers["strict-transport-security"] = TLS_ONLY
        if path.startswith("/v1/"):
            headers.update(FOR_WEBSITES)
        if not path.startswith("/static/") and path != "/v1/thang.js":
            headers["cache-control"] = "no-store"
