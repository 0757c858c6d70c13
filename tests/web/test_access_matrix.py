"""Every route for every kind of caller: nobody gets an answer that their role does not allow.

The routes are those of the running application, so that one that is added tomorrow is
judged tomorrow; the expectations are written down here by address, never read from the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.responses import Response
from starlette.testclient import TestClient
from tests.web.visitors import Shop, program, signed_in, stranger

from thang.web.viewer import Rule, anyone

PUBLIC = {"/login", "/welcome", "/welcome/demo", "/language", "/theme", "/healthz", "/metrics"}
PUBLIC |= {"/v1/thang.js", "/v1/{call}"}  # POST asks for a write key: see tests/web/intake
# Judged by the secret in their address: see tests/web/test_hooks.py
PUBLIC |= {"/hooks/{channel}/{token}", "/out/{token}"}
PUBLIC |= {"/join", "/r/{code}", "/feedback"}  # judged in tests/web/test_public.py
UNRULED = {"/healthz", "/metrics"}  # for machines; /metrics looks at the caller's address itself
SPOKEN_BY_FASTAPI = {"/api/openapi.json", "/static"}
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
OWNERS = re.compile(
    r"^(/api)?/settings/(people|keys|audit|backup)|^/api/tables/|/bundle|/erase$|^/api/people/\{person\}$"
)
OWNERS_CHANGES = re.compile(
    r"^/settings/channels|^/policy/(apply|versions)|^/api/policy$|^/shops/|^(/api)?/stage/gate"
)
LEAVES_THE_HOUSE = re.compile(r"\.csv$|/refused|/export")
FILES_THAT_WERE_BROUGHT = re.compile(r"^/import/")  # they hold what is not yet masked
WRITING_STRATEGIES = re.compile(r"^/campaigns/(new$|\{key\}/change$)")  # pages of one long form
# What somebody who may only look may still do: leave, and look after their own account.
ANYBODYS_CHANGES = re.compile(r"^/logout$|^(/api)?/settings/(sessions|password)")
PEOPLE = ("viewer", "marketer", "owner")
SCOPES = ("ingest", "read", "export", "write", "events")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """An empty shop: what counts here is who is let in, not what they see."""
    made = Shop.at(tmp_path_factory.mktemp("matrix") / "shop")
    yield made
    made.office.close()


def routes(shop: Shop) -> list[tuple[str, RouteContext]]:
    """Every method of every route, as the application itself looks them up."""
    return [
        (method, route)
        for route in iter_route_contexts(shop.app.routes)
        if isinstance(route.original_route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def rules(dependant: Dependant) -> Iterator[Rule]:
    if isinstance(dependant.call, Rule):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from rules(inner)


def address(route: RouteContext) -> str:
    """The route's address with something plausible in each place."""
    return re.sub(r"\{[^}]+\}", "0" * 32, route.path_format)


def sent(browser: TestClient, method: str, route: RouteContext) -> Response:
    """A request of the right form with nothing in it."""
    if method in CHANGING and route.path.startswith("/api/"):
        return browser.request(method, address(route), json={})
    if method in CHANGING:
        return browser.request(method, address(route), data={"page": "x"})
    return browser.request(method, address(route))


def test_the_application_has_routes_to_judge(shop: Shop) -> None:
    paths = {route.path for _, route in routes(shop)}
    assert {"/ladder", "/settings/people", "/login", "/api/settings/keys"} <= paths
    assert len(paths) > 20


def test_every_route_states_exactly_one_rule(shop: Shop) -> None:
    stated = {f"{m} {r.path}": list(rules(r.dependant)) for m, r in routes(shop)}
    without = {name for name, found in stated.items() if len(found) != 1}
    assert {name.split(" ")[1] for name in without} <= UNRULED
    open_ones = {name.split(" ")[1] for name, found in stated.items() if found == [anyone]}
    assert open_ones | UNRULED == PUBLIC


def test_nothing_is_reached_around_the_routes(shop: Shop) -> None:
    """Mounted applications and FastAPI's own pages have no rules: only these may be there."""
    named = {route.path for route in iter_route_contexts(shop.app.routes)}
    ruled = {route.path for _, route in routes(shop)}
    assert {path for path in named - ruled if path} <= SPOKEN_BY_FASTAPI
    assert stranger(shop.app).get("/static/../desk.db").status_code == 404
    assert stranger(shop.app).get("/static/%2e%2e/%2e%2e/app.py").status_code == 404


def test_strangers_get_nothing(shop: Shop) -> None:
    browser = stranger(shop.app)
    let_in = []
    for method, route in routes(shop):
        if route.path in PUBLIC:
            continue
        answer = sent(browser, method, route)
        wanted = 401 if route.path.startswith("/api/") else 303
        to_login = answer.headers.get("location", "/login").startswith("/login")
        if answer.status_code != wanted or not to_login:
            let_in.append((method, route.path, answer.status_code))
    assert let_in == []


def least(method: str, path: str) -> str:
    """Who may ask this at the least."""
    changes = method in CHANGING and not ANYBODYS_CHANGES.search(path)
    if OWNERS.search(path) or (changes and OWNERS_CHANGES.search(path)):
        return "owner"
    brought = any(
        one.search(path) for one in (LEAVES_THE_HOUSE, FILES_THAT_WERE_BROUGHT, WRITING_STRATEGIES)
    )
    return "marketer" if changes or brought else "viewer"


@pytest.mark.parametrize("role", PEOPLE)
def test_nobody_does_more_than_their_role_allows(shop: Shop, role: str) -> None:
    wrong = []
    for method, route in routes(shop):
        if route.path in PUBLIC or "/sessions" in route.path:
            continue
        answer = sent(signed_in(shop.app, role), method, route)
        allowed = PEOPLE.index(role) >= PEOPLE.index(least(method, route.path))
        refused = answer.status_code in (401, 403)
        if refused == allowed or answer.status_code >= 500:
            wrong.append((method, route.path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_only_what_its_scope_says(shop: Shop, scope: str) -> None:
    caller, wrong = program(shop.app, scope), []
    for method, route in routes(shop):
        if route.path in PUBLIC or route.path in UNRULED:
            continue
        answer = sent(caller, method, route)
        if not route.path.startswith("/api/"):
            # Pages are for people: a key is nothing there, and what it sends is no form of ours.
            if answer.status_code != (403 if method in CHANGING else 303):
                wrong.append((method, route.path, answer.status_code))
            continue
        if answer.status_code < 300 and scope not in scopes_of(method, route.path):
            wrong.append((method, route.path, answer.status_code))
        if answer.status_code >= 500:
            wrong.append((method, route.path, answer.status_code))
    assert wrong == []


def scopes_of(method: str, path: str) -> tuple[str, ...]:
    """With which keys a program may ask this."""
    if path.startswith("/api/tables/") or LEAVES_THE_HOUSE.search(path):
        return ("export",)
    if least(method, path) == "owner":
        return ()
    if "/import" in path and method in CHANGING:
        return ("ingest", "write")
    return ("write",) if method in CHANGING else ("read",)


def test_a_key_reads_with_read_and_with_nothing_else(shop: Shop) -> None:
    assert program(shop.app, "read").get("/api/settings").status_code == 200
    for scope in ("ingest", "export", "write", "events"):
        assert program(shop.app, scope).get("/api/settings").status_code == 403


def test_nothing_is_changed_by_asking(shop: Shop) -> None:
    """GET and HEAD of every page, as an owner, leave the desk as it was."""
    browser = signed_in(shop.app, "owner")
    browser.get("/ladder")

    def papers() -> tuple[object, ...]:
        desk = shop.office.desk
        keys = [(key.id, key.revoked_at) for key in desk.keys.all()]
        return desk.people.all(), keys, desk.audit.count(), desk.jobs.waiting()

    before = papers()
    for method, route in routes(shop):
        if method in CHANGING or route.path.startswith(("/api/tables", "/customers.csv")):
            continue  # lists that leave the house are noted in the audit log, as they must be
        sent(browser, method, route)
    assert papers() == before


def test_everything_that_is_changed_in_the_settings_is_noted(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    made = browser.post("/api/settings/people", json={"name": "Em Thử Việc"}).json()
    key = browser.post("/api/settings/keys", json={"name": "k", "scopes": ["read"]}).json()
    person = f"/settings/people/{made['id']}"
    steps: list[tuple[str, dict[str, object]]] = [
        ("/settings/people", {"name": "Em Mới", "role": "viewer"}),
        (f"{person}/link", {}),
        (f"{person}/role", {"role": "marketer"}),
        (f"{person}/out", {"out": "true"}),
        ("/settings/keys", {"name": "Máy", "scopes": ["read"], "once": "1"}),
        (f"/settings/keys/{key['id']}/revoke", {}),
        ("/settings/backup", {}),
        ("/settings/sessions/end", {}),
        ("/logout", {}),
    ]
    audit = shop.office.desk.audit
    for path, data in steps:
        before = audit.count()
        assert browser.post(path, data=data).status_code in (200, 303), path
        assert audit.count() > before, path
    assert audit.verify() is None


def test_the_shops_files_are_never_served(shop: Shop, tmp_path: Path) -> None:
    browser = signed_in(shop.app, "owner")
    for path in ("/desk.db", "/static/%00", "/static/..%2f..%2fshop.key", "/.git/config"):
        assert browser.get(path).status_code == 404, path
