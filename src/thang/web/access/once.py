"""`Idempotency-Key`: what a program sends twice is done once, and answered alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from thang.web.office import office_of
from thang.web.viewer import Viewer

LONGEST_KEY = 200


def once(
    request: Request,
    viewer: Viewer,
    asked: object,
    work: Callable[[], Mapping[str, Any]],
    *,
    status: int = 200,
    hidden: Sequence[str] = (),
) -> JSONResponse:
    """The answer of `work`, or the one it gave when the same key was sent before.

    `asked` is what the request says (plain data): the same key with another request is
    refused. Fields named in `hidden` are secrets that are told the first time only.
    """
    key = request.headers.get("idempotency-key", "")
    if not key:
        return JSONResponse(dict(work()), status)
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise HTTPException(422, "An Idempotency-Key has at most 200 letters.")
    answers, place = office_of(request).desk.answers, f"{request.method} {request.url.path}"
    digest = sha256(json.dumps(asked, sort_keys=True, default=str).encode()).digest()
    before = answers.begin(key, viewer.id, place, digest, office_of(request).now())
    if before is not None:
        if before.asked != digest:
            raise HTTPException(422, "This Idempotency-Key was sent with another request.")
        if before.status is None:
            raise HTTPException(409, "The first request with this key is still worked on.")
        return JSONResponse(before.body, before.status, {"Idempotent-Replayed": "true"})
    try:
        body = dict(work())
    except BaseException:
        answers.forget(key, viewer.id, place)
        raise
    kept = {name: value for name, value in body.items() if name not in hidden}
    answers.keep(key, viewer.id, place, status, kept)
    return JSONResponse(body, status)
