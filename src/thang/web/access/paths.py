"""Where to go next: only ever to a page of ours, whatever an address asks for."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

FIRST_PAGE = "/ladder"
LONGEST = 2000
NEVER = ("/login", "/logout", "/welcome")  # would lead in circles


def own_path(wanted: str) -> str:
    """The path that was asked for if it is one of ours, or the first page."""
    if not wanted.startswith("/") or wanted[1:2] in ("/", "\\") or len(wanted) > LONGEST:
        return FIRST_PAGE
    if "\\" in wanted or not wanted.isprintable() or not wanted.isascii():
        return FIRST_PAGE
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return FIRST_PAGE
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return FIRST_PAGE
    return wanted


def after_login(wanted: str) -> str:
    """Where to go once signed in: `own_path`, but never back to a door."""
    path = own_path(wanted)
    return FIRST_PAGE if urlsplit(path).path.rstrip("/") in NEVER else path


def login_path(here: str) -> str:
    """The login that leads back to where somebody wanted to go."""
    back = after_login(here)
    return "/login" if back == FIRST_PAGE else f"/login?next={quote(back, safe='/')}"
