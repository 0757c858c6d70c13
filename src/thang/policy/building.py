"""From plain values to the frozen nouns of the schema.

Rules are read here, where all names are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, get_type_hints

from thang.policy.aims import Aims
from thang.policy.contact import Contact
from thang.policy.draft import Draft, wrong
from thang.policy.programmes import Programmes
from thang.policy.quantity_fields import FORMS
from thang.policy.rules import RuleError, parse
from thang.policy.schema import (
    Act,
    Activity,
    Always,
    Bars,
    Expr,
    Level,
    Measure,
    Policy,
    PremierBar,
    Quantity,
    Referral,
    Shop,
    Silence,
    Window,
)
from thang.policy.tree import Scalar
from thang.policy.where import where_of

FOREVER = "ever"
T = TypeVar("T")


def build(draft: Draft, values: Mapping[str, Any]) -> Policy:
    """The policy of a draft and its values, its rules read but not yet weighed."""
    sentences = Sentences(draft, frozenset(values["quantities"]), frozenset(values["levels"]))
    bars, blocked = values["bars"], values.get("blocked", {})
    return Policy(
        version=values["version"],
        shop=Shop(**values["shop"]),
        window=Window(**values["window"]),
        quantities={k: quantity(k, v) for k, v in values["quantities"].items()},
        schemes={k: tuple(act(n, v) for n, v in s.items()) for k, s in values["points"].items()},
        levels=tuple(sentences.level(k, v) for k, v in values["levels"].items()),
        bars=Bars(
            PremierBar(**bars["premier"]), bars["member_level"], sentences.rule("bars.unless")
        ),
        activity=Activity(**values["activity"]),
        referral=Referral(**values["referral"]),
        aims=nested(Aims, values),
        sending=nested(Contact, values["sending"]),
        programmes=nested(Programmes, values["programmes"]),
        programme=values["programme"],
        blocked=sentences.rule("blocked.while") if blocked else Always(False),
        blocked_by=blocked.get("ended_by", ()),
    )


def nested(of: type[T], values: Mapping[str, Any]) -> T:
    """A dataclass whose fields may be dataclasses, from mappings that may say more than it has."""
    hints = _hints(of)  # type: ignore[arg-type]
    found = {}
    for name in (one.name for one in fields(of) if one.name in values):  # type: ignore[arg-type]
        inner: type[Any] = hints[name]
        found[name] = nested(inner, values[name]) if is_dataclass(inner) else values[name]
    return of(**found)


@cache
def _hints(of: type[Any]) -> dict[str, Any]:
    return get_type_hints(of)


def quantity(name: str, values: Mapping[str, Any]) -> Quantity:
    """One quantity; its measure is the form that its keys name."""
    form = next(form for form, _ in FORMS if form in values)
    what, within = values[form], values.get("within", FOREVER)
    kinds, scheme = _what(what)
    return Quantity(
        name,
        Measure(form),
        kinds,
        closes=values.get("close", ()),
        by=values.get("by", "ref"),
        within=None if within == FOREVER else within,
        of_months=values.get("of", 0),
        scheme=scheme,
        outward=values.get("outward", False),
        where=where_of(values.get("where", {})),
        close_where=where_of(values.get("close_where", {})),
    )


def _what(what: Any) -> tuple[tuple[tuple[str, Fraction], ...], str]:
    """Weighed kinds or the name of a scheme, a bar or a setting, whichever the form takes."""
    if isinstance(what, str):
        return (), what
    if not isinstance(what, tuple):
        return (), ""
    return tuple(one if isinstance(one, tuple) else (one, Fraction(1)) for one in what), ""


def act(name: str, values: Mapping[str, Any]) -> Act:
    """One line of a points scheme."""
    return Act(name, **{**values, "where": where_of(values.get("where", {}))})


@dataclass(frozen=True, slots=True)
class Sentences:
    """Reads the rules of a draft with its names in mind."""

    draft: Draft
    names: frozenset[str]
    levels: frozenset[str]

    def level(self, key: str, values: Mapping[str, Any]) -> Level:
        """One level with its rules."""
        rules: dict[str, Any] = {
            word: self.rule(f"levels.{key}.{word}")
            for word in ("fact", "enter", "keep")
            if word in values
        }
        silence = Silence(**values["silence"]) if "silence" in values else None
        rest = {k: v for k, v in values.items() if k not in (*rules, "name", "silence")}
        return Level(key, names=values["name"], silence=silence, **rules, **rest)

    def rule(self, path: str) -> Expr:
        """The rule at a path; WrongPolicy on the line where it goes wrong."""
        node = self.draft.find(path)
        if not isinstance(node, Scalar):
            raise self.draft.wrong(path, "expected a rule")
        try:
            return parse(node.text, self.names, self.levels)
        except RuleError as error:
            if error.missing in self.draft.drops:
                raise self.draft.missing(error.missing, path, error.message) from None
            raise wrong(node.spot_at(error.column), path, error.message) from None
