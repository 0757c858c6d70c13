"""Segment's calls: names to stored kinds, properties to columns, personal data to the vault."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from thang.model import Finality, Flag, Identifier
from thang.simulate.scenarios import SCENARIOS
from thang.simulate.shop import simulate
from thang.simulate.write import write_segment_jsonl

from .reading import at, events, from_text, opened, reasons

TRACK = {"type": "track", "event": "Order Completed", "userId": "KH1", "messageId": "m1",
         "timestamp": "2026-03-05T03:00:00Z"}  # fmt: skip


def one(**call: object) -> str:
    return json.dumps(TRACK | call) + "\n"


def test_an_order_is_worth_its_revenue_else_its_total_without_tax_and_shipping(
    tmp_path: Path,
) -> None:
    both = {"order_id": "W1", "total": 585_000, "revenue": 560_000, "shipping": 25_000}
    total = {"order_id": "W1", "total": 585_000, "shipping": 25_000, "tax": 5_000}
    for properties, money in ((both, 560_000), (total, 555_000)):
        (event,) = events(from_text(tmp_path, one(properties=properties), "f.jsonl"))
        assert (event.kind, event.ref, event.amount) == ("order_completed", "W1", money)
        assert event.at == at("2026-03-05 10:00")
        assert event.message_id == "m1"


def test_traits_name_the_person_and_go_to_the_vault(tmp_path: Path) -> None:
    traits = {"name": "Hoa Thử", "phone": "0900 000 123", "email": "Hoa@Example.vn", "city": "Huế"}
    call = {"type": "identify", "traits": traits, "anonymousId": "a-77"}
    (event,) = events(from_text(tmp_path, one(**call), "f.jsonl"))
    assert set(event.identifiers) == {
        Identifier("customer", "KH1"), Identifier("anonymous", "a-77"),
        Identifier("phone", "+84900000123"), Identifier("email", "hoa@example.vn"),
    }  # fmt: skip
    assert event.personal["name"] == "Hoa Thử"
    assert "Hoa" not in json.dumps(dict(event.properties), ensure_ascii=False)


def test_a_referral_told_on_the_friends_line_is_turned_round(tmp_path: Path) -> None:
    properties = {"referral_code": "C1", "referrer_user_id": "KH9", "order_id": "W1"}
    call = {"event": "Referral Converted", "properties": properties}
    (event,) = events(from_text(tmp_path, one(**call), "f.jsonl"))
    assert event.identifiers == (Identifier("customer", "KH9"),)
    assert event.other == (Identifier("customer", "KH1"),)
    assert event.ref == "C1"


def test_a_review_carries_its_stars_though_segment_writes_them_as_words(tmp_path: Path) -> None:
    properties = {"product_id": "SP1", "rating": "5", "verified": True}
    call = {"event": "Product Reviewed", "properties": properties}
    (event,) = events(from_text(tmp_path, one(**call), "f.jsonl"))
    assert (event.grade, event.ref) == (5, "SP1")
    assert event.flags & Flag.PUBLIC
    assert event.flags & Flag.VERIFIED


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "json"), ("{}", "date"), ('{"a":' * 5_000, "json"),
        (json.dumps(TRACK | {"timestamp": "gestern"}), "date"),
        (json.dumps(TRACK | {"timestamp": "2040-01-01T00:00:00Z"}), "future"),
        (json.dumps(TRACK | {"event": ""}), "no_event"),
        (json.dumps(TRACK | {"type": "dance"}), "type"),
        (json.dumps({k: v for k, v in TRACK.items() if k != "userId"}), "no_identifier"),
        (json.dumps(TRACK | {"properties": {"revenue": "viel"}}), "amount"),
        (json.dumps(TRACK | {"properties": {"revenue": 1, "currency": "XTS"}}), "currency"),
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_read_is_kept_with_its_reason(
    tmp_path: Path, line: str, reason: str
) -> None:
    good = json.dumps(TRACK) + "\n"
    found = from_text(tmp_path, good + line + "\n" + good, "f.jsonl")
    assert reasons(found) == [reason]
    assert len(events(found)) == 2
    assert sum(g.rows for g in found) == 3


def test_the_simulators_shop_comes_back_as_it_was_told(tmp_path: Path) -> None:
    scenario = replace(SCENARIOS["tiny"], months=18)
    told = list(simulate(scenario))
    write_segment_jsonl(told, tmp_path / "shop.jsonl")
    back = events(list(opened(tmp_path / "shop.jsonl")))
    assert len(back) == len(told)
    for one_told, one_back in zip(told, back, strict=True):
        same = replace(
            one_back, source=one_told.source, personal=one_told.personal,
            properties=one_told.properties, identifiers=one_told.identifiers,
        )  # fmt: skip
        if one_told.finality is not Finality.DELIVERED or one_told.amount is None:
            same = replace(same, finality=one_told.finality, currency=one_told.currency)
        assert same == one_told
        assert set(one_back.identifiers) == set(one_told.identifiers)
