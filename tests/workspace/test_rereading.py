"""Refused rows read once more: what was put right comes in, once, and every row is accounted for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thang.model import Gathered, Refused, WrongInput
from thang.record import Record
from thang.workspace.shop import Workspace
from workspace.shops import new_shop

HEADER = "order_id,date,customer_id,total,currency\n"
ROWS = "A1,2026-01-02,KH-1,5,USD\nA2,2026-01-03,KH-2,7000,VND\nA3,2026-01-04,KH-3,=1+1,USD\n"


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    made = new_shop(tmp_path / "shop")
    (tmp_path / "orders.csv").write_text(HEADER + ROWS, "utf-8")
    done = made.import_file(tmp_path / "orders.csv").tally
    assert (done.rows, done.stored, done.refused) == (3, 1, 2)
    return made


def rated(shop: Workspace) -> None:
    """The owner says what a dollar is worth."""
    policy = shop.folder.policy_file
    policy.write_text(policy.read_text("utf-8") + "  rates: {USD: 25000}\n", "utf-8")


def test_before_anything_was_put_right_all_is_refused_again(shop: Workspace) -> None:
    done = shop.read_again(1)
    assert (done.rows, done.stored, done.duplicate, done.refused) == (2, 0, 0, 2)


def test_what_is_right_by_now_is_stored_and_once(shop: Workspace) -> None:
    rated(shop)
    for stored, duplicate in ((1, 0), (0, 1)):
        done = shop.read_again(1)
        assert (done.rows, done.stored, done.duplicate, done.refused) == (2, stored, duplicate, 1)
        assert dict(done.reasons) == {"amount": 1}
    assert not list(shop.folder.path.glob("*.csv")), "nothing of it lies about"


def test_it_is_as_if_the_file_had_come_after_the_fix(shop: Workspace, tmp_path: Path) -> None:
    rated(shop)
    shop.read_again(1)
    done = shop.import_file(tmp_path / "orders.csv").tally
    assert (done.stored, done.duplicate, done.refused) == (0, 2, 1)


def test_a_call_is_read_again_as_its_senders(shop: Workspace) -> None:
    call = {"type": "track", "event": "Order Completed", "userId": "KH-9", "messageId": "m-1",
            "timestamp": "2026-02-01T00:00:00Z"}  # fmt: skip
    bought = {**call, "properties": {"order_id": "B1", "revenue": 3, "currency": "USD"}}
    words = {**call, "timestamp": "yesterday", "messageId": "m-2"}
    raws = [json.dumps(bought), json.dumps(words), "no json"]
    with Record.open(shop.folder.path, shop.folder.now) as record:
        rows = [Refused("website", "call 1", "currency", "?", raw) for raw in raws]
        record.append("live", "live", [Gathered(1, (), row) for row in rows])
    rated(shop)
    done = shop.read_again(2)
    assert (done.rows, done.stored, done.refused) == (3, 1, 2)
    assert dict(done.reasons) == {"date": 1, "json": 1}
    shop.classify("2026-03-01")
    placed = {row["person"]: row["level"] for row in shop.export("placements").to_pylist()}
    assert shop.explain("KH-9")["level"] == "customer"
    assert len(placed) == 2


def test_nothing_to_read_again_is_said(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(HEADER + "G1,2026-01-02,KH-1,5,VND\n", "utf-8")
    batch = shop.import_file(tmp_path / "good.csv").batch
    for verb in (shop.read_again, shop.refused_table):
        with pytest.raises(WrongInput, match="nothing to read again"):
            verb(batch)
