"""Who looks at a page or calls the API, and the rule that each route states about it.

A route without a rule does not exist: `reader`, `marketer`, `owner` and their kin are the
dependencies of every route, and `anyone` of those few that a stranger may use.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from thang.desk.keys import MARK, Scope
from thang.desk.people import Role
from thang.web.access.cookies import LOCALE, THEME, session_token
from thang.web.access.origin import SAFE_METHODS, from_our_pages
from thang.web.access.paths import login_path
from thang.web.office import Office, office_of
from thang.web.words.catalogue import DEFAULT, LOCALES, noted, say

THEMES = ("light", "dark")
TOKEN_FIELD = "csrf"  # noqa: S105 - the name of a form's field
TOKEN_HEADER = "x-csrf-token"  # noqa: S105
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

ELSEWHERE = noted("This came from another website, so nothing was changed. Open the page again.")
OLD_FORM = noted("This form is too old: open the page again, then send it once more.")
NOT_YOURS = noted("Your role does not allow this: ask an owner of the shop.")
NOT_THE_KEYS = noted("This key's scopes do not allow this: make a key with the scope it needs.")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody at a page (`id` empty: not signed in), or a program with an API key."""

    id: str
    name: str
    role: Role
    locale: str
    theme: str
    csrf: str
    key: str = ""  # the API key's id, if it is one


class SignInNeeded(Exception):
    """Nobody is signed in; `where` is the login that leads back here."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks of its caller. `role` None: nothing. `scope` None: no key may call it."""

    role: Role | None
    scope: Scope | None = None

    async def __call__(self, request: Request) -> Viewer:
        """The viewer, if they may; otherwise the way to the login, or a refusal."""
        office = office_of(request)
        secret = bearer(request)
        if secret and _calls_api(request):
            return await run_in_threadpool(self._key, request, office, secret)
        viewer = await run_in_threadpool(recognised, request, office)
        if viewer is not None:
            request.state.viewer = viewer
        if request.method not in SAFE_METHODS:
            _ours(request, office)
        if self.role is None:
            return viewer or guest(request)
        if viewer is None:
            raise SignInNeeded(login_path(_back(request)))
        if request.method not in SAFE_METHODS and not _calls_api(request):
            await _form_is_ours(request, viewer)
        if viewer.role.rank < self.role.rank:
            raise HTTPException(403, say(viewer.locale, NOT_YOURS))
        return viewer

    def _key(self, request: Request, office: Office, secret: str) -> Viewer:
        key = office.desk.keys.of_secret(secret, office.now())
        if key is None:
            raise SignInNeeded("/login")
        if self.role is not None and (self.scope is None or self.scope not in key.scopes):
            raise HTTPException(403, say(_locale(request), NOT_THE_KEYS))
        knows = {Scope.EXPORT, Scope.WRITE} & set(key.scopes)
        role = Role.MARKETER if knows else Role.VIEWER
        return Viewer(key.id, key.name, role, _locale(request), "", "", key.id)


anyone = Rule(None)
reader = Rule(Role.VIEWER, Scope.READ)
marketer = Rule(Role.MARKETER, Scope.WRITE)
owner = Rule(Role.OWNER)
ingester = Rule(Role.MARKETER, Scope.INGEST)
exporter = Rule(Role.MARKETER, Scope.EXPORT)
whole_exporter = Rule(Role.OWNER, Scope.EXPORT)


def guest(request: Request) -> Viewer:
    """Whoever is known to look, or a stranger in the language and colours of their browser."""
    known: Viewer | None = getattr(request.state, "viewer", None)
    return known or Viewer("", "", Role.VIEWER, _locale(request), _theme(request), "")


def recognised(request: Request, office: Office) -> Viewer | None:
    """The person whose session the browser's cookie is."""
    token = session_token(request, office)
    found = office.desk.sessions.of_token(token, office.now()) if token else None
    if found is None:
        return None
    person = found[1]
    locale = _asked_locale(request) or person.locale
    return Viewer(person.id, person.name, person.role, locale, _theme(request), form_token(token))


def form_token(session: str) -> str:
    """What forms of a session carry: it cannot be made without the session's own token."""
    return hmac.digest(session.encode("utf-8", "replace"), b"forms", "sha256").hex()


def bearer(request: Request) -> str:
    """The secret of an Authorization header; empty if there is none."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() or MARK if kind.lower() == "bearer" else ""


def _ours(request: Request, office: Office) -> None:
    if not from_our_pages(request.headers, secure=office.secure):
        raise HTTPException(403, say(guest(request).locale, ELSEWHERE))


async def _form_is_ours(request: Request, viewer: Viewer) -> None:
    sent: object = request.headers.get(TOKEN_HEADER, "")
    if not sent and request.headers.get("content-type", "").startswith(FORMS):
        sent = (await request.form()).get(TOKEN_FIELD, "")
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), viewer.csrf.encode()):
        raise HTTPException(403, say(viewer.locale, OLD_FORM))


def _calls_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _back(request: Request) -> str:
    """Where to return to: the page itself, never a form's target or a part of a page."""
    if request.method != "GET" or request.headers.get("hx-request"):
        return ""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def _locale(request: Request) -> str:
    """In the address, then kept in the browser, then what the browser asks for."""
    kept = request.cookies.get(LOCALE, "")
    if asked := _asked_locale(request) or (kept if kept in LOCALES else ""):
        return asked
    for wanted in request.headers.get("accept-language", "").split(","):
        tongue = wanted.split(";")[0].split("-")[0].strip().lower()
        if tongue in LOCALES:
            return tongue
    return DEFAULT


def _asked_locale(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LOCALES else ""


def _theme(request: Request) -> str:
    kept = request.cookies.get(THEME, "")
    return kept if kept in THEMES else ""
