"""Every key of a playbook in one table: its type, its range, and one sentence of what it is for."""

from __future__ import annotations

from typing import Any

from thang.policy.aims import GROUPS
from thang.policy.jsonschema import json_schema
from thang.policy.playbook.nouns import CHANNELS
from thang.policy.quantity_fields import WHERE
from thang.policy.shapes import (
    NAME,
    Field,
    Kinds,
    Listed,
    Named,
    OneOf,
    Prose,
    Record,
    Rule,
    Shape,
    Text,
    Truth,
    Variants,
    Whole,
    Word,
)

OWN_NAME = Word(NAME, "a name of small letters, digits and _")
ID = Word(r"[AB][1-9][0-9]?", "the number of a row of the articles, such as A12")
LEVEL = Word(NAME, "the key of a level")
DAYS = Whole(1, 3650)
PURPOSES = OneOf(("marketing", "service"))

SUBJECT = Record(
    (
        Field("vi", Text(120), "In Vietnamese."),
        Field("en", Text(120), "In English."),
    )
)
BODY = Record(
    (
        Field("vi", Prose(4000), "In Vietnamese."),
        Field("en", Prose(4000), "In English."),
    )
)
STEP = Record(
    (
        Field("wait", Whole(0, 365), "Days after the step before, or after the start.", absent="0"),
        Field("channels", Listed(OneOf(CHANNELS)), "Where it goes, the best first."),
        Field("purpose", PURPOSES, "Advertising, or service to who is a customer anyway.",
              absent="marketing"),
        Field("only_if", Rule(), "Left out unless this holds when it falls due.", absent="always"),
        Field("subject", SUBJECT, "The subject, or the title of the task."),
        Field("body", BODY, "The text, with merge fields in double braces."),
    )
)  # fmt: skip
SUCCESS = Record(
    (
        Field("when", Rule(), "What has to come true; what happens counts from the start on."),
        Field("within", DAYS, "Within so many days of the start."),
    )
)
STRATEGY = Record(
    (
        Field("id", ID, "The row of the articles.", absent="a strategy of the shop's own"),
        Field("name", SUBJECT, "What people read."),
        Field("quote", Text(300), "The article's own words.", absent="none"),
        Field("instructed", Truth(), "Whether the article says to do it, or implies it.",
              absent="true"),
        Field("levels", Listed(LEVEL), "Who is meant, by level.", absent="any level"),
        Field("lifts_to", LEVEL, "The level it is meant to lead to.", absent="none"),
        Field("group", OneOf(GROUPS), "The group that the article speaks of.", absent="none"),
        Field("stages", Listed(Whole(1, 5)), "At which stages of the shop.", absent="any stage"),
        Field("scope", OneOf(("person", "shop")), "Done for a person, or once for the shop.",
              absent="person"),
        Field("trigger", Rule(), "When it begins."),
        Field("steps", Named(OWN_NAME, STEP, "step"), "What is done, in this order."),
        Field("success", SUCCESS, "What counts as having worked."),
        Field("metric", Text(200), "What to look at."),
        Field("cost", Whole(0, 10**9), "What one contact costs, in minor units.", absent="0"),
        Field("cooldown", Whole(0, 3650), "Days until it may begin again with the same person."),
        Field("enabled", Truth(), "Whether it is done at all.", absent="true"),
        Field("needs_gate", Truth(), "Not before the gate for the viral ones is open.",
              absent="false"),
        Field("owed", Truth(), "Service that is owed: nobody is held out of it.", absent="false"),
    )
)  # fmt: skip


def _form(key: str, doc: str, *more: Field) -> tuple[str, Record]:
    return key, Record((Field(key, Kinds(), doc), *more))


WITHIN = Field("within", DAYS, "In so many days.", absent="ever")
MEANT = Field("where", WHERE, "Which of them are meant.", absent="all")
FACT_FORMS = dict(
    (
        _form("count", "Events of these kinds.", WITHIN, MEANT),
        _form("sum", "Their amounts, in minor units.", WITHIN, MEANT),
        _form("days", "Distinct shop days with one.", WITHIN, MEANT),
        _form("months", "Distinct shop months with one.", WITHIN, MEANT),
        _form("since", "Days since the last one.", MEANT),
    )
)
DETAIL: Shape = Text(500)

PLAYBOOK = Record(
    (
        Field("strategies", Named(OWN_NAME, STRATEGY, "strategy"), "What the shop does for whom."),
        Field("facts", Named(OWN_NAME, Variants(FACT_FORMS), "fact"),
              "Facts of the shop's own, for rules."),
        Field("shop", Named(OWN_NAME, DETAIL, "detail"),
              "What texts say of the shop: `{{ shop.<name> }}`."),
    )
)  # fmt: skip


def playbook_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a shop's own playbook.yaml."""
    return json_schema(PLAYBOOK, "A playbook of Thang")
