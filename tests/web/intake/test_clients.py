"""The senders' own clients, with only their host changed: what they send arrives once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rudderstack.analytics.client import Client as Rudder
from segment.analytics.client import Client as Segment
from tests.web.intake.senders import listening, refused, stored, write_key
from tests.web.visitors import Shop

ORDERS = 120


def told_all(client: Any) -> None:
    """Every kind of call that a client knows."""
    client.identify("KH7", {"name": "Người Thử", "phone": "0900 000 123"})
    for n in range(ORDERS):
        client.track("KH7", "Order Completed", {"order_id": f"W{n}", "revenue": 1000 + n})
    client.page("KH7", "Chợ", "Trang chủ", {"path": "/"})
    client.screen("KH7", "Ứng dụng", "Giỏ hàng")
    client.group("KH7", "nha-thu", {"name": "Nhà Thử"})
    client.alias("cu-7", "KH7")
    client.flush()
    client.join()


@pytest.mark.parametrize(("maker", "gzip"), [(Segment, False), (Segment, True), (Rudder, True)])
def test_a_client_made_for_others_sends_everything_once(
    tmp_path: Path, maker: Any, gzip: bool
) -> None:
    shop = Shop.at(tmp_path / "shop")
    failed: list[object] = []
    with listening(shop.app) as address:
        key = write_key(shop)
        client = maker(
            key, host=address, gzip=gzip, max_retries=3, on_error=lambda e, _: failed.append(e)
        )
        told_all(client)
    assert failed == []
    with_kinds = Counter(row["kind"] for row in stored(tmp_path / "shop"))
    assert sorted(with_kinds.values()) == [1, 2, 2, ORDERS]  # group; identify, alias; page, screen
    amounts = sorted(row["amount"] for row in stored(tmp_path / "shop") if row["amount"])
    assert amounts == [1000 + n for n in range(ORDERS)]
    assert refused(tmp_path / "shop") == 0
