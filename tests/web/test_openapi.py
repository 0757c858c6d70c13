"""The API against its own description: schemathesis finds no server's error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from tests.web.peopled import peopled
from tests.web.visitors import OURS, Shop

from thang.web.rooms import ROOMS


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop for each test alone: schemathesis starts and stops the application around each."""
    made = peopled(tmp_path / "shop")
    yield made
    made.office.close()


@pytest.fixture
def secret(shop: Shop) -> str:
    scopes = ("ingest", "read", "export", "write", "events")
    return shop.office.desk.keys.create("schemathesis", scopes, "", shop.office.now())[1]


@pytest.fixture
def described(shop: Shop) -> Any:
    return schemathesis.openapi.from_asgi(
        "/api/openapi.json", shop.app, headers={"Host": "127.0.0.1:8010"}
    )


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_that_fits_or_misfits_the_description_breaks_the_server(
    described: Any, secret: str, mode: GenerationMode
) -> None:
    headers = {"Authorization": f"Bearer {secret}", "Host": "127.0.0.1:8010", **OURS}
    asked = Counter[str]()

    def judge(case: Any) -> None:
        answer = case.call(headers=headers)
        asked[case.operation.label] += 1
        assert answer.status_code < 500, case.as_curl_command()
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"]

    for found in described.get_all_operations():
        operation = found.ok()
        cases = given(case=operation.as_strategy(generation_mode=mode))
        with suppress(Unsatisfiable):  # where nothing is asked, nothing can misfit
            settings(max_examples=6, suppress_health_check=list(HealthCheck))(cases(judge))()
    assert len(asked) > 5


def test_the_description_names_every_route_of_the_api(shop: Shop) -> None:
    told = shop.app.openapi()["paths"]
    routes = [route for router in ROOMS for route in router.routes if isinstance(route, APIRoute)]
    shown = {route.path for route in routes if route.path.startswith(("/api/", "/v1/"))}
    shown.discard("/v1/thang.js")  # a script, for browsers
    assert shown == set(told)
    assert "/api/ladder" in told
