"""The policy's page and its calls: tried, refused, applied, returned to; old forms lose nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from thang.web.app import create_app
from thang.web.office import Office
from thang.workspace.shop import Workspace
from web.visitors import Shop, program, signed_in
from workspace.shops import LAST_DAY, copied, invented, new_shop, tell

EASIER = "levels: {premier: {enter: orders >= 2}}\n"
WRONG = "shop:\n  currency: VND\nlevels:\n  premier:\n    entr: orders >= 2\n"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = new_shop(tmp_path_factory.mktemp("policy") / "shop")
    tell(shop, invented(60))
    shop.classify(LAST_DAY)
    return shop


@pytest.fixture
def shop(told: Workspace, tmp_path: Path) -> Iterator[Shop]:
    office = Office.open(copied(told, tmp_path / "shop").folder.path)
    yield Shop(office, create_app(office))
    office.close()


@pytest.fixture
def owner(shop: Shop) -> TestClient:
    return signed_in(shop.app, "owner")


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None
    return unescape(found[1])


def form(browser: TestClient, **more: str) -> dict[str, str]:
    """What the page's form sends as it is, with something changed."""
    page = browser.get("/policy").text
    sent = {name: hidden(page, name) for name in ("mark", "show", "text")}
    numbers = re.findall(r'name="(levels\.[^"]+)"[^>]*? value="([^"]*)"', page)
    return sent | {name: unescape(value) for name, value in numbers} | more


def text_area(html: str) -> str:
    found = re.search(r'<textarea id="text".*?>\n(.*?)</textarea>', html, re.S)
    assert found is not None
    return unescape(found[1])


def test_the_page_has_a_field_for_each_number_of_a_rule(owner: TestClient) -> None:
    sent = form(owner)
    assert sent["levels.premier.enter.0"] == "3"
    assert sent["levels.premier.keep.0"] == "0.7"
    assert sent["levels.shopper.silence.days"] == "180"
    assert sent["levels.member.name.vi"] == "Thành viên"


def test_a_change_is_tried_and_nothing_is_stored(shop: Shop, owner: TestClient) -> None:
    before = shop.office.shop.policy_standing()
    page = owner.post(
        "/policy/draft", data=form(owner, **{"levels.shopper.silence.days": "30", "do": "preview"})
    )
    assert page.status_code == 200
    found = shop.office.shop.preview_policy("levels: {shopper: {silence: {days: 30}}}\n")
    assert found.down > 1
    assert f"{found.down} people down" in page.text
    for told in found.examples:
        assert f"/customers/{told['person']}" in page.text
    assert "days: 30" in hidden(page.text, "text")
    assert shop.office.shop.policy_standing() == before


def test_htmx_gets_the_preview_alone(owner: TestClient) -> None:
    part = owner.post("/policy/draft", data=form(owner), headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith("<section")
    assert "<html" not in part


def test_a_change_survives_the_way_to_the_text_and_back(owner: TestClient) -> None:
    as_text = owner.post(
        "/policy/draft", data=form(owner, **{"levels.premier.grace": "5", "do": "yaml"})
    ).text
    written = text_area(as_text)
    assert "grace: 5" in written
    again = owner.post(
        "/policy/draft",
        data={"mark": "x", "show": "yaml", "text": written.replace("\n", "\r\n"), "do": "form"},
    ).text
    assert re.search(r'name="levels.premier.grace"[^>]* value="5"', again)


def test_a_mistake_is_named_by_line_key_and_nearest_word(owner: TestClient) -> None:
    page = owner.post("/policy/draft", data={"mark": "", "show": "yaml", "text": WRONG})
    assert page.status_code == 422
    assert text_area(page.text) == WRONG
    assert "Line 5" in page.text
    assert "levels.premier.entr" in page.text
    assert "Did you mean enter?" in page.text
    assert '<span class="wrong">5</span>' in page.text


@pytest.mark.parametrize("value", ["", "abc", "-1", "1.5", "9" * 400, SCRIPT, "2\nlevels: {}"])
def test_a_value_of_the_wrong_kind_is_told_at_its_field(owner: TestClient, value: str) -> None:
    page = owner.post("/policy/draft", data=form(owner, **{"levels.premier.grace": value}))
    assert page.status_code == 422
    assert "levels.premier.grace" in page.text
    assert SCRIPT not in page.text


@pytest.mark.parametrize(
    "text",
    [f"levels: {{premier: {{name: {{en: '{SCRIPT}'}}}}}}", f"# {SCRIPT}\n", f"{SCRIPT}: 1\n",
     "a: &a [*a]\n", "\tx: 1\n", "x" * 300_000, "programme: \x00"],
)  # fmt: skip
def test_hostile_text_is_shown_and_never_run(owner: TestClient, text: str) -> None:
    page = owner.post("/policy/draft", data={"mark": "", "show": "yaml", "text": text})
    assert page.status_code in (200, 422)
    assert SCRIPT not in page.text


def test_applying_makes_a_version_a_line_of_the_log_and_a_job(
    shop: Shop, owner: TestClient
) -> None:
    sent = form(owner, **{"levels.premier.enter.0": "2", "note": "so that more of them rise"})
    done = owner.post("/policy/apply", data=sent)
    assert (done.status_code, done.headers["location"]) == (303, "/policy?applied=2")
    page = owner.get("/policy?applied=2").text
    assert "so that more of them rise" in page
    assert "Version 2 is applied" in page
    assert shop.office.desk.audit.latest(1)[0].what == "policy applied"
    assert shop.office.desk.jobs.waiting() == 1
    assert shop.office.shop.policy_versions()[0].note == "so that more of them rise"


def test_an_old_form_is_refused_and_both_are_shown(shop: Shop, owner: TestClient) -> None:
    mine = form(owner, **{"levels.premier.grace": "7", "note": "mine"})
    theirs = form(owner, **{"levels.premier.grace": "1"})
    assert owner.post("/policy/apply", data=theirs).status_code == 303
    refused = owner.post("/policy/apply", data=mine)
    assert refused.status_code == 409
    assert "grace: 7" in text_area(refused.text)
    assert re.search(r'class="down".*?grace: 1', refused.text, re.S)
    assert 'value="mine"' in refused.text
    assert len(shop.office.shop.policy_versions()) == 2
    again = {"mark": hidden(refused.text, "mark"), "show": "yaml", "text": text_area(refused.text)}
    assert owner.post("/policy/apply", data=again).status_code == 303
    assert "grace: 7" in shop.office.shop.policy_standing().text


def test_sent_twice_it_is_one_version(shop: Shop, owner: TestClient) -> None:
    sent = form(owner, **{"levels.premier.grace": "7"})
    answers = [owner.post("/policy/apply", data=sent).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert len(shop.office.shop.policy_versions()) == 2


def test_returning_to_a_version(shop: Shop, owner: TestClient) -> None:
    owner.post("/policy/apply", data=form(owner, **{"levels.premier.grace": "7"}))
    page = owner.get("/policy/versions/1")
    assert "levels.premier.grace" in page.text
    back = owner.post("/policy/versions/1/return", data={"mark": hidden(page.text, "mark")})
    assert back.headers["location"] == "/policy?applied=3"
    latest, _, first = shop.office.shop.policy_versions()
    assert (latest.text, latest.fingerprint) == (first.text, first.fingerprint)
    assert "1" in latest.note
    assert owner.get("/policy/versions/2?against=1").status_code == 200
    assert owner.get("/policy/versions/99").status_code in (404, 422)


@pytest.mark.parametrize("role", ["viewer", "marketer"])
def test_only_an_owner_applies(shop: Shop, role: str) -> None:
    browser = signed_in(shop.app, role)
    page = browser.get("/policy")
    assert page.status_code == 200
    assert "/policy/apply" not in page.text
    sent = {"mark": shop.office.shop.policy_standing().mark, "text": EASIER, "show": "yaml"}
    assert browser.post("/policy/apply", data=sent).status_code == 403
    assert browser.post("/policy/versions/1/return", data=sent).status_code == 403
    assert (
        browser.post("/api/policy", json={"text": EASIER, "mark": sent["mark"]}).status_code == 403
    )
    tried = browser.post("/policy/draft", data=sent).status_code
    assert tried == (200 if role == "marketer" else 403)
    assert len(shop.office.shop.policy_versions()) == 1


def test_a_file_that_was_broken_by_hand_still_has_its_page(shop: Shop, owner: TestClient) -> None:
    shop.office.shop.folder.policy_file.write_text(WRONG, "utf-8")
    page = owner.get("/policy")
    assert page.status_code == 200
    assert text_area(page.text) == WRONG
    assert "Did you mean enter?" in page.text


def test_a_shop_without_anybody_leads_on(tmp_path: Path) -> None:
    empty = Shop.at(tmp_path / "empty")
    browser = signed_in(empty.app, "owner")
    assert "/import" in browser.get("/policy").text
    tried = browser.post("/policy/draft", data={"mark": "", "show": "yaml", "text": EASIER})
    assert tried.status_code == 200
    assert 'role="alert"' in tried.text
    empty.office.close()


def test_the_same_by_programs(shop: Shop, owner: TestClient) -> None:
    here = owner.get("/api/policy").json()
    assert here["policy"]["levels"][0]["key"] == "lead"
    found: dict[str, Any] = owner.post("/api/policy/preview", json={"text": EASIER}).json()
    ours = shop.office.shop.preview_policy(EASIER)
    assert (found["up"], found["down"]) == (ours.up, ours.down)
    assert found["examples"] == list(ours.examples)
    wanted = {"text": EASIER, "mark": here["mark"], "note": "by a program"}
    once = {"Idempotency-Key": "one"}
    done = [owner.post("/api/policy", json=wanted, headers=once) for _ in range(2)]
    assert [answer.json()["number"] for answer in done] == [2, 2]
    assert owner.post("/api/policy", json=wanted).status_code == 409
    listed = owner.get("/api/policy/versions").json()
    assert [version["number"] for version in listed] == [2, 1]
    assert owner.get("/api/policy/versions/2").json()["text"] == EASIER
    keys = {c["key"] for c in owner.get("/api/policy/versions/2/diff?against=1").json()["changes"]}
    assert keys == {"levels.premier.enter"}
    assert owner.get("/api/policy/versions/77").status_code == 404


def test_a_mistake_for_programs(owner: TestClient) -> None:
    for path, more in (("/api/policy/preview", {}), ("/api/policy", {"mark": "x"})):
        answer = owner.post(path, json={"text": WRONG, **more})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["mistake"] == {
            "line": 5, "key": "levels.premier.entr", "reason": "there is no such key here.",
            "nearest": "enter",
        }  # fmt: skip


@pytest.mark.parametrize(
    "body", [{}, {"text": 3}, {"text": "x", "more": 1}, {"text": "x" * 300_000}, [], None]
)
def test_wrong_bodies_are_refused(owner: TestClient, body: Any) -> None:
    for path in ("/api/policy", "/api/policy/preview"):
        assert owner.post(path, json=body).status_code == 422


def test_no_key_may_apply(shop: Shop) -> None:
    caller = program(shop.app, "read", "write", "ingest", "export")
    mark = shop.office.shop.policy_standing().mark
    assert caller.post("/api/policy", json={"text": EASIER, "mark": mark}).status_code in (401, 403)
    assert caller.get("/api/policy").status_code == 200
