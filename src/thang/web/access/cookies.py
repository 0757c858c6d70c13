"""The cookies: who is signed in, and in which language and colours a browser reads."""

from __future__ import annotations

from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from thang.desk.sessions import LASTS
from thang.model import SECOND
from thang.web.office import Office

LOCALE = "thang_locale"
THEME = "thang_theme"
YEAR = 365 * 86_400


def session_name(office: Office) -> str:
    """`__Host-` binds a cookie to this host and to TLS; plain loopback has no TLS.

    Browsers send cookies to every port of a host, so each shop's cookie has its own name.
    """
    folder = str(office.shop.folder.path.resolve())
    shop = blake2b(folder.encode(errors="surrogateescape"), digest_size=4).hexdigest()
    return f"{'__Host-' if office.secure else ''}thang-{shop}"


def session_token(request: Request, office: Office) -> str:
    """The token a browser sent; empty if none."""
    return request.cookies.get(session_name(office), "")


def give_session(response: Response, office: Office, token: str) -> None:
    """Let a browser be signed in."""
    _set(response, office, session_name(office), token, LASTS // SECOND)


def take_session(response: Response, office: Office) -> None:
    """Let a browser forget that it was signed in."""
    _set(response, office, session_name(office), "", 0)


def remember(response: Response, office: Office, name: str, value: str) -> None:
    """Keep a taste (`LOCALE`, `THEME`) in the browser for a year."""
    _set(response, office, name, value, YEAR)


def _set(response: Response, office: Office, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/",
        secure=office.secure, httponly=True, samesite="lax",
    )  # fmt: skip
