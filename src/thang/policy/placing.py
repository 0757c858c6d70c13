"""Putting one value at its place in a YAML text, all other characters kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import yaml

STEP = 2  # spaces by which a mapping that we add is indented


def placed(
    text: str,
    root: yaml.Node | None,
    path: Sequence[str],
    value: str,
    within: Callable[[str], str] | None = None,
) -> str:
    """The text with a value (as YAML) at a path of keys; missing mappings are added.

    `root` is what the text was composed to. `within` changes a value that is there
    already, given as it is written, instead of replacing it.
    """
    if root is None or _is_nothing(root):
        return _lines(text) + _block(path, value, 0) + "\n"
    node, rest = _walk(root, path)
    if not rest and within is not None and not _is_nothing(node):
        return _changed(text, node, within)
    if not rest or _is_nothing(node):
        return _replaced(text, node, rest, value)
    if isinstance(node, yaml.MappingNode):
        return _added(text, node, rest, value)
    return text


def _walk(root: yaml.Node, path: Sequence[str]) -> tuple[yaml.Node, list[str]]:
    """The deepest node on the way that is there, and the keys still to go."""
    node = root
    for depth, key in enumerate(path):
        below = _below(node, key)
        if below is None:
            return node, list(path[depth:])
        node = below
    return node, []


def _below(node: yaml.Node, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode):  # the whole ladder, written as a list
        return next((item for item in node.value if _key_of(item) == key), None)
    return None


def _key_of(item: yaml.Node) -> str:
    found = _below(item, "key") if isinstance(item, yaml.MappingNode) else None
    return str(found.value) if isinstance(found, yaml.ScalarNode) else ""


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _changed(text: str, node: yaml.Node, within: Callable[[str], str]) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        start = text.index("\n", start)
    return text[:start] + within(text[start:end]) + text[end:]


def _replaced(text: str, node: yaml.Node, rest: Sequence[str], value: str) -> str:
    """In place of a scalar; a key that says nothing gets a mapping below it."""
    start, end = node.start_mark.index, node.end_mark.index
    written = text[start:end]
    if rest:
        value = "{" + _flow(rest, value) + "}"
    if not written:
        value = f" {value}"
    elif written.endswith("\n"):
        value += "\n"
    return text[:start] + value + text[end:]


def _added(text: str, node: yaml.MappingNode, path: Sequence[str], value: str) -> str:
    if node.flow_style or not node.value:
        return _added_in_braces(text, node, path, value)
    indent = node.value[0][0].start_mark.column
    end = _end(text, node)
    return text[:end] + "\n" + _block(path, value, indent) + text[end:]


def _added_in_braces(text: str, node: yaml.MappingNode, path: Sequence[str], value: str) -> str:
    if not node.value:
        at = node.start_mark.index + 1
        return text[:at] + _flow(path, value) + text[at:]
    at = node.value[-1][1].end_mark.index
    return text[:at] + ", " + _flow(path, value) + text[at:]


def _end(text: str, node: yaml.Node) -> int:
    """The end of the last line of a block, remarks on that line included."""
    last = node
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        item = last.value[-1]
        last = item[1] if isinstance(item, tuple) else item
    end = len(text[: last.end_mark.index].rstrip())
    newline = text.find("\n", end)
    return len(text.rstrip("\n")) if newline < 0 else newline


def _block(path: Sequence[str], value: str, indent: int) -> str:
    lines = [f"{' ' * (indent + STEP * depth)}{key}:" for depth, key in enumerate(path)]
    return "\n".join(lines) + f" {value}"


def _flow(path: Sequence[str], value: str) -> str:
    inner = f"{path[-1]}: {value}"
    for key in reversed(path[:-1]):
        inner = f"{key}: {{{inner}}}"
    return inner


def _lines(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
