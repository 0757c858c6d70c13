"""What goes wrong, told plainly: a page, a box in the page, or problem+json, never a trace."""

from __future__ import annotations

import secrets

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from thang.model import ThangError, Unavailable
from thang.web.page import Trouble, trouble_page
from thang.web.viewer import SignInNeeded, guest
from thang.web.words.catalogue import noted
from thang.web.words.sentences import in_words

log = structlog.get_logger("thang.web")

PROGRAMS = ("/api/", "/v1/")  # who calls there reads JSON
TITLES = {
    400: noted("Bad request"),
    401: noted("Sign in first"),
    403: noted("Not allowed"),
    404: noted("Not found"),
    405: noted("Not possible here"),
    409: noted("Changed in the meantime"),
    413: noted("Too large"),
    422: noted("Cannot be used as it is"),
    429: noted("Too many tries"),
    500: noted("Something went wrong"),
    503: noted("Not available now"),
}


def install(app: FastAPI) -> None:
    """Hand every way to fail to the handlers below."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(ThangError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def answer(request: Request, status: int, detail: str, **headers: str) -> Response:
    """One trouble in the form that the asker understands."""
    title = TITLES.get(status, TITLES[500])
    if request.url.path.startswith(PROGRAMS):
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JSONResponse(body, status, headers, media_type="application/problem+json")
    trouble = Trouble(status, title, detail)
    return trouble_page(request, guest(request), trouble, headers)


def _sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)  # noqa: S101 - the handler is registered for it alone
    if request.url.path.startswith(PROGRAMS):
        asks = {"WWW-Authenticate": "Bearer"}
        return answer(request, 401, "Send a session or an API key.", **asks)
    if request.headers.get("HX-Request"):  # a redirect would put the login into the fragment
        return Response(status_code=401, headers={"HX-Redirect": error.where})
    return RedirectResponse(error.where, 303)


def _refused(request: Request, error: Exception) -> Response:
    said = in_words(str(error), guest(request).locale)
    return answer(request, 503 if isinstance(error, Unavailable) else 422, said)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    names = sorted({str(problem["loc"][-1]) for problem in error.errors() if problem["loc"]})
    # What was typed is not repeated: it may be anything, and somebody's.
    return answer(request, 422, f"Cannot be read: {', '.join(names)[:200]}.")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = "" if error.detail == error.__class__.__name__ else str(error.detail)
    return answer(request, error.status_code, detail, **dict(error.headers or {}))


def _failed(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(6)
    log.error(
        "request failed",
        id=number,
        route=_route(request),
        kind=type(error).__name__,
        exc_info=error,
    )
    return answer(request, 500, f"It was noted in the log as {number}.")


def _route(request: Request) -> str:
    """The route's pattern: an address itself may name a person."""
    route = request.scope.get("route")
    return getattr(route, "path", "")
