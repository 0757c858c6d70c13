"""YAML as a tree whose every part knows its file and line.

Only plain data is read: no tags, no key twice, no second document, and no more
values than a policy can need, however often an alias repeats them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from thang.model import WrongPolicy

MOST_TEXT, MOST_VALUES, MOST_DEPTH = 200_000, 20_000, 16
NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it was written; `source` is its text in the file, from line `start` on."""

    spot: Spot
    text: str
    plain: bool = True
    source: str = ""
    start: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether the key was left empty, or said null."""
        return self.plain and self.text in NOTHING

    def spot_at(self, column: int) -> Spot:
        """The line on which the character at a column (from 1) of the text was written."""
        seen = len(re.sub(r"\s", "", self.text[: column - 1]))
        for match in re.finditer(r"\S", self.source):
            if seen == 0:
                return Spot(self.spot.file, self.start + self.source.count("\n", 0, match.start()))
            seen -= 1
        return Spot(self.spot.file, self.start + self.source.rstrip().count("\n"))


@dataclass(frozen=True, slots=True)
class Listing:
    """Values in a row."""

    spot: Spot
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """Values by name; each value's spot is the line of its key."""

    spot: Spot
    items: Mapping[str, Node] = field(default_factory=dict)


Node = Scalar | Listing | Keys


def read_tree(text: str, file: str) -> Keys:
    """The mapping that a file holds (an empty file: none); WrongPolicy for anything else."""
    if len(text) > MOST_TEXT:
        raise WrongPolicy(
            f"{file}: it is longer than {MOST_TEXT} characters; a policy is a few hundred lines."
        )
    composed = _composed(text, file)
    if composed is None:
        return Keys(Spot(file, 1))
    root = _Planting(file, text).node(composed, Spot(file, composed.start_mark.line + 1), 1)
    if isinstance(root, Scalar) and root.is_nothing:
        return Keys(root.spot)
    if not isinstance(root, Keys):
        raise WrongPolicy(f"{root.spot}: a policy is keys with values, such as `programme: yes`.")
    return root


class _Careful(yaml.SafeLoader):
    """Composes nodes, and stops at a tag or at nesting that no policy has."""

    nested = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(
                problem="tags (!) are not read here; write the plain value",
                problem_mark=event.start_mark,
            )
        self.nested += 1
        if self.nested > MOST_DEPTH:
            raise yaml.MarkedYAMLError(
                problem="values are nested too deep for a policy", problem_mark=event.start_mark
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        self.nested -= 1
        return node


def _composed(text: str, file: str) -> yaml.Node | None:
    try:
        loader = _Careful(text)
        node: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise WrongPolicy(f"{file}:{line}: this is no YAML we read: {_said(error)}.") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise WrongPolicy(
            f"{file}:{line}: there is a control character (U+{ord(text[error.position]):04X}); "
            "delete it."
        ) from None
    return node


def _said(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "it ends too early"
    if problem.startswith("but "):
        return f"{error.context}, {problem}"
    return f"{problem}; indent with spaces" if r"'\t'" in problem else problem


@dataclass(slots=True)
class _Planting:
    """From composed YAML nodes to the tree, counting every value that an alias repeats."""

    file: str
    text: str
    values: int = 0

    def node(self, node: yaml.Node, spot: Spot, depth: int) -> Node:
        self.values += 1
        if self.values > MOST_VALUES or depth > MOST_DEPTH:
            raise WrongPolicy(
                f"{spot}: aliases (*) repeat this into more than a policy can hold; "
                "write the values out."
            )
        if isinstance(node, yaml.MappingNode):
            return self._keys(node, spot, depth)
        if isinstance(node, yaml.SequenceNode):
            items = (self.node(item, self._spot(item), depth + 1) for item in node.value)
            return Listing(spot, tuple(items))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, spot)
        raise TypeError(node)

    def _spot(self, node: yaml.Node) -> Spot:
        return Spot(self.file, node.start_mark.line + 1)

    def _keys(self, node: yaml.MappingNode, spot: Spot, depth: int) -> Keys:
        items: dict[str, Node] = {}
        for key, value in node.value:
            at = self._spot(key)
            if not isinstance(key, yaml.ScalarNode):
                raise WrongPolicy(f"{at}: a key is one word, not a list or a mapping.")
            if key.value in items:
                raise WrongPolicy(f"{at}: {key.value}: this key is here twice; keep one of them.")
            items[key.value] = self.node(value, at, depth + 1)
        return Keys(spot, items)

    def _scalar(self, node: yaml.ScalarNode, spot: Spot) -> Scalar:
        first, last = node.start_mark, node.end_mark
        source, start = self.text[first.index : last.index], first.line + 1
        if node.style in ("|", ">"):
            _header, _, source = source.partition("\n")
            start += 1
        elif node.style is not None:
            source = source[1:]
        return Scalar(spot, node.value, node.style is None, source, start)
