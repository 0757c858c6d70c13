"""A strategy written in three steps: forth and back without losing a word, refused where it is
wrong, and found in the playbook as it was meant."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in

OURS = "# Ours.\nshop:\n  name: Tiệm Mơ   # as on the sign\n"
FIRST = {"at": "1", "name_vi": "Gọi khách cũ", "name_en": "Call old customers",
         "levels": ["customer", "member"], "trigger": "days_since_order >= 20", "cooldown": "45"}  # fmt: skip
SECOND = {"channel_1": "sms", "purpose_1": "marketing", "wait_1": "2", "subject_vi_1": "Lâu quá",
          "body_vi_1": 'Chào {{ person.first_name | default:"bạn" }},\nshop nhớ bạn.'}  # fmt: skip
THIRD = {"success": "orders_placed >= 1", "within": "20", "cost": "500", "metric": "orders",
         "asked_enabled": "1", "enabled": "1"}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 90)
    yield found
    found.office.close()


@pytest.fixture
def fresh(shop: Shop) -> Shop:
    """The shop with its own playbook as it was."""
    (shop.office.shop.folder.path / "playbook.yaml").write_text(OURS, "utf-8")
    return shop


@pytest.fixture
def marketer(fresh: Shop) -> TestClient:
    return signed_in(fresh.app, "marketer")


def fields(page: str) -> dict[str, Any]:
    """What the form of a page would send, as a browser does, without its buttons."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        ticked = "checkbox" not in tag or " checked" in tag
        if name and ticked:
            found.setdefault(name[1], []).append(html.unescape(value[1] if value else ""))
    for name_, text in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', page, re.S
    ):
        found.setdefault(name_, []).append(html.unescape(text))
    for name_, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found.setdefault(name_, []).append(chosen[1] if chosen else "")
    form = page[page.index('id="strategy"') :]
    return {name: value for name, value in found.items() if f'name="{name}"' in form}


def go(browser: TestClient, where: str, *parts: dict[str, Any], status: int = 200) -> str:
    data = {name: value for part in parts for name, value in part.items()}
    answer = browser.post("/campaigns/new", data=data | {"go": where})
    assert answer.status_code == status, html.unescape(answer.text)[-3000:]
    return answer.headers["location"] if status == 303 else answer.text


def written(shop: Shop) -> dict[str, Any]:
    text = (shop.office.shop.folder.path / "playbook.yaml").read_text("utf-8")
    assert text.startswith(OURS)
    return dict(yaml.safe_load(text).get("strategies", {}))


def test_three_steps_end_in_the_playbook(fresh: Shop, marketer: TestClient) -> None:
    page = marketer.get("/campaigns/new").text
    page = go(marketer, "2", fields(page), FIRST)
    assert "It would fit" in page
    page = go(marketer, "3", fields(page), SECOND)
    assert "As an SMS" in page
    where = go(marketer, "save", fields(page), THIRD, status=303)
    assert where == "/campaigns/call_old_customers"
    (said,) = written(fresh).values()
    assert said["levels"] == ["customer", "member"]
    assert said["steps"]["step_1"]["body"]["vi"].strip() == SECOND["body_vi_1"]
    assert said["success"] == {"when": "orders_placed >= 1", "within": 20}
    assert (said["cooldown"], said["cost"], said["enabled"]) == (45, 500, True)
    assert "Call old customers" in marketer.get(where).text
    assert "Call old customers" in marketer.get("/campaigns?article=own").text


def test_going_back_and_forth_keeps_every_word(fresh: Shop, marketer: TestClient) -> None:
    page = go(marketer, "2", fields(marketer.get("/campaigns/new").text), FIRST)
    page = go(marketer, "add", fields(page), SECOND)
    second = {"subject_vi_2": "Lần nữa", "body_vi_2": 'Một "hai" <ba>', "channel_2": "task"}
    page = go(marketer, "1", fields(page), second)
    back = fields(page)
    for name, value in FIRST.items():
        assert back[name] in (value, [value]), name
    page = go(marketer, "2", back)
    again = fields(page)
    for name, value in {**SECOND, **second}.items():
        assert again[name] == [value], name
    page = go(marketer, "3", again)
    assert fields(page)["body_vi_2"] == [second["body_vi_2"]]
    page = go(marketer, "2", fields(page))
    page = go(marketer, "drop_1", fields(page))
    assert fields(page)["subject_vi_1"] == [second["subject_vi_2"]]
    assert written(fresh) == {}


@pytest.mark.parametrize(
    ("wrong", "where", "word"),
    [
        ({"trigger": "days_since_ordr >= 20"}, "trigger", "days_since_order"),
        ({"trigger": "days_since_order >= 20 and ("}, "trigger", ""),
        ({"trigger": ""}, "trigger", ""),
        ({"name_vi": ""}, "name_vi", ""),
        ({"cooldown": "soon"}, "cooldown", ""),
        ({"body_vi_1": "{{ person.phone }}"}, "body_vi_1", "person.phone"),
        ({"body_vi_1": "{% for a in b %}{% for c in d %}{% endfor %}{% endfor %}"}, "body_vi_1", ""),
        ({"body_vi_1": "x" * 5000}, "body_vi_1", "4000"),
        ({"body_vi_1": ""}, "body_vi_1", ""),
        ({"channel_1": "pigeon"}, "channel_1", ""),
        ({"success": "true"}, "success", ""),
        ({"within": "0"}, "within", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    fresh: Shop, marketer: TestClient, wrong: dict[str, str], where: str, word: str
) -> None:
    page = go(marketer, "save", {"at": "3", "steps": "1"}, FIRST | {"at": "3"}, SECOND, THIRD,
              wrong, status=422)  # fmt: skip
    assert re.search(rf'name="{where}"[^>]*aria-invalid="true"', page)
    assert f'id="f-{where}-error"' in page
    assert word in page
    assert "playbook.yaml:" not in page
    assert written(fresh) == {}


def test_a_change_touches_what_was_changed_alone(fresh: Shop, marketer: TestClient) -> None:
    page = marketer.get("/campaigns/after_sales/change").text
    page = go(marketer, "2", fields(page), {"cooldown": "90"})
    page = go(marketer, "3", fields(page), {"body_vi_1": "Hàng tới chưa bạn?"})
    assert go(marketer, "save", fields(page), status=303) == "/campaigns/after_sales"
    assert written(fresh) == {
        "after_sales": {"cooldown": 90, "steps": {"day_1": {"body": {"vi": "Hàng tới chưa bạn?"}}}}
    }


def test_one_like_another_has_its_words_and_a_name_of_its_own(
    fresh: Shop, marketer: TestClient
) -> None:
    page = marketer.get("/campaigns/new?like=after_sales").text
    for where in ("2", "3"):
        page = go(marketer, where, fields(page))
    where = go(marketer, "save", fields(page), status=303)
    (key,) = written(fresh)
    assert where == f"/campaigns/{key}"
    book = fresh.office.shop.playbook()
    one, like = (next(s for s in book.strategies if s.key == k) for k in (key, "after_sales"))
    assert (one.trigger, one.success, one.levels) == (like.trigger, like.success, like.levels)
    assert [s.wait_days for s in one.steps] == [s.wait_days for s in like.steps]


def test_a_rule_is_judged_while_it_is_typed(fresh: Shop, marketer: TestClient) -> None:
    typed = marketer.post("/campaigns/new", data=FIRST, headers={"HX-Request": "true"})
    assert typed.status_code == 200
    assert typed.text.lstrip().startswith('<div id="check"')
    assert "It would fit" in typed.text
    half = marketer.post(
        "/campaigns/new", data=FIRST | {"trigger": "days_since_"}, headers={"HX-Request": "true"}
    )
    assert "Not right yet" in half.text


def test_how_many_it_would_meet_is_counted_by_hand(fresh: Shop, marketer: TestClient) -> None:
    page = go(marketer, "", FIRST | {"trigger": "is_member == 1"})
    rows = fresh.office.shop.export("placements").to_pylist()
    many = sum(1 for row in rows if row["level"] == "member")
    assert many
    assert f"It would fit {many} p" in page


def test_only_who_may_steer_may_write(fresh: Shop) -> None:
    viewer = signed_in(fresh.app, "viewer")
    assert viewer.get("/campaigns/new").status_code == 403
    assert viewer.get("/campaigns/after_sales/change").status_code == 403
    assert viewer.post("/campaigns/new", data=FIRST | {"go": "save"}).status_code == 403
    assert written(fresh) == {}


def test_a_program_writes_a_strategy_too_and_is_refused_alike(
    fresh: Shop, marketer: TestClient
) -> None:
    row = {
        "name": {"vi": "Gọi", "en": "Call"}, "trigger": "days_since_order >= 20",
        "steps": {"call": {"channels": ["task"], "subject": {"vi": "Gọi", "en": "Call"},
                           "body": {"vi": "Gọi nhé", "en": "Please call"}}},
        "success": {"when": "orders_placed >= 1", "within": 20}, "metric": "orders", "cooldown": 9,
    }  # fmt: skip
    made = marketer.post("/api/campaigns", json={"key": "our_call", "strategy": row})
    assert made.status_code == 201
    assert made.json()["key"] == "our_call"
    assert written(fresh)["our_call"]["cooldown"] == 9
    again = marketer.post("/api/campaigns", json={"key": "our_call", "strategy": row})
    assert again.status_code == 422
    assert "already" in again.json()["detail"]
    wrong = {"key": "other", "strategy": row | {"trigger": "no_such_fact > 1"}}
    refused = marketer.post("/api/campaigns", json=wrong)
    assert refused.status_code == 422
    assert "no_such_fact" in refused.json()["detail"]
    assert marketer.post("/api/campaigns", json={"key": "new", "strategy": row}).status_code == 422
    assert list(written(fresh)) == ["our_call"]
    viewer = signed_in(fresh.app, "viewer")
    assert viewer.post("/api/campaigns", json={"key": "b", "strategy": row}).status_code == 403
    assert all(one["people"] for one in viewer.get("/api/campaigns/next").json()["next"])
