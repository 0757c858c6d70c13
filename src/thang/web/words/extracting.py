"""Reads every refusal's sentence out of the source: the text with each `{…}` numbered as a hole.

Most sentences are whole where they are raised. The policy's complaints are put together
from phrases; a hole that takes such a phrase names the group, as in `{0}: {1:complaint}.`
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from thang.web.words.said_where import OTHERS
from thang.web.words.source_reader import Hole, Parts, Reader

SOURCE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """One skeleton: its group ("": a whole sentence), its text, and the file that says it."""

    group: str
    text: str
    file: str


def sentences(source: Path = SOURCE) -> list[Said]:
    """Every skeleton of the source; LookupError where one cannot be read."""
    files = [Reader.of(path, source) for path in sorted(source.rglob("*.py"))]
    errors = _errors(file.tree for file in files)
    found = [
        Said(group, numbered(parts), file.name)
        for file in files
        for group, parts in file.said(errors)
    ]
    found += [Said(group, text, "") for group, texts in OTHERS.items() for text in texts]
    return sorted({(one.group, one.text): one for one in sorted(found)}.values())


def numbered(parts: Parts) -> str:
    """A skeleton as the catalogue writes it."""
    text, count = "", 0
    for part in parts:
        if isinstance(part, Hole):
            text += f"{{{count}:{part.group}}}" if part.group else f"{{{count}}}"
            count += 1
        else:
            text += part
    return text


def _errors(trees: Iterable[ast.Module]) -> set[str]:
    """The classes of refusals, by name: ThangError and all that are made of it."""
    bases = {
        node.name: {ast.unparse(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"ThangError"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found
