"""Settings: people, keys, backup, masks, and the same over the API."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.web.visitors import PASSWORD, Shop, person, signed_in, stranger

import thang.desk
import thang.web
from thang.record import Record
from thang.web.access import words
from thang.web.access.masking import mask_email, mask_phone
from thang.web.access.parts import parts
from thang.workspace.held import HeldWorkspace
from thang.workspace.shop import Workspace


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop.at(tmp_path / "shop")
    yield made
    made.office.close()


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+84903123218", "0903 *** 218"), ("+842838123456", "0283 *** 456"), ("0903123218", "0903 *** 218"),
     ("+14155550123", "+1415 *** 123"), ("113", "***"), ("", "***"), ("abc", "***")],
)  # fmt: skip
def test_phones_are_masked(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("nguyen.thu@vidu.test", "n***@vidu.test"), ("a@b.test", "***@b.test"), ("nonsense", "***"), ("", "***"),
     ('"a@b"@vidu.test', '"***@vidu.test')],
)  # fmt: skip
def test_addresses_are_masked(address: str, shown: str) -> None:
    assert mask_email(address) == shown


@pytest.mark.parametrize("page", ["", "/people", "/keys", "/audit", "/about"])
@pytest.mark.parametrize("locale", ["vi", "en"])
def test_every_page_has_one_heading_one_finding_and_no_inline_script(
    shop: Shop, page: str, locale: str
) -> None:
    browser = signed_in(shop.app, "owner")
    browser.post("/settings/keys", data={"name": "Máy", "scopes": ["read"], "once": "1"})
    text = browser.get(f"/settings{page}?lang={locale}").text
    assert len(re.findall(r"<h1", text)) == 1
    assert re.search(r'class="finding">\s*\S', text)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", text)
    assert len(re.findall(r'class="button primary', text)) <= 1


def test_a_viewer_is_shown_no_way_to_what_is_not_theirs(shop: Shop) -> None:
    text = signed_in(shop.app, "viewer").get("/settings").text
    for path in ("/settings/people", "/settings/keys", "/settings/audit", "/settings/backup"):
        assert path not in text


def test_inviting_shows_a_link_that_works_once(shop: Shop) -> None:
    owner = signed_in(shop.app, "owner")
    page = owner.post("/settings/people", data={"name": "Em Thử <b>", "role": "marketer"})
    (link,) = re.findall(r'data-copy="(http://127\.0\.0\.1:8010/welcome\?token=[^"]+)"', page.text)
    assert "<b>" not in page.text.split("</head>")[1].replace("<b></b>", "")
    token = link.split("token=")[1]
    invited = stranger(shop.app)
    assert "Em Thử" in invited.get("/welcome", params={"token": token}).text
    form = {"token": token, "name": "Ai Khác", "password": PASSWORD, "again": PASSWORD}
    assert invited.post("/welcome", data=form).status_code == 303
    assert invited.get("/customers").status_code == 200
    assert invited.get("/settings/people").status_code == 403
    assert stranger(shop.app).post("/welcome", data=form).status_code == 422
    assert "Ai Khác" not in [p.name for p in shop.office.desk.people.all()]


def test_the_last_owner_stays(shop: Shop) -> None:
    owner = signed_in(shop.app, "owner")
    me = person(shop.office, "owner").id
    for path, data in (("role", {"role": "viewer"}), ("out", {"out": "true"})):
        refused = owner.post(f"/settings/people/{me}/{path}?lang=en", data=data)
        assert refused.status_code == 422
        assert "own the shop" in refused.text
    assert owner.get("/settings/people").status_code == 200


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/settings/people", {"name": "", "role": "viewer"}),
        ("/settings/people", {"name": "a" * 81, "role": "viewer"}),
        ("/settings/people", {"name": "x", "role": "root"}),
        ("/settings/people", {"name": "x" * 5000, "role": "viewer"}),
        ("/settings/people", {}),
        ("/settings/people/nobody/role", {"role": "viewer"}),
        ("/settings/people/nobody/link", {}),
        ("/settings/people/nobody/out", {"out": "perhaps"}),
        ("/settings/people/nobody/out", {"out": "true"}),
        ("/settings/keys", {"name": "x", "scopes": ["root"]}),
        ("/settings/keys", {"name": "x"}),
        ("/settings/keys", {"name": "", "scopes": ["read"]}),
        ("/settings/keys/nothing/revoke", {}),
    ],
)
def test_what_cannot_be_is_refused_plainly(shop: Shop, path: str, data: dict[str, object]) -> None:
    browser = signed_in(shop.app, "owner")
    answer = browser.post(path, data=data)
    assert answer.status_code == 422
    assert "<h1" in answer.text
    assert browser.get("/settings/people").status_code == 200


def test_a_key_is_shown_once_and_a_form_sent_twice_makes_one(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    form = {"name": "Máy", "scopes": ["read", "ingest"], "once": "abc"}
    first, second = (browser.post("/settings/keys", data=form) for _ in range(2))
    (secret,) = set(re.findall(r"thang_live_[\w-]{40,}", first.text))
    assert second.status_code == 409
    assert secret not in second.text
    assert secret not in browser.get("/settings/keys").text
    assert len(shop.office.desk.keys.all()) == 1


def test_idempotency_keys_over_the_api(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    key = {"Idempotency-Key": "k-1"}
    body = {"name": "Máy", "scopes": ["read"]}
    first = browser.post("/api/settings/keys", json=body, headers=key)
    again = browser.post("/api/settings/keys", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert "secret" in first.json()
    assert "secret" not in again.json()  # nor is it kept anywhere
    assert first.json()["secret"].encode() not in (shop.office.desk.folder / "desk.db").read_bytes()
    other = browser.post("/api/settings/keys", json={**body, "name": "B"}, headers=key)
    assert other.status_code == 422
    theirs = browser.post("/api/settings/keys", json=body, headers={"Idempotency-Key": "k" * 300})
    assert theirs.status_code == 422
    assert len(shop.office.desk.keys.all()) == 1
    refused = browser.post(
        "/api/settings/people", json={"name": "  "}, headers={"Idempotency-Key": "p"}
    )
    assert refused.status_code == 422
    retried = browser.post(
        "/api/settings/people", json={"name": "Em"}, headers={"Idempotency-Key": "p"}
    )
    assert retried.status_code == 201  # what was refused may be put right under the same key


def test_the_api_says_and_does_what_the_pages_do(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    made = browser.post("/api/settings/people", json={"name": "Em", "role": "marketer"}).json()
    assert made["waiting"]
    one = f"/api/settings/people/{made['id']}"
    assert browser.patch(one, json={"role": "viewer", "disabled": True}).json()["disabled"]
    assert browser.patch(one, json={"root": True}).status_code == 422
    assert browser.patch("/api/settings/people/nobody", json={}).status_code == 404
    assert "welcome?token=" in browser.post(one + "/link").json()["link"]
    key = browser.post("/api/settings/keys", json={"name": "k", "scopes": ["export"]}).json()
    assert "secret" not in browser.get("/api/settings/keys").json()["keys"][0]
    assert browser.delete(f"/api/settings/keys/{key['id']}").status_code == 204
    assert browser.delete("/api/settings/keys/nothing").status_code == 404
    assert len(browser.get("/api/settings/sessions").json()["sessions"]) == 1
    log = browser.get("/api/settings/audit?most=2").json()
    assert [len(log["entries"]), log["damage"]] == [2, None]
    older = browser.get(f"/api/settings/audit?before={log['next']}").json()["entries"]
    assert older[0]["seq"] == log["next"] - 1


def test_the_audit_page_turns_over_and_tells_of_damage(shop: Shop) -> None:
    browser = signed_in(shop.app, "owner")
    for n in range(60):
        shop.office.desk.audit.note("somebody", "list exported", f"ref{n:02}x", n)
    first = browser.get("/settings/audit").text
    (older,) = re.findall(r"/settings/audit\?before=(\d+)", first)
    second = browser.get(f"/settings/audit?before={older}").text
    for n in range(60):
        assert (f"ref{n:02}x" in first) != (f"ref{n:02}x" in second)
    with closing(sqlite3.connect(shop.office.desk.folder / "desk.db")) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET about = 'another' WHERE seq = 7")
        connection.commit()
    assert "tampered with from line 7" in browser.get("/settings/audit?lang=en").text
    for bad in ("x", "-1", "0", str(2**70)):
        assert browser.get(f"/settings/audit?before={bad}").status_code == 422


def test_what_was_searched_for_is_not_in_the_audit_log(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HeldWorkspace, "listing_csv", lambda _, what: iter([what.text]))
    browser = signed_in(shop.app, "owner")
    for asked in ("q=0903123218", "q=Nguyen+Thi+Thu&level=lead", "level=lead"):
        assert browser.get(f"/customers.csv?{asked}").status_code == 200
    abouts = [entry.about for entry in shop.office.desk.audit.latest(3)]
    assert [("level=lead" in about, "q=" in about) for about in abouts] == [
        (True, False),
        (True, True),
        (False, True),
    ]
    assert not any("0903" in about or "Nguyen" in about for about in abouts)


def test_a_backup_is_the_whole_shop_and_opens_as_one(shop: Shop, tmp_path: Path) -> None:
    answer = signed_in(shop.app, "owner").post("/settings/backup")
    assert re.fullmatch(
        r'attachment; filename="thang-[\d-]+\.zip"', answer.headers["content-disposition"]
    )
    restored = tmp_path / "restored"
    with ZipFile(BytesIO(answer.content)) as whole:
        assert whole.testzip() is None
        assert {"record.db", "vault.db", "desk.db", "shop.key", "policy.yaml"} == set(
            whole.namelist()
        )
        assert all(info.external_attr >> 16 & 0o077 == 0 for info in whole.infolist())
        whole.extractall(restored)
    (restored / "shop.key").chmod(0o600)
    Record.open(restored, lambda: 0).close()
    again = Workspace(restored)
    assert again.folder.policy() == shop.office.shop.folder.policy()
    reopened = Shop.at(restored)
    name = person(shop.office, "owner").name
    assert reopened.office.desk.people.check_password(name, PASSWORD) is not None
    assert reopened.office.desk.audit.verify() is None
    reopened.office.close()
    assert list((shop.office.shop.folder.path).glob(".backup-*")) == []


def test_what_it_stands_on_is_listed_with_licences(shop: Shop) -> None:
    found = {part.name.lower(): part for part in parts()}
    assert {"fastapi", "sqlalchemy", "duckdb", "starlette"} <= set(found)
    assert "pytest" not in found
    assert [name for name, part in found.items() if not part.licence] == []
    assert (
        "FastAPI" in signed_in(shop.app, "viewer").get("/settings/about").text or "fastapi" in found
    )


def test_every_sentence_and_action_of_the_desk_is_known_to_the_catalogue() -> None:
    """The desk speaks English only; what it says on a page has to be translated there."""
    said, done = set(), set()
    trees = [
        ast.parse(path.read_text("utf-8")) for path in Path(thang.desk.__file__).parent.glob("*.py")
    ]
    constants = {
        target.id: node.value.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id == "WrongInput":
                (what,) = node.args
                if isinstance(what, ast.Name):
                    said.add(constants[what.id])
                elif isinstance(what, ast.Constant):
                    said.add(what.value)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                done |= {n.value for n in ast.walk(node.args[1]) if isinstance(n, ast.Constant)}
    assert len(said) >= 7
    assert said - set(words.SENTENCES) == set()
    assert {action for action in done if action != "made "} - set(words.ACTIONS) == set()


def test_every_action_that_pages_note_is_known_to_the_catalogue() -> None:
    done = set()
    for path in Path(thang.web.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            noting = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.note")
            if isinstance(node, ast.Call) and noting:
                done |= {n.value for n in ast.walk(node.args[1]) if isinstance(n, ast.Constant)}
    assert {"signed in", "contact revealed"} <= done
    assert done - set(words.ACTIONS) == set()
