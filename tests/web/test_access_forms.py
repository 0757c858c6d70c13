"""Other websites cannot make a signed-in browser change anything, nor lead it astray."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.datastructures import Headers
from tests.web.visitors import BASE, OURS, Shop, program, signed_in, stranger, token_in

from thang.web.access.cookies import session_name
from thang.web.access.origin import from_our_pages, known_host
from thang.web.access.paths import after_login, own_path
from thang.web.viewer import TOKEN_HEADER

STRANGE = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://127.0.0.1:9999"},
    {"Origin": "http://127.0.0.1:8010.evil.test"},
    {"Origin": "http://evil.test:8010"},
    {"Origin": "file://"},
    {"Origin": "http://127.0.0.1:8010@evil.test"},
    {"Origin": "http://[::1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.test"},
    {},
]
CHANGES = [
    ("POST", "/settings/people", {"name": "Kẻ Lạ", "role": "owner"}),
    ("POST", "/settings/keys", {"name": "x", "scopes": "read"}),
    ("POST", "/settings/password", {"old": "x", "password": "y", "again": "y"}),
    ("POST", "/settings/sessions/end", {}),
    ("POST", "/settings/backup", {}),
    ("POST", "/logout", {}),
    ("POST", "/login", {"name": "a", "password": "b"}),
    ("POST", "/welcome", {"token": "a"}),
    ("POST", "/language", {"locale": "en"}),
    ("POST", "/theme", {"theme": "dark"}),
]
API_CHANGES = [
    ("POST", "/api/settings/people", {"name": "Kẻ Lạ"}),
    ("POST", "/api/settings/keys", {"name": "x", "scopes": ["read"]}),
    ("DELETE", "/api/settings/sessions", {}),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop.at(tmp_path_factory.mktemp("forms") / "shop")
    yield made
    made.office.close()


@pytest.mark.parametrize("said", STRANGE)
@pytest.mark.parametrize(("method", "path", "data"), CHANGES)
def test_forms_of_other_sites_change_nothing(
    shop: Shop, said: dict[str, str], method: str, path: str, data: dict[str, str]
) -> None:
    browser = signed_in(shop.app, "owner")
    for name in OURS:
        del browser.headers[name]
    before = (shop.office.desk.audit.count(), shop.office.desk.people.all())
    answer = browser.request(method, path, data=data, headers=said)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert (shop.office.desk.audit.count(), shop.office.desk.people.all()) == before


@pytest.mark.parametrize("said", STRANGE)
@pytest.mark.parametrize(("method", "path", "data"), API_CHANGES)
def test_scripts_of_other_sites_change_nothing(
    shop: Shop, said: dict[str, str], method: str, path: str, data: dict[str, object]
) -> None:
    browser = signed_in(shop.app, "owner")
    for name in OURS:
        del browser.headers[name]
    assert browser.request(method, path, json=data, headers=said).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é", "\x00", None])
def test_a_form_of_ours_needs_its_own_sessions_token(shop: Shop, token: str | None) -> None:
    browser = signed_in(shop.app, "owner")
    del browser.headers[TOKEN_HEADER]
    data = {"name": "Kẻ Lạ", "role": "owner"} | ({} if token is None else {"csrf": token})
    assert browser.post("/settings/people", data=data).status_code == 403
    other = token_in(signed_in(shop.app, "owner").get("/settings").text)
    assert browser.post("/settings/people", data={**data, "csrf": other}).status_code == 403
    assert browser.post("/settings/people", json={**data, "csrf": "x"}).status_code == 403
    files = {"csrf": ("a.txt", b"x")}
    assert browser.post("/settings/people", data=data, files=files).status_code == 403


def test_the_forms_token_of_the_page_itself_works(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    del browser.headers[TOKEN_HEADER]
    token = token_in(browser.get("/settings/people").text)
    assert len(token) >= 32
    answer = browser.post(
        "/settings/people", data={"name": "Em Một", "role": "viewer", "csrf": token}
    )
    assert answer.status_code == 200


def test_programs_need_no_origin_and_their_keys_are_no_cookies(shop: Shop) -> None:
    assert program(shop.app, "read").get("/api/settings").status_code == 200
    secret = program(shop.app, "read").headers["Authorization"].split()[1]
    browser = stranger(shop.app)
    browser.cookies.set(session_name(shop.office), secret, domain="127.0.0.1", path="/")
    assert browser.get("/api/settings").status_code == 401
    for header in (f"Basic {secret}", secret, f"bearer  {secret}x", "Bearer", "Bearer \x7f"):
        refused = stranger(shop.app).get("/api/settings", headers={"Authorization": header})
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"


def test_a_key_counts_for_nothing_on_a_page(shop: Shop) -> None:
    key = program(shop.app, "read", "write", "export", "ingest").headers["Authorization"]
    for path in ("/settings", "/customers", "/customers.csv"):
        assert stranger(shop.app).get(path, headers={"Authorization": key}).status_code == 303
    viewer = signed_in(shop.app, "viewer")
    assert viewer.get("/customers.csv", headers={"Authorization": key}).status_code == 403


NOT_OURS = [
    "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "https://evil.test", "http:evil.test",
    "javascript:alert(1)", "/\t/evil.test", "/\n/evil.test", "/\r\nSet-Cookie: a=b", "data:text/html,x",
    "//evil.test%2f..", "/%0d%0a\r\n", " /ladder", "evil.test", "@evil.test", "/a\\b", "/\x00", "//[",
    "/\u2215evil.test", "https:/evil.test", "/" + "a" * 3000, "", "http://127.0.0.1:8010/ladder",
]  # fmt: skip


@pytest.mark.parametrize("wanted", NOT_OURS)
def test_a_next_page_is_one_of_ours(wanted: str) -> None:
    assert own_path(wanted) == "/ladder"
    assert after_login(wanted) == "/ladder"


@pytest.mark.parametrize(
    "wanted", ["/customers?q=a%20b&level=lead", "/customers/p_1?at=2026-01-01", "/"]
)
def test_pages_of_ours_are_gone_on_to(wanted: str) -> None:
    assert after_login(wanted) == wanted


@pytest.mark.parametrize(
    "door", ["/login", "/login/", "/login?next=/login", "/logout", "/welcome?token=x"]
)
def test_nobody_is_led_in_circles(door: str) -> None:
    assert after_login(door) == "/ladder"


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:8010", "127.0.0.1.evil.test", "localhost.evil.test", "", "a b",
     "127.0.0.1@evil.test", "10.0.0.1", "127.0.0.1:port", "[::1", "169.254.169.254", "0.0.0.0"],  # noqa: S104
)  # fmt: skip
def test_a_strange_host_is_turned_away_before_anything_is_read(shop: Shop, host: str) -> None:
    assert not known_host(host, "127.0.0.1", secure=False)
    browser = signed_in(shop.app, "owner")
    if host not in ("", "a b"):
        answer = browser.get("/settings", headers={"Host": host})
        assert answer.status_code == 421
        assert "nosniff" in answer.headers["x-content-type-options"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8010", "localhost", "LOCALHOST:80", "[::1]:8010", "127.8.9.1"]
)
def test_this_machine_is_known_by_all_its_names(host: str) -> None:
    assert known_host(host, "127.0.0.1", secure=False)


def test_behind_tls_origins_must_be_tls_too() -> None:
    def told(origin: str) -> bool:
        headers = Headers({"host": "shop.test", "origin": origin})
        return from_our_pages(headers, secure=True)

    assert told("https://shop.test")
    assert told("https://shop.test:443")
    assert not told("http://shop.test")
    assert not told("https://shop.test:444")
    assert not told("https://a.shop.test")


def test_every_answer_says_what_browsers_may_do_with_it(shop: Shop) -> None:
    owner, anybody = signed_in(shop.app, "owner"), stranger(shop.app)
    for answer in (
        owner.get("/settings"), owner.get("/nothing"), owner.get("/static/app.css"),
        anybody.get("/ladder"), anybody.get("/login"), anybody.get("/api/ladder"),
        anybody.post("/login", data={"name": "x" * 5000}), anybody.get("/healthz"),
    ):  # fmt: skip
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["content-security-policy"].split(";")
        )
        assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        if not answer.url.path.startswith("/static/"):
            assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_a_file_of_two_gigabytes_is_refused_with_a_page_and_the_next_request_works(
    shop: Shop, locale: str
) -> None:
    browser = signed_in(shop.app, "owner")
    large = {"Content-Length": str(2**31), "Content-Type": "multipart/form-data; boundary=x"}
    refused = browser.post(f"/import?lang={locale}", content=b"", headers=large)
    assert refused.status_code == 413
    assert f'<html lang="{locale}"' in refused.text
    assert "MB" in refused.text
    assert refused.headers["x-content-type-options"] == "nosniff"
    told = browser.post("/api/imports", content=b"", headers=large)
    assert (told.status_code, told.json()["status"]) == (413, 413)
    assert browser.get("/settings").status_code == 200


def test_a_form_of_more_than_a_megabyte_is_refused(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    for path in ("/settings/people", "/login", "/api/settings/people"):
        assert browser.post(path, content=b"a" * (1 << 20) + b"b").status_code == 413
    form = {"name": "x", "password": "y" * 900_000}
    assert browser.post("/login", data=form).status_code == 422


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"name": "a"' + "}" * 10, "NaN", "\x00", '"' * 999]
)
def test_json_that_is_none_is_refused(shop: Shop, body: str) -> None:
    browser = signed_in(shop.app, "owner")
    answer = browser.post(
        "/api/settings/people", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
