"""The wire shape, read back by a reader of the test's own."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from thang.model import SECOND, Event, Finality, Flag, Identifier
from thang.river.events import stored_kind
from thang.simulate.write import line_of, write_segment_jsonl, write_truth

from .conftest import Lived

REFS = (
    "order_id", "ticket_id", "program_id", "referral_code", "post_id", "product_id",
    "coupon_id", "feature_id", "campaign_id",
)  # fmt: skip
GRADES = ("rating", "severity", "score", "minutes", "grade")


def read_back(line: dict[str, Any]) -> Event:
    """A line as an event: what the docstring of `write` promises, restated."""
    said = line.get("properties", {})
    calls = {"identify": "identified", "page": "page"}
    kind = calls.get(line["type"]) or stored_kind(line["event"])
    traits = line.get("traits", {})
    ref = next((said[name] for name in REFS if name in said), "")
    ref = said["channel"] if kind.startswith("consent_") else ref
    context = line.get("context", {}).get("thang", {})
    friend = said.get("clicked_by") or said.get("referee_user_id")
    return Event(
        source="simulator",
        kind=kind,
        at=int(datetime.fromisoformat(line["timestamp"]).timestamp()) * SECOND,
        identifiers=_names(line, traits),
        message_id=line["messageId"],
        other=(Identifier("customer", friend),) if friend else (),
        ref=ref,
        amount=said.get("revenue"),
        currency=said.get("currency", ""),
        grade=next((said[name] for name in GRADES if name in said), 0),
        flags=_flags(said),
        finality=Finality(context.get("finality", "completed")),
        personal=traits,
    )


def _names(line: dict[str, Any], traits: dict[str, str]) -> tuple[Identifier, ...]:
    names = [("customer", line.get("userId")), ("anonymous", line.get("anonymousId"))]
    if "phone" in traits:
        number = phonenumbers.parse(traits["phone"], "VN")
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        names.append(("phone", written))
    names.append(("email", traits.get("email")))
    return tuple(Identifier(space, value) for space, value in names if value)


def _flags(said: dict[str, Any]) -> Flag:
    flags = Flag(0)
    for name, flag in (("public", Flag.PUBLIC), ("verified", Flag.VERIFIED)):
        flags |= flag if said.get(name) else Flag(0)
    if "ok" in said:
        flags |= Flag.OK if said["ok"] else Flag.FAILED
    if said.get("fault") == "customer":
        flags |= Flag.THEIRS
    return flags


def bare(event: Event) -> tuple[object, ...]:
    """All of an event but its free properties."""
    names = ("kind", "at", "identifiers", "message_id", "other", "ref", "amount", "currency")
    more = ("grade", "flags", "finality", "personal")
    return tuple(getattr(event, name) for name in names + more)


def test_what_is_written_can_be_read_back(small: Lived, tmp_path: Path) -> None:
    path = tmp_path / "shop.jsonl"
    assert write_segment_jsonl(iter(small.events), path) == len(small.events)
    with path.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    assert len(lines) == len(small.events)
    for line, event in zip(lines, small.events, strict=True):
        assert bare(read_back(line)) == bare(event)


def test_vietnamese_is_written_as_itself(tiny: Lived, tmp_path: Path) -> None:
    path = tmp_path / "shop.jsonl"
    write_segment_jsonl(tiny.events, path)
    name = next(event.personal["name"] for event in tiny.events if event.personal)
    assert name in path.read_text(encoding="utf-8")


def test_foreign_money_is_written_in_whole_units() -> None:
    someone = (Identifier("customer", "KH000001"),)
    order = Event("test", "order_completed", 0, someone, ref="A", amount=1250, currency="USD")
    properties = line_of(order)["properties"]
    assert properties == {"order_id": "A", "revenue": 12.5, "currency": "USD"}


def test_names_are_title_case_on_the_wire(tiny: Lived) -> None:
    names = {line_of(event).get("event") for event in tiny.of("order_completed", "page")}
    assert names == {"Order Completed", None}


@pytest.mark.parametrize("count", [0, 1, 5_000, 5_001])
def test_any_number_of_lines_is_written(count: int, tiny: Lived, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    assert write_segment_jsonl(tiny.events[:count], path) == count
    assert path.read_bytes().count(b"\n") == count


def test_truth_is_sealed_in_a_file_of_its_own(tiny: Lived, tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    write_truth(tiny.truth, path)
    told = json.loads(path.read_text(encoding="utf-8"))
    assert len(told["people"]) == 120
    assert told["scenario"]["seed"] == 1
    assert {"orders", "drops", "influence", "forgiving"} <= set(told["people"][0]["traits"])
    assert len(told["referrals"]) == len(tiny.truth.referrals)
