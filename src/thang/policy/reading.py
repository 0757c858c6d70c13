"""From the draft's tree to plain values of the right type and range, by the table of fields."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from thang.model import WrongPolicy
from thang.policy.draft import inside, wrong
from thang.policy.exact import number
from thang.policy.nearest import hint
from thang.policy.overlay import is_null, shown
from thang.policy.shapes import (
    KIND,
    Either,
    Just,
    Kinds,
    Ladder,
    Listed,
    Named,
    Number,
    OneOf,
    Prose,
    Record,
    Shape,
    Text,
    Truth,
    Variants,
    Weights,
    Whole,
    Word,
)
from thang.policy.tree import Keys, Listing, Node, Scalar

TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")


def read(shape: Shape, node: Node, path: str) -> Any:
    """The value of a node; WrongPolicy with file, line, key and cure if it has not this shape.

    Mappings become dicts, numbers `int` or `Fraction`, event kinds a tuple, weighed kinds
    a tuple of pairs; a rule stays a `Scalar`, since only the whole policy can read it.
    """
    match shape:
        case Record() | Variants() | Named() | Ladder():
            if not isinstance(node, Keys):
                raise _other(shape, node, path)
            return _section(shape, node, path)
        case Kinds():
            return _kinds(shape, node, path)
        case Weights():
            return _weights(shape, node, path)
        case Listed():
            return _listed(shape, node, path)
    if not isinstance(node, Scalar) or node.is_nothing:
        raise _other(shape, node, path)
    return _leaf(shape, node, path)


def _other(shape: Shape, node: Node, path: str, cure: str = "") -> WrongPolicy:
    return wrong(node.spot, path, f"expected {shape.says}, found {shown(node)}{cure}")


def _section(shape: Record | Variants | Named | Ladder, node: Keys, path: str) -> dict[str, Any]:
    match shape:
        case Named() | Ladder():
            return {k: read(shape.of, v, inside(path, k)) for k, v in node.items.items()}
        case Variants():
            return _section(shape.forms[shape.chosen(node.items)[0]], node, path)
    values = {}
    for field in shape.fields:
        value = node.items.get(field.key)
        if value is None and not field.optional:
            raise wrong(node.spot, path, f"{field.key} is missing; give it {field.shape.says}")
        if value is not None and not (field.optional and is_null(value)):
            values[field.key] = read(field.shape, value, inside(path, field.key))
    return values


def _leaf(shape: Shape, node: Scalar, path: str) -> Any:
    match shape:
        case Whole() | Number():
            return _number(shape, node, path)
        case Either():
            return _either(shape, node, path)
        case Truth() | Just():
            return _truth(shape, node, path)
        case OneOf() | Word() | Text() | Prose():
            return _words(shape, node, path)
    return node


def _number(shape: Whole | Number, node: Scalar, path: str) -> int | Fraction:
    if not node.plain:
        raise _other(shape, node, path, "; write it without quotation marks")
    if node.text.startswith("-"):
        raise _other(shape, node, path)
    try:
        value = number(node.text)
    except ValueError as error:
        raise wrong(node.spot, path, f"expected {shape.says}, but {error}") from None
    if not shape.low <= value <= shape.high:
        raise _other(shape, node, path)
    if isinstance(shape, Number):
        return value
    if value.denominator != 1:
        raise _other(shape, node, path)
    return int(value)


def _either(shape: Either, node: Scalar, path: str) -> str | int | Fraction:
    if node.text in shape.words:
        return node.text
    if re.match(r"[\d-]", node.text):
        return _number(shape.other, node, path)
    raise _other(shape, node, path, hint(node.text, shape.words))


def _truth(shape: Truth | Just, node: Scalar, path: str) -> bool:
    word = node.text.lower()
    if not node.plain or word not in TRUE + FALSE:
        raise _other(shape, node, path)
    if isinstance(shape, Just) and word in FALSE:
        raise _other(shape, node, path, "; to do without it, drop the whole name with null")
    return word in TRUE


def _words(shape: OneOf | Word | Text | Prose, node: Scalar, path: str) -> str:
    text = node.text
    match shape:
        case OneOf(words):
            is_right = text in words
            cure = hint(text, words)
        case Word(pattern):
            is_right, cure = re.fullmatch(pattern, text) is not None, ""
        case Text(most):
            text, cure = text.strip(), ""
            is_right = 1 <= len(text) <= most and text.isprintable()
        case Prose(most):
            text, cure = text.strip(), ""
            is_right = 1 <= len(text) <= most and text.replace("\n", "").isprintable()
    if not is_right:
        raise _other(shape, node, path, cure)
    return text


def _kinds(shape: Kinds, node: Node, path: str) -> tuple[str, ...]:
    if not isinstance(node, Listing):
        raise _other(shape, node, path, "; write it as a list, such as [order_completed]")
    if len(node.items) < shape.least:
        raise wrong(node.spot, path, "the list is empty; name at least one event kind")
    found: list[str] = []
    for item in node.items:
        if not isinstance(item, Scalar) or item.is_nothing:
            raise wrong(item.spot, path, f"expected an event kind, found {shown(item)}")
        if kind(item, item.text, path) in found:
            raise wrong(item.spot, path, f"{item.text} is here twice; keep one of them")
        found.append(item.text)
    return tuple(found)


def _listed(shape: Listed, node: Node, path: str) -> tuple[str | int, ...]:
    if not isinstance(node, Listing):
        raise _other(shape, node, path, "; write it in brackets")
    if len(node.items) < shape.least:
        raise wrong(node.spot, path, "the list is empty; name at least one")
    found: list[str | int] = []
    for item in node.items:
        value = read(shape.of, item, path)
        if value in found:
            raise wrong(item.spot, path, f"{value} is here twice; keep one of them")
        found.append(value)
    return tuple(found)


def _weights(shape: Weights, node: Node, path: str) -> tuple[tuple[str, Fraction], ...]:
    if not isinstance(node, Keys):
        return tuple((name, Fraction(1)) for name in _kinds(Kinds(), node, path))
    if not node.items:
        raise wrong(node.spot, path, "the mapping is empty; name at least one event kind")
    return tuple(
        (kind(value, name, path), read(shape.weight, value, inside(path, name)))
        for name, value in node.items.items()
    )


def kind(node: Node, name: str, path: str) -> str:
    """An event kind as it is stored; the wire's spelling is refused with the stored one."""
    if re.fullmatch(KIND, name):
        return name
    stored = snake(name)
    cure = f"write {stored}" if stored else "write it in snake case, such as order_completed"
    raise wrong(node.spot, path, f"{name[:60]} is not how an event kind is stored; {cure}")


def snake(name: str) -> str:
    """`Order Completed` and `orderCompleted` in snake case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_")[:64]
