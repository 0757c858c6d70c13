"""The wire format: keys, packing, clocks, sizes, ids, and an answer for each call."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.web.intake.senders import program, refused, stored, track, write_key
from tests.web.visitors import Shop

from thang.record import Record

NOW = datetime.now(UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.at(tmp_path / "shop")


@pytest.fixture
def sender(shop: Shop) -> Iterator[TestClient]:
    with program(shop.app) as client:
        client.auth = (write_key(shop), "")
        yield client


def batch(*calls: object, **more: Any) -> dict[str, Any]:
    return {"batch": list(calls), **more}


def statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    found = [one["status"] for one in told["results"]]
    for name in ("stored", "duplicate", "refused"):
        assert told[name] == found.count(name)
    return found


def test_a_key_opens_in_the_header_in_both_ways_and_in_the_body(shop: Shop) -> None:
    key = write_key(shop)
    with program(shop.app) as client:
        bearer = {"Authorization": f"Bearer {key}"}
        assert statuses(client.post("/v1/track", json=track("m1"), auth=(key, ""))) == ["stored"]
        assert statuses(client.post("/v1/track", json=track("m2"), headers=bearer)) == ["stored"]
        in_body = batch(track("m3"), writeKey=key)
        assert statuses(client.post("/v1/batch", json=in_body)) == ["stored"]
        assert client.post("/v1/track", json=track("m4")).status_code == 401
        assert client.post("/v1/track", json=track("m4"), auth=("wrong", "")).status_code == 401
        wrong = {"Authorization": "Basic %%%"}
        in_both = track("m4", writeKey=key)
        assert client.post("/v1/track", json=in_both, headers=wrong).status_code == 401


def test_a_revoked_key_and_one_for_other_work_send_nothing(shop: Shop) -> None:
    with program(shop.app) as client:
        reading = (write_key(shop, "read", name="reads"), "")
        assert client.post("/v1/track", json=track("m1"), auth=reading).status_code == 403
        key = write_key(shop)
        assert client.post("/v1/track", json=track("m1"), auth=(key, "")).status_code == 200
        (made,) = [k for k in shop.office.desk.keys.all() if k.name == "website"]
        shop.office.desk.keys.revoke(made.id, shop.office.now())
        assert client.post("/v1/track", json=track("m2"), auth=(key, "")).status_code == 401


def test_a_websites_key_does_nothing_else(shop: Shop) -> None:
    with program(shop.app) as client:
        client.headers["Authorization"] = f"Bearer {write_key(shop)}"
        assert client.get("/api/settings").status_code == 403
        file = {"file": ("a.csv", b"x")}
        assert client.post("/api/imports", files=file).status_code == 403


def test_each_call_of_a_batch_is_answered_in_its_place(shop: Shop, sender: TestClient) -> None:
    late = (NOW + timedelta(days=3)).isoformat()
    calls = [
        track("m1"), {"type": "track", "userId": "KH1"}, "no call", track("m1"),
        track("m2", userId=None), track("m3", timestamp="hôm qua"), track("m4", timestamp=late),
        track("m5", properties={"revenue": "nhiều"}), {"type": "sing", "userId": "KH1"},
        track("m1", event="Product Viewed"), track("m6", properties={"x": "y" * 33_000}),
    ]  # fmt: skip
    answer = sender.post("/v1/batch", json=batch(*calls))
    assert statuses(answer) == ["stored", "refused", "refused", "duplicate"] + ["refused"] * 7
    reasons = [one.get("reason") for one in answer.json()["results"]]
    assert reasons == [
        None, "no_event", "json", None, "no_identifier", "date", "future", "amount", "type",
        "id_reuse", "too_large",
    ]  # fmt: skip
    again = sender.post("/v1/batch", json=batch(track("m1"), track("m1", event="Other")))
    assert statuses(again) == ["duplicate", "refused"]
    assert len(stored(shop.office.shop.folder.path)) == 1
    assert refused(shop.office.shop.folder.path) == 10


def test_packed_bodies_are_unpacked_and_what_is_too_large_is_refused(sender: TestClient) -> None:
    def packed(body: bytes) -> Any:
        return sender.post(
            "/v1/batch", content=gzip.compress(body), headers={"Content-Encoding": "gzip"}
        )

    alike = json.dumps(batch(*(track(f"m{n}") for n in range(2000)))).encode()
    assert len(alike) > 20 * len(gzip.compress(alike))
    assert statuses(packed(alike)) == ["stored"] * 2000
    assert packed(b" " * (5 << 20)).status_code == 413
    assert sender.post("/v1/batch", content=b" " * (5 << 20)).status_code == 413
    broken = {"Content-Encoding": "gzip"}
    assert sender.post("/v1/batch", content=b"\x1f\x8bno", headers=broken).status_code == 400
    many = batch(*({"type": "page"} for _ in range(2501)))
    assert sender.post("/v1/batch", json=many).status_code == 400


def test_four_megabytes_come_in_with_the_key_in_the_header_alone(
    shop: Shop, sender: TestClient
) -> None:
    calls = [track(f"m{n}", context={"filler": "x" * 30_000}) for n in range(130)]
    assert statuses(sender.post("/v1/batch", json=batch(*calls))) == ["stored"] * 130
    key, sender.auth = write_key(shop, name="other"), None
    assert sender.post("/v1/batch", json=batch(*calls, writeKey=key)).status_code == 413


@pytest.mark.parametrize("years", [-10, 0, 10])
def test_a_wrong_clock_is_put_right_by_when_it_sent(
    shop: Shop, sender: TestClient, years: int
) -> None:
    wrong = NOW + timedelta(days=365 * years)
    call = track("m1", timestamp=(wrong - timedelta(hours=2)).isoformat())
    before = shop.office.now()
    assert statuses(sender.post("/v1/batch", json=batch(call, sentAt=wrong.isoformat())))
    (row,) = stored(shop.office.shop.folder.path)
    two_hours, slack = 2 * 3600 * 10**6, 60 * 10**6
    assert abs(row["at"] - (before - two_hours)) < slack
    later = (wrong + timedelta(seconds=9)).isoformat()
    again = sender.post("/v1/batch", json=batch(call, sentAt=later))
    assert statuses(again) == ["duplicate"]


def test_history_that_is_sent_with_a_right_clock_keeps_its_instants(
    shop: Shop, sender: TestClient
) -> None:
    call = track("m1", timestamp="2019-03-05T03:00:00Z")
    now = datetime.now(UTC).isoformat()
    assert statuses(sender.post("/v1/batch", json=batch(call, sentAt=now))) == ["stored"]
    (row,) = stored(shop.office.shop.folder.path)
    assert row["at"] == int(datetime(2019, 3, 5, 3, tzinfo=UTC).timestamp()) * 10**6


def test_a_call_without_an_id_is_known_again_by_its_instant_and_only_so(
    sender: TestClient,
) -> None:
    dated = {"userId": "KH1", "event": "Signed In", "timestamp": "2026-03-05T03:00:00Z"}
    assert statuses(sender.post("/v1/track", json=dated)) == ["stored"]
    assert statuses(sender.post("/v1/track", json=dated)) == ["duplicate"]
    undated = {"userId": "KH1", "event": "Signed In"}
    assert statuses(sender.post("/v1/track", json=undated)) == ["stored"]
    assert statuses(sender.post("/v1/track", json=undated)) == ["stored"]


def test_what_is_refused_never_keeps_the_key(shop: Shop) -> None:
    key = write_key(shop)
    with program(shop.app) as client:
        assert client.post("/v1/track", json={"writeKey": key}).json()["refused"] == 1
    with Record.open(shop.office.shop.folder.path) as record:
        (row,) = record.refused()
    assert key not in row.raw


def test_the_snippet_is_small_and_any_website_may_send(shop: Shop) -> None:
    with program(shop.app) as client:
        script = client.get("/v1/thang.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"
        assert len(gzip.compress(script.content)) < 3_000
        assert "http" not in script.text  # it speaks to where it came from, and to nobody else
        asked = client.options("/v1/batch", headers={"Origin": "https://cua-hang.example"})
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-origin"] == "*"
