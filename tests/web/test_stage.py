"""The page and the API of the stage: what is told, what may be said, by whom, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.nonsense import nonsense
from tests.web.peopled import peopled
from tests.web.visitors import Shop, program, signed_in, stranger

from thang.river.stage.checks import CHECKS, NEXT
from thang.web.pages import stage_words as words


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 90)
    yield found
    found.office.close()


@pytest.fixture(scope="module")
def viewer(shop: Shop) -> TestClient:
    return signed_in(shop.app, "viewer")


@pytest.fixture
def judged(shop: Shop) -> Iterator[Shop]:
    """The shop with its stage judged, and without anybody's word afterwards."""
    shop.office.shop.stage(anew=True)
    yield shop
    shop.office.shop.agree_with_stage("test")
    shop.office.shop.end_gate_override("test")


def told(browser: TestClient) -> dict[str, object]:
    found = browser.get("/api/stage").json()["told"]
    assert isinstance(found, dict)
    return found


def test_the_stage_is_told_after_it_was_judged_and_not_before(
    shop: Shop, viewer: TestClient
) -> None:
    assert "Not computed yet" in viewer.get("/stage").text
    assert viewer.get("/api/stage").json() == {"told": None}
    refused = signed_in(shop.app, "owner").post("/stage/word", data={"stage": "s9"})
    assert refused.status_code == 422
    shop.office.shop.stage(anew=True)
    page = viewer.get("/stage")
    assert page.status_code == 200
    assert "Not computed yet" not in page.text
    for key in CHECKS:
        assert words.CHECKS[key] in page.text
    assert nonsense(page.text) == []


def test_everything_that_can_be_said_has_its_words() -> None:
    assert set(words.WHY) == set(NEXT)
    assert set(words.THEN) == set(NEXT.values())
    assert set(words.CHECKS) == set(CHECKS)
    assert set(words.UNKNOWN) < set(words.PARTS)


def test_the_page_speaks_vietnamese(judged: Shop) -> None:
    browser = signed_in(judged.app, "marketer")
    browser.post("/language", data={"locale": "vi", "next": "/stage"})
    text = browser.get("/stage").text
    assert "Bạn đang ở đâu" in text
    assert "Đã mời khách lan truyền được chưa?" in text
    assert "Where you stand" not in text


def test_the_api_tells_what_the_page_shows(judged: Shop, viewer: TestClient) -> None:
    found = told(viewer)
    now, split = found["now"], found["allocation"]
    assert isinstance(now, dict)
    assert isinstance(split, dict)
    assert sum(now["chances"]) == pytest.approx(1)
    assert sum(split["groups"]) + split["mending"] + split["exploring"] == pytest.approx(1)
    assert json.dumps(found).count("NaN") == 0
    assert judged.office.shop.stage().told is not None


def test_a_word_holds_with_its_reason_and_can_be_taken_back(
    judged: Shop, viewer: TestClient
) -> None:
    browser = signed_in(judged.app, "marketer")
    said = {"stage": "s4", "reason": "  we opened <b>ten</b>\nshops  ", "months": "3"}
    assert browser.post("/stage/word", data=said).status_code == 303
    page = browser.get("/stage").text
    assert "we opened &lt;b&gt;ten&lt;/b&gt; shops" in page
    assert "Người thử marketer" in page
    shown = told(viewer)["shown"]
    assert isinstance(shown, dict)
    assert (shown["stage"], shown["override"]["stage"]) == (3, 3)
    assert shown["settled"] != 3
    assert browser.post("/stage/agree").status_code == 303
    shown = told(viewer)["shown"]
    assert isinstance(shown, dict)
    assert shown["override"] is None
    assert shown["stage"] == shown["settled"] == shown["agreed"]["stage"]
    noted = [line.what for line in judged.office.desk.audit.latest(5)]
    assert {"stage said", "stage agreed with"} <= set(noted)


@pytest.mark.parametrize(
    ("path", "data", "why"),
    [
        ("word", {"stage": "s3", "reason": " \n "}, "Say why"),
        ("word", {"stage": "s3", "reason": "x" * 501}, "too long"),
        ("word", {"stage": "", "reason": "so"}, "Choose a stage."),
        ("word", {"stage": "s3", "reason": "so", "months": "37"}, "1 to 36 months"),
        ("word", {"stage": "s3", "reason": "so", "months": "two"}, "Write whole numbers."),
        ("count", {"check": "on_time", "k": "9", "n": "8"}, "no greater"),
        ("count", {"check": "on_time", "k": "0", "n": "0"}, "no greater"),
        ("count", {"check": "week", "k": "1", "n": "2"}, "not known"),
        ("count", {"check": "on_time", "k": "1.5", "n": "2"}, "Write whole numbers."),
        ("pilot", {"people": "-1"}, "no count of people"),
        ("gate", {"do": "open", "reason": ""}, "Say why"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(
    judged: Shop, path: str, data: dict[str, str], why: str
) -> None:
    browser = signed_in(judged.app, "owner")
    before = judged.office.shop.stage()
    page = browser.post(f"/stage/{path}", data=data)
    assert page.status_code == 422
    assert why in page.text
    assert judged.office.shop.stage() == before


def test_only_an_owner_overrules_the_gate_and_the_reason_is_shown(judged: Shop) -> None:
    wish = {"do": "open", "reason": "a fair in May"}
    assert signed_in(judged.app, "marketer").post("/stage/gate", data=wish).status_code == 403
    owner = signed_in(judged.app, "owner")
    assert owner.post("/stage/gate", data=wish).status_code == 303
    gate = told(owner)["gate"]
    assert isinstance(gate, dict)
    assert (gate["opened"], gate["earned"]) == (True, False)
    assert "a fair in May" in owner.get("/stage").text
    assert owner.post("/stage/gate", data={"do": "end"}).status_code == 303
    gate = told(owner)["gate"]
    assert isinstance(gate, dict)
    assert not gate["opened"]


def checks_of(browser: TestClient) -> dict[str, dict[str, object]]:
    gate = told(browser)["gate"]
    assert isinstance(gate, dict)
    return {one["key"]: one for one in gate["checks"]}


def test_what_the_shop_counts_moves_its_checks(judged: Shop) -> None:
    key = program(judged.app, "write", "read")
    assert checks_of(key)["plumbing"]["why"] == "referrals_untested"
    lost = {"check": "attributed", "k": 15, "n": 20}
    assert key.post("/api/stage/count", json=lost).status_code == 200
    assert checks_of(key)["plumbing"]["why"] == "referrals_lost"
    key.post("/api/stage/count", json={"check": "attributed", "k": 20, "n": 20})
    assert checks_of(key)["plumbing"]["why"] == "terms_unpublished"
    key.post("/api/stage/published", json={})
    assert checks_of(key)["plumbing"]["passed"] is True
    key.post("/api/stage/pilot", json={"people": 12})
    assert checks_of(key)["pilot"]["why"] == "pilot_runs"
    key.post("/api/stage/pilot", json={"people": 0})
    assert checks_of(key)["pilot"]["why"] == "no_pilot"


def test_programs_say_a_stage_once_and_never_overrule_the_gate(judged: Shop) -> None:
    key = program(judged.app, "write", "read")
    said = {"stage": "s2", "reason": "the new shop"}
    first, again = (
        key.post("/api/stage/word", json=said, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    )
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert key.post("/api/stage/word", json={"stage": "s6"}).status_code == 422
    assert key.post("/api/stage/word", json={"stage": "s2"}).status_code in (400, 422)
    assert key.post("/api/stage/gate", json={"opened": True, "reason": "x"}).status_code == 403
    assert key.post("/api/stage/word", json={"stage": None}).status_code == 200


def test_who_may_only_look_sees_no_forms(judged: Shop, viewer: TestClient) -> None:
    assert 'action="/stage/' not in viewer.get("/stage").text
    assert 'action="/stage/gate"' not in signed_in(judged.app, "marketer").get("/stage").text
    assert 'action="/stage/gate"' in signed_in(judged.app, "owner").get("/stage").text


def test_strangers_are_told_nothing(shop: Shop) -> None:
    assert stranger(shop.app).get("/api/stage").status_code == 401
    assert stranger(shop.app).get("/stage").status_code == 303


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"stage": ""}, "Hãy chọn một giai đoạn."),
        ({"stage": "s2", "reason": ""}, "Hãy nói vì sao"),
        ({"stage": "s2", "reason": "x", "months": "x"}, "Hãy ghi số nguyên."),
    ],
)
def test_refusals_speak_vietnamese(judged: Shop, data: dict[str, str], why: str) -> None:
    browser = signed_in(judged.app, "owner")
    browser.post("/language", data={"locale": "vi", "next": "/stage"})
    assert why in browser.post("/stage/word", data=data).text
