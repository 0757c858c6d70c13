"""A shop's own keys laid over the default policy's, key by key.

Mappings merge, everything else replaces. null drops what may be missing: a level, a
quantity, a points line, an optional key. What nobody mentions stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from thang.model import WrongPolicy
from thang.policy.draft import Draft, inside, wrong
from thang.policy.fields import POLICY
from thang.policy.nearest import hint
from thang.policy.shapes import (
    Ladder,
    Named,
    Record,
    Section,
    Shape,
    Variants,
    Weights,
    Word,
)
from thang.policy.tree import Keys, Listing, Node, Scalar, Spot

ANY_NAME = Word("(?s).*", "a name")  # event kinds are judged when they are read


def laid(base: Keys | None, top: Keys, shape: Section = POLICY) -> Draft:
    """The draft of `top` over `base`; WrongPolicy for a key that the policy does not have."""
    laying = _Laying()
    root = laying.over(shape, base, top, "")
    return Draft(root if isinstance(root, Keys) else top, laying.drops)


def is_null(node: Node | None) -> bool:
    """Whether a value is there and says nothing."""
    return isinstance(node, Scalar) and node.is_nothing


def shown(node: Node) -> str:
    """A value as a complaint names it."""
    if isinstance(node, Scalar):
        text = node.text if len(node.text) <= 40 else f"{node.text[:40]}…"
        return "nothing" if node.is_nothing else text if node.plain else f'the text "{text}"'
    return "a list" if isinstance(node, Listing) else "a mapping"


def named_right(key: Word, name: str, spot: Spot, path: str) -> None:
    """Refuse a name that has not the form it needs."""
    if not re.fullmatch(key.pattern, name):
        raise wrong(spot, path, f"{name[:40]} is not {key.says}")


@dataclass(slots=True)
class _Laying:
    drops: dict[str, Spot] = field(default_factory=dict)

    def over(self, shape: Shape, base: Node | None, top: Node, path: str) -> Node:
        """`top` over `base`; a value of the wrong sort is left for the reader to refuse."""
        below = base if isinstance(base, Keys) else None
        if isinstance(shape, Ladder) and isinstance(top, Listing):
            return self._listed(shape, below, top, path)
        if not isinstance(top, Keys):
            return top
        merged = top
        match shape:
            case Record():
                merged = self._record(shape, below, top, path)
            case Variants():
                merged = self._variant(shape, below, top, path)
            case Named():
                merged = self._named(shape, below, top, path)
            case Weights(weight):
                merged = self._named(Named(ANY_NAME, weight, "kind"), below, top, path)
            case Ladder():
                merged = self._changed(shape, below, top, path)
        return merged

    def _record(self, shape: Record, base: Keys | None, top: Keys, path: str) -> Keys:
        merged = dict(base.items) if base else {}
        for key, value in top.items.items():
            at, of = inside(path, key), shape.field(key)
            if of is None:
                raise wrong(value.spot, at, f"there is no such key here{hint(key, shape.keys)}")
            if not is_null(value):
                merged[key] = self.over(of.shape, merged.get(key), value, at)
            elif of.optional:
                self._drop(merged, shape, top, key, at)
            elif key not in merged or not isinstance(merged[key], Keys):
                raise wrong(value.spot, at, _empty(key, of.shape, is_known=key in merged))
        return Keys(top.spot, merged)

    def _drop(self, merged: dict[str, Node], shape: Record, top: Keys, key: str, path: str) -> None:
        merged.pop(key, None)
        self.drops[path] = top.items[key].spot
        for other, need in shape.needs.items():
            if need == key and other in merged and other not in top.items:
                merged.pop(other)
                gone = [k for k, n in shape.needs.items() if n == other and k not in top.items]
                for name in gone:
                    merged.pop(name, None)

    def _variant(self, shape: Variants, base: Keys | None, top: Keys, path: str) -> Keys:
        chosen = shape.chosen(top.items)
        if len(chosen) > 1:
            raise wrong(
                top.items[chosen[1]].spot,
                inside(path, chosen[1]),
                f"{chosen[0]} is here too; a quantity has one of them",
            )
        if base is None or (chosen and chosen[0] not in base.items):
            base = None
        forms = chosen or shape.chosen(base.items if base else {})
        if not forms:
            raise wrong(
                top.spot,
                path,
                f"it says not what it counts; give it one of {', '.join(shape.forms)}",
            )
        record = shape.forms[forms[0]]
        for key, value in top.items.items():
            if key in shape.keys and key not in record.keys:
                raise wrong(value.spot, inside(path, key), f"{forms[0]} takes no {key}; drop it")
        return self._record(record, base, top, path)

    def _named(self, shape: Named, base: Keys | None, top: Keys, path: str) -> Keys:
        merged = dict(base.items) if base else {}
        for name, value in top.items.items():
            at = inside(path, name)
            if is_null(value):
                self._forget(merged, name, value.spot, at, shape.noun)
                continue
            named_right(shape.key, name, value.spot, at)
            merged[name] = self.over(shape.of, merged.get(name), value, at)
        return Keys(top.spot, merged)

    def _forget(self, merged: dict[str, Node], name: str, spot: Spot, path: str, noun: str) -> None:
        if name not in merged:
            raise wrong(spot, path, f"there is no {noun} {name[:40]} to drop{hint(name, merged)}")
        self.drops[path] = spot
        del merged[name]

    def _changed(self, shape: Ladder, base: Keys | None, top: Keys, path: str) -> Keys:
        merged = dict(base.items) if base else {}
        first = next(iter(merged), "")
        for key, value in top.items.items():
            at = inside(path, key)
            if key == first and is_null(value):
                raise wrong(
                    value.spot, at, "the first level is everybody the shop knows and cannot go"
                )
            if is_null(value):
                self._forget(merged, key, value.spot, at, "level")
            elif key not in merged:
                raise wrong(value.spot, at, _no_level(key, merged))
            else:
                merged[key] = self.over(shape.of, merged[key], _without_key(value, key, at), at)
        return Keys(top.spot, merged)

    def _listed(self, shape: Ladder, base: Keys | None, top: Listing, path: str) -> Keys:
        if not 1 <= len(top.items) <= shape.most:
            raise wrong(top.spot, path, f"a ladder has 1 to {shape.most} levels")
        merged: dict[str, Node] = {}
        for place, item in enumerate(top.items, start=1):
            key = _key_of(item, shape.key, f"{path}[{place}]")
            at = inside(path, key)
            if key in merged:
                raise wrong(item.spot, at, f"this level is on line {merged[key].spot.line} already")
            merged[key] = self.over(shape.of, None, _without_key(item, key, at), at)
        for key in base.items if base else ():
            if key not in merged:
                self.drops[inside(path, key)] = top.spot
        return Keys(top.spot, merged)


def _empty(key: str, shape: Shape, *, is_known: bool) -> str:
    other = ", or leave the key out to keep the default" if is_known else ""
    return f"{key} is empty; give it {shape.says}{other}"


def _no_level(key: str, known: Mapping[str, Node]) -> str:
    return (
        f"there is no level {key[:40]}{hint(key, known)}; to add a level, write the whole "
        "ladder as a list"
    )


def _key_of(item: Node, key: Word, path: str) -> str:
    if not isinstance(item, Keys):
        raise wrong(item.spot, path, f"expected a level with key and name, found {shown(item)}")
    node = item.items.get("key")
    if not isinstance(node, Scalar) or node.is_nothing:
        raise wrong(item.spot, path, "this level has no key; give it one, such as key: member")
    named_right(key, node.text, node.spot, f"{path}.key")
    return node.text


def _without_key(level: Node, key: str, path: str) -> Node:
    if not isinstance(level, Keys) or "key" not in level.items:
        return level
    node = level.items["key"]
    if not isinstance(node, Scalar) or node.text != key:
        raise _fixed_key(node, key, path)
    return Keys(level.spot, {k: v for k, v in level.items.items() if k != "key"})


def _fixed_key(node: Node, key: str, path: str) -> WrongPolicy:
    return wrong(
        node.spot,
        inside(path, "key"),
        f"a level keeps its key {key}, by which its history is known; rename it by name",
    )
