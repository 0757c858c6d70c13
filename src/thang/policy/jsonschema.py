"""The policy's shape as a JSON Schema, so that editors complete keys and mark mistakes.

It describes a shop's own file: every key may be left out, and null drops what may be
dropped. What needs the whole policy to judge, its rules above all, only the loader knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thang.policy.fields import POLICY
from thang.policy.level_fields import CLASHES
from thang.policy.shapes import (
    KIND,
    Either,
    Just,
    Kinds,
    Ladder,
    Leaf,
    Listed,
    Named,
    Number,
    OneOf,
    Prose,
    Record,
    Rule,
    Section,
    Shape,
    Text,
    Truth,
    Variants,
    Weights,
    Whole,
    Word,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}
EVENT_KIND = {"type": "string", "pattern": f"^{KIND}$"}

Schema = dict[str, Any]


def json_schema(shape: Section = POLICY, title: str = "A policy of Thang") -> Schema:
    """The schema (draft 2020-12) of a shop's own file, made from the table of its fields."""
    return {"$schema": DIALECT, "title": title, **_schema(shape)}


def _schema(shape: Shape) -> Schema:
    if isinstance(shape, Section):
        return _section(shape)
    return _leaf(shape)


def _section(shape: Section) -> Schema:
    match shape:
        case Record():
            return _record(shape)
        case Variants():
            return _variants(shape)
        case Ladder():
            return _ladder(shape)
        case Named(key, of):
            return _named(key.pattern, _schema(of))


def _leaf(shape: Leaf) -> Schema:
    match shape:
        case Whole() | Number() | Either():
            return _numeric(shape)
        case Kinds() | Weights() | Listed():
            return _several(shape)
        case Truth():
            return {"type": "boolean"}
        case Just():
            return {"const": True}
    return _words(shape)


def _several(shape: Kinds | Weights | Listed) -> Schema:
    match shape:
        case Weights(weight):
            return {"anyOf": [_several(Kinds()), _named(KIND, _numeric(weight))]}
        case Kinds(least):
            of, at_least = EVENT_KIND, least
        case Listed(one, least):
            of, at_least = _leaf(one), least
    return {"type": "array", "items": of, "minItems": at_least, "uniqueItems": True}


def _numeric(shape: Whole | Number | Either) -> Schema:
    match shape:
        case Whole(low, high):
            return {"type": "integer", "minimum": low, "maximum": high}
        case Number(low, high):
            return {"type": "number", "minimum": float(low), "maximum": float(high)}
        case Either(words, other):
            return {"anyOf": [{"enum": list(words)}, _numeric(other)]}


def _words(shape: Text | Prose | Word | OneOf | Rule) -> Schema:
    match shape:
        case Text(most) | Prose(most):
            return {"type": "string", "minLength": 1, "maxLength": most}
        case Word(pattern):
            return {"type": "string", "pattern": f"^(?:{pattern})$"}
        case OneOf(words):
            return {"enum": list(words)}
        case Rule():
            return {"type": ["string", "boolean"]}


def _named(pattern: str, of: Schema) -> Schema:
    return {
        "type": ["object", "null"],
        "propertyNames": {"pattern": f"^(?:{pattern})$"},
        "additionalProperties": {"anyOf": [of, NULL]},
    }


def _properties(shape: Record) -> Mapping[str, Schema]:
    found = {}
    for field in shape.fields:
        schema = _schema(field.shape)
        can_be_null = field.optional or isinstance(field.shape, Section)
        body = {"anyOf": [schema, NULL]} if can_be_null else schema
        found[field.key] = {"description": field.doc, **body}
    return found


def _record(shape: Record, *, needed: tuple[str, ...] = ()) -> Schema:
    found: Schema = {
        "type": "object",
        "properties": dict(_properties(shape)),
        "additionalProperties": False,
    }
    return {**found, "required": list(needed)} if needed else found


def _variants(shape: Variants) -> Schema:
    """One form by its first key, or a change of what stays in its form."""
    changed = Record(
        tuple({f.key: f for form in shape.forms.values() for f in form.fields[1:]}.values())
    )
    forms = [_record(form, needed=(key,)) for key, form in shape.forms.items()]
    return {"anyOf": [*forms, _record(changed)]}


def _ladder(shape: Ladder) -> Schema:
    whole = _record(shape.of, needed=("key", "name"))
    whole["properties"] = {"key": _words(shape.key), **whole["properties"]}
    whole["dependentRequired"] = {key: [need] for key, need in shape.of.needs.items()}
    whole["allOf"] = [{"not": {"required": list(pair)}} for pair in CLASHES]
    listed = {"type": "array", "items": whole, "minItems": 1, "maxItems": shape.most}
    return {"anyOf": [listed, _named(shape.key.pattern, _record(shape.of))]}
