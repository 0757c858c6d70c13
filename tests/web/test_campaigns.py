"""Pages and API of strategies: the list with its filters, one closely, and steering by role."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.nonsense import nonsense
from tests.web.peopled import peopled
from tests.web.visitors import Shop, signed_in, stranger


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = peopled(tmp_path_factory.mktemp("shops") / "shop", 90)
    found.office.shop.judge()
    found.office.shop.run()
    yield found
    found.office.close()


@pytest.fixture(scope="module")
def viewer(shop: Shop) -> TestClient:
    return signed_in(shop.app, "viewer")


@pytest.fixture(scope="module")
def marketer(shop: Shop) -> TestClient:
    return signed_in(shop.app, "marketer")


def told(browser: TestClient, key: str = "") -> dict[str, object]:
    found = browser.get(f"/api/campaigns/{key}" if key else "/api/campaigns").json()
    assert isinstance(found, dict)
    return found


def test_every_strategy_is_listed_with_the_words_of_its_article(
    shop: Shop, viewer: TestClient
) -> None:
    page = html.unescape(viewer.get("/campaigns").text)
    for one in shop.office.shop.playbook().strategies:
        assert f'href="/campaigns/{one.key}"' in page
        assert one.name.en in page
        assert one.quote in page
    assert nonsense(page) == []
    assert stranger(shop.app).get("/campaigns").status_code == 303


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("article=B", lambda one: one.article == "B"),
        ("level=premier", lambda one: "premier" in one.levels or one.lifts_to == "premier"),
        ("group=viral", lambda one: one.group == "viral"),
        ("q=A17", lambda one: one.id == "A17"),
        ("article=own", lambda one: not one.article),
    ],
)
def test_a_filter_shows_those_alone_that_it_names(
    shop: Shop, viewer: TestClient, query: str, wanted: object
) -> None:
    page = viewer.get(f"/campaigns?{query}").text
    for one in shop.office.shop.playbook().strategies:
        assert (f'href="/campaigns/{one.key}"' in page) == wanted(one)  # type: ignore[operator]


def test_every_single_page_of_a_strategy_can_be_read(shop: Shop, viewer: TestClient) -> None:
    for one in shop.office.shop.playbook().strategies[::5]:
        page = viewer.get(f"/campaigns/{one.key}")
        assert page.status_code == 200, (one.key, page.text[:3000])
        assert nonsense(page.text.replace("{{ csrf", "")) == [], one.key
        assert one.name.en in html.unescape(page.text)


def test_whom_a_run_met_is_told_by_lot(shop: Shop, viewer: TestClient) -> None:
    found = told(viewer)["campaigns"]
    assert isinstance(found, list)
    met = [one for one in found if one["people"]]
    assert met
    one = met[0]
    assert sum(arm["people"] for arm in one["arms"]) == one["people"]
    page = viewer.get(f"/campaigns/{one['key']}").text
    latest = told(viewer, one["key"])["latest"]
    assert isinstance(latest, list)
    assert latest
    for each in latest:
        assert f'href="/customers/{each["ref"]}"' in page or not each["ref"]


def test_words_are_shown_before_a_real_person(shop: Shop, viewer: TestClient) -> None:
    from thang.workspace.choosing import Asked

    row = shop.office.shop.customers(Asked()).rows[0]
    card = shop.office.shop.cards([row.person])[row.person]
    page = html.unescape(viewer.get(f"/campaigns/after_sales?reader={row.ref}").text)
    assert f"As {card.title} would read it" in page
    first = card.name.split()[-1] if card.name else "there"
    assert f"Hello {first}" in page
    assert viewer.get("/campaigns/after_sales?reader=p_nobody").status_code == 422


def test_a_marketer_switches_and_pauses_and_a_viewer_does_not(
    shop: Shop, viewer: TestClient, marketer: TestClient
) -> None:
    for what in ("switch", "pause", "resume"):
        assert viewer.post(f"/campaigns/after_sales/{what}", data={"on": "no"}).status_code == 403
    assert 'action="/campaigns/' not in viewer.get("/campaigns/after_sales").text.replace(
        'action="/campaigns/after_sales" method="get"', ""
    )
    answer = marketer.post("/campaigns/after_sales/switch", data={"on": "no"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/campaigns/after_sales")
    assert told(viewer, "after_sales")["why_not"] == "off"
    assert "switched off in your playbook" in viewer.get("/campaigns/after_sales").text
    marketer.post("/api/campaigns/A17/switch", json={"enabled": True})
    assert told(viewer, "after_sales")["why_not"] is None
    marketer.post("/campaigns/after_sales/pause")
    assert told(viewer, "after_sales")["why_not"] == "paused"
    assert marketer.post("/campaigns/after_sales/pause").status_code == 422
    assert marketer.post("/api/campaigns/after_sales/pause", json={"paused": False}).json()[
        "why_not"
    ] is None  # fmt: skip


def test_what_there_is_not_is_named_with_its_nearest(viewer: TestClient) -> None:
    page = viewer.get("/campaigns/after_sale")
    assert page.status_code == 422
    assert "after_sales" in page.text


def test_a_run_is_shown_before_it_is_made_and_made_by_who_may(
    shop: Shop, viewer: TestClient, marketer: TestClient
) -> None:
    before = told(viewer)
    page = viewer.get("/campaigns/run")
    assert page.status_code == 200
    assert 'action="/campaigns/run"' not in page.text
    assert "Nothing of this is written down yet" in page.text
    assert told(viewer) == before
    assert viewer.post("/campaigns/run").status_code == 403
    assert viewer.post("/campaigns/stop").status_code == 403
    assert marketer.post("/campaigns/stop").headers["location"] == "/campaigns"
    assert "strategies stopped" in signed_in(shop.app, "owner").get("/settings/audit").text
    assert "Run now" in marketer.get("/campaigns/run").text
    assert marketer.post("/campaigns/run").status_code == 303
    assert told(viewer)["last_run"] is not None


def test_nobody_counts_for_or_against_it_before_their_time_is_over(shop: Shop) -> None:
    """Success ends a way early: counted at once, the quick ones would stand for all."""
    record_of = shop.office.shop
    one = next(
        one for one in record_of.campaigns() if one.strategy.scope == "person" and one.people
    )
    with record_of._record() as record:
        row = record.enrolments(strategy=one.strategy.key).to_pylist()[0]
        record.move(
            [{"enrolment": row["id"], "at": row["at"] + 1, "state": "succeeded", "step": 9,
              "due": row["at"]}]
        )  # fmt: skip
    now = record_of.campaign(one.strategy.key).campaign
    assert now.people == one.people
    assert now.of(row["arm"]).running == one.of(row["arm"]).running - 1
    assert (now.of(row["arm"]).succeeded, now.of(row["arm"]).ended) == (0, 0)
