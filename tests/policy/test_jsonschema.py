"""The schema for editors: it lets through what the loader reads, and marks what it can see."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from thang.policy.jsonschema import json_schema
from thang.policy.load import default_text, effective, read_policy

VALIDATOR = Draft202012Validator(json_schema())


def valid(text: str) -> bool:
    return bool(VALIDATOR.is_valid(yaml.safe_load(text)))


def test_it_is_a_schema_of_its_draft() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_default_policy_passes_as_written_and_as_effective() -> None:
    VALIDATOR.validate(yaml.safe_load(default_text()))
    VALIDATOR.validate(effective(read_policy("")))


@pytest.mark.parametrize(
    "text",
    ["{}", "levels: {member: {hold_months: 6}, premier: null}", "levels: {premier: {enter: true}}",
     "quantities: {orders: {within: 30}}", "quantities: {a: {count: {page: 0.5}}}", "blocked: null",
     "levels: {member: {keep: null, silence: {days: 9, acts: [page]}}}", "shop:\nlevels:\n",
     "bars: {premier: {mode: 5000000}}", "shop: {rates: {USD: 25400}}", "window: {mode: auto}"],
)  # fmt: skip
def test_what_the_loader_reads_passes(text: str) -> None:
    read_policy(text)
    VALIDATOR.validate(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text",
    ["shoop: {}", "shop: {curency: VND}", "shop: {currency: vnd}", "shop: {seasonal: maybe}",
     "shop: {return_window_days: -1}", "shop: {return_window_days: 1.5}", "version: 2", "[]",
     "shop: {tz: }", "levels: []", "levels: [{name: {en: A}}]", "levels: {member: {grace: 99}}",
     "levels: [{key: a, name: {en: A}, keep: orders >= 1}]", "quantities: {A: {count: [page]}}",
     "levels: [{key: a, name: {en: A}, fact: x, enter: y}]", "quantities: {not: {gap: true}}",
     "quantities: {a: {count: [Order Completed]}}", "quantities: {a: {count: [page, page]}}",
     "quantities: {a: {count: []}}", "quantities: {a: {gap: true, within: 3}}",
     "quantities: {a: {count: [page], days: [page]}}", "quantities: {a: {gap: false}}",
     "quantities: {a: {count: [page], within: month}}", "points: {a: {b: {cap: 0}}}",
     "programme: maybe", "bars: {premier: {quantile: 2}}", "levels: {member: {name: Gold}}"],
)  # fmt: skip
def test_what_is_marked_the_loader_refuses_too(text: str) -> None:
    assert not valid(text)
    with pytest.raises(Exception, match=r"^policy\.yaml:1: "):
        read_policy(text)


def test_every_key_says_what_it_is_for() -> None:
    def undescribed(schema: Any, path: str) -> list[str]:
        if isinstance(schema, list):
            return [one for part in schema for one in undescribed(part, path)]
        if not isinstance(schema, dict):
            return []
        found = [
            f"{path}.{key}"
            for key, one in schema.get("properties", {}).items()
            if key != "key" and not one.get("description", "").endswith(".")
        ]
        return found + [one for k, v in schema.items() for one in undescribed(v, f"{path}.{k}")]

    assert undescribed(json_schema(), "") == []
