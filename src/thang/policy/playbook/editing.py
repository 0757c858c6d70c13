"""New words from a form into a shop's playbook.yaml, which otherwise stays as it was written.

What comes out is read again: it must say what was meant of one strategy, and the same as before
of everything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import yaml

from thang.model import WrongPolicy
from thang.policy.placing import placed
from thang.policy.playbook.load import FILE, read_playbook
from thang.policy.playbook.nouns import Playbook
from thang.policy.playbook.sense import Reads
from thang.policy.playbook.standings import LEVELS

STRATEGIES = "strategies"
RESERVED = ("new", "next", "run", "stop")  # addresses of the pages of strategies
# A text that was read once says the same for ever; forms are tried at each keystroke.
_known = lru_cache(maxsize=8)(read_playbook)
Levels = Sequence[str]


def known_playbook(text: str, levels: Levels = LEVELS, reads: Reads | None = None) -> Playbook:
    """The playbook of a text over the default one, read once for all who ask."""
    return _known(text, FILE, tuple(levels), reads)


def switched(text: str, key: str, *, on: bool, levels: Levels = LEVELS) -> str:
    """The text with a strategy switched on or off."""
    return changed(text, key, {("enabled",): on}, levels)


def changed(
    text: str, key: str, values: Mapping[tuple[str, ...], Any], levels: Levels = LEVELS,
    reads: Reads | None = None,
) -> str:  # fmt: skip
    """The text with these values of a strategy, by their keys below it.

    WrongPolicy for a value that cannot be, or where the text says it in a way of its own.
    """
    before = known_playbook(text, levels)
    for path, value in values.items():
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        text = placed(text, root, [STRATEGIES, key, *path], _flow(value))
    _only_this(before, known_playbook(text, levels, reads), key)
    return text


def added(
    text: str, key: str, strategy: Mapping[str, Any], levels: Levels = LEVELS,
    reads: Reads | None = None,
) -> str:  # fmt: skip
    """The text with one strategy more, written below what is there; WrongPolicy if it is wrong."""
    before = known_playbook(text, levels)
    if key in RESERVED or any(one.key == key for one in before.strategies):
        raise WrongPolicy(f"There is a strategy {key} already: give yours another name.")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    indent = _indent(root)
    block = _flow(strategy) if indent is None else "\n" + _block(strategy, indent)
    text = placed(text, root, [STRATEGIES, key], block).replace(f"{key}: \n", f"{key}:\n", 1)
    _only_this(before, known_playbook(text, levels, reads), key)
    return text


def _indent(root: yaml.Node | None) -> int | None:
    """By how much the values of a strategy are indented; None: they stand in braces."""
    if not isinstance(root, yaml.MappingNode) or not root.value:
        return 4
    if root.flow_style:
        return None
    column = root.value[0][0].start_mark.column
    below = next((value for name, value in root.value if name.value == STRATEGIES), None)
    if isinstance(below, yaml.MappingNode) and below.value:
        return None if below.flow_style else below.value[0][0].start_mark.column + 2
    return column + 4 if below is None else None


def _block(values: Mapping[str, Any], indent: int) -> str:
    """As a person would write it: a key a line, long texts as they read."""
    written = yaml.dump(
        values, Dumper=_Readable, allow_unicode=True, sort_keys=False, width=10_000
    ).rstrip("\n")
    return "\n".join(" " * indent + line if line else "" for line in written.split("\n"))


class _Readable(yaml.SafeDumper):
    """Texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    lines = text.split("\n")
    tidy = len(lines) > 1 and not any(line != line.rstrip() for line in lines)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if tidy else None)


_Readable.add_representer(str, _text)


def _flow(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _only_this(before: Playbook, after: Playbook, key: str) -> None:
    """Refuse a change that did not come out as it was meant: an alias repeats it, for instance."""
    if _others(before, key) != _others(after, key):
        raise WrongPolicy(
            f"{key} cannot be changed from the form, since the text says it in a way of "
            "its own; change it in the YAML text."
        )


def _others(book: Playbook, key: str) -> Playbook:
    templates = {
        name: one for name, one in book.templates.items() if not name.startswith(f"{key}.")
    }
    rest = tuple(one for one in book.strategies if one.key != key)
    return replace(book, strategies=rest, templates=templates, fingerprint="")
