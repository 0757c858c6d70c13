"""Who may send events: a write key in the header, or in the body where a header cannot be set."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from thang.desk.keys import ApiKey, Scope
from thang.model import WrongInput
from thang.sources.calls import Bundle, opened
from thang.web.office import Office, office_of
from thang.web.viewer import Rule, Viewer, bearer, guest
from thang.web.words.catalogue import noted, say
from thang.web.words.sentences import in_words

NO_KEY = noted("Send a write key: as the user of Basic authorization, or as `writeKey`.")
NOT_FOR_EVENTS = noted("This key may not send events: make one that may.")
FULL = noted("More events arrive than can be written: send these again a little later.")
SHARE = noted("This key sends more than its share: send these again a little later.")
RETRY_SECONDS = 2
MAY_SEND = frozenset({Scope.EVENTS, Scope.INGEST})


@dataclass(frozen=True, slots=True)
class Sender(Rule):
    """The rule of the routes that take events; it leaves the opened body beside the request."""

    async def __call__(self, request: Request) -> Viewer:
        """The key that sends, as a viewer; 401 without one, 400 for what is no call."""
        office = office_of(request)
        secret = header_key(request)
        key = await known_key(office, secret) if secret else None
        if secret and key is None:
            raise _unknown(request)
        if key is not None and office.intake.full:
            raise later(request, 503, FULL)
        request.state.bundle = bundle = await _bundle(request)
        if key is None:
            key = await known_key(office, bundle.write_key)
        if key is None:
            raise _unknown(request)
        if not MAY_SEND & set(key.scopes):
            raise HTTPException(403, say(guest(request).locale, NOT_FOR_EVENTS))
        stranger = guest(request)
        return Viewer(key.id, key.name, stranger.role, stranger.locale, "", "", key.id)


def later(request: Request, status: int, words: str) -> HTTPException:
    """Come again: nothing was stored."""
    said = say(guest(request).locale, words)
    return HTTPException(status, said, {"Retry-After": str(RETRY_SECONDS)})


def header_key(request: Request) -> str:
    """The write key in the Authorization header; empty if there is none."""
    kind, _, said = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return bearer(request)
    try:
        return base64.b64decode(said, validate=True).decode("ascii").partition(":")[0] or " "
    except (binascii.Error, UnicodeDecodeError):
        return " "


async def known_key(office: Office, secret: str) -> ApiKey | None:
    """The key with a secret, unless it is unknown or revoked."""
    keys = office.write_keys
    return keys.get(secret) or await run_in_threadpool(keys.look_up, secret, office.now())


async def _bundle(request: Request) -> Bundle:
    call = request.path_params["call"]
    try:
        return opened(await request.body(), "" if call == "batch" else call)
    except WrongInput as error:
        raise HTTPException(400, in_words(str(error), guest(request).locale)) from None
    except ClientDisconnect:
        raise HTTPException(400) from None


def _unknown(request: Request) -> HTTPException:
    asks = {"WWW-Authenticate": 'Basic realm="write key"'}
    return HTTPException(401, say(guest(request).locale, NO_KEY), asks)
