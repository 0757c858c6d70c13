"""One file of the source, and the sentences in it as far as the file itself can tell them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TypeVar

from thang.web.words.said_where import ARGUMENTS, HANDED_ON, NAMED, NOUNS, RETURNED, TAKEN

DEEPEST = 8  # names of names of texts


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a sentence that is known only when it is said."""

    group: str = ""


Parts = tuple[str | Hole, ...]
Scope = ast.FunctionDef | None
Found = TypeVar("Found")


@dataclass(frozen=True)
class Reader:
    """One file of the source, and the functions and constants that its sentences are made of."""

    name: str
    tree: ast.Module
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, source: Path) -> Reader:
        """The file at a path."""
        made = cls(path.relative_to(source).as_posix(), ast.parse(path.read_text("utf-8")))
        made._scoped(made.tree, None)
        return made

    def _scoped(self, node: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(node):
            self.scopes[child] = scope
            if isinstance(child, ast.FunctionDef):
                self.functions[child.name] = child
            self._scoped(child, child if isinstance(child, ast.FunctionDef) else scope)

    def said(self, errors: set[str]) -> Iterator[tuple[str, Parts]]:
        """The sentences of these classes of errors, and the phrases, with their groups."""
        for node, scope in self.scopes.items():
            for expr, group in self._spoken(node, errors):
                for parts in self._whole(expr, scope):
                    yield group, parts

    def _spoken(self, node: ast.AST, errors: set[str]) -> Iterator[tuple[ast.expr, str]]:
        """The expressions of a statement or call that are sentences."""
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                yield from self._arguments(node, name, errors)
            case ast.Return(value=ast.expr() as value):
                scope = self.scopes[node]
                if scope and (group := self._of(RETURNED, scope.name)):
                    yield from ((one, group) for one in _phrases(value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                if group := self._of(NAMED, name):
                    yield value, group
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for target, value in zip(names, values, strict=True):
                    if group := self._of(NAMED, ast.unparse(target)):
                        yield value, group

    def _arguments(
        self, call: ast.Call, name: str, errors: set[str]
    ) -> Iterator[tuple[ast.expr, str]]:
        called = f".{name}" if isinstance(call.func, ast.Attribute) else name
        places = [self._of(table, called) for table in (ARGUMENTS, NOUNS)]
        if not any(places) and name in errors:
            places = [(0, "")]
        for place, group in filter(None, places):
            given = {word.arg: word.value for word in call.keywords}
            if isinstance(place, int) and place < len(call.args):
                yield call.args[place], group
            elif place in given:
                yield given[str(place)], group

    def _of(self, table: Mapping[tuple[str, str], Found], name: str) -> Found | None:
        """What a table says of a name in this file."""
        return next(
            (
                said
                for (where, named), said in table.items()
                if named == name and self.name.startswith(where)
            ),
            None,
        )

    def _whole(self, expr: ast.expr, scope: Scope) -> Iterator[Parts]:
        for one in _branches(expr):
            for parts in self._texts(one, scope, DEEPEST):
                if _speaks(parts):
                    yield parts
                elif not {*parts} <= {"", Hole("cure")} and not self._known(one):
                    where = f"{self.name}:{one.lineno}: {ast.unparse(one)}"
                    raise LookupError(f"{where} is no sentence: write it whole where it is raised")

    def _known(self, expr: ast.expr) -> bool:
        """Whether a sentence is read elsewhere: where it is made, or in the pages' catalogue."""
        text = ast.unparse(expr)
        is_noted = self.name.startswith("web/") and text.isupper()
        return is_noted or self._of(HANDED_ON, text) is not None

    def _texts(self, expr: ast.expr, scope: Scope, deep: int) -> list[Parts]:
        """Every text that an expression may be; one hole if nothing is known of it."""
        match expr:
            case ast.Constant(value=str(text)):
                return [(text,)]
            case ast.JoinedStr(values=values):
                return self._joined(values, scope, deep)
            case ast.FormattedValue(value=value):
                return self._hole(value, scope, deep)
            case ast.IfExp(body=one, orelse=other):
                return self._any([one, other], scope, deep)
            case ast.BoolOp(values=values):
                return self._any(values, scope, deep)
        return self._looked_up(expr, scope, deep)

    def _looked_up(self, expr: ast.expr, scope: Scope, deep: int) -> list[Parts]:
        """The texts of a name, of a table's entry or of what a function returns."""
        match expr:
            case ast.Name(id=name):
                return self._any(self._values(name, scope), scope, deep)
            case ast.Subscript(value=ast.Name(id=name)):
                return self._table(name, scope, deep)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, other]):
                return [*self._table(name, scope, deep), *self._texts(other, scope, deep)]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=" or "), attr="join")):
                return [(Hole(), " or ", Hole("form"))]
            case ast.Call(func=ast.Name(id=name)):
                return self._called(name, deep)
        return [(Hole(),)]

    def _called(self, name: str, deep: int) -> list[Parts]:
        if name == "hint":
            return [(Hole("cure"),)]
        function = self.functions.get(name)
        return self._any(_returns(function), function, deep) if function else [(Hole(),)]

    def _joined(self, values: list[ast.expr], scope: Scope, deep: int) -> list[Parts]:
        pieces = [self._texts(value, scope, deep) for value in values]
        return [_merged(sum(chosen, ())) for chosen in product(*pieces)]

    def _hole(self, value: ast.expr, scope: Scope, deep: int) -> list[Parts]:
        found = self._any([value], scope, deep)
        cure = (Hole("cure"),)
        if all(_speaks(parts) or parts in ((), ("",), cure) for parts in found):
            return found
        return [(Hole(self._of(TAKEN, ast.unparse(value)) or ""),)]

    def _any(self, exprs: list[ast.expr], scope: Scope, deep: int) -> list[Parts]:
        asked = exprs if deep else []
        found = [parts for expr in asked for parts in self._texts(expr, scope, deep - 1)]
        return list(dict.fromkeys(found)) or [(Hole(),)]

    def _table(self, name: str, scope: Scope, deep: int) -> list[Parts]:
        """The values of a dict of sentences."""
        for value in self._values(name, scope):
            if isinstance(value, ast.Dict):
                return self._any(value.values, None, deep)
        return [(Hole(),)]

    def _values(self, name: str, scope: Scope) -> list[ast.expr]:
        """What a name is set to: in its function, else in the file."""
        for around in (scope, self.tree):
            body = ast.walk(around) if isinstance(around, ast.FunctionDef) else self.tree.body
            found = [
                node.value
                for node in body
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
            ]
            if found:
                return found
        return []


def _branches(expr: ast.expr) -> list[ast.expr]:
    if isinstance(expr, ast.IfExp):
        return [*_branches(expr.body), *_branches(expr.orelse)]
    return [expr]


def _returns(function: ast.FunctionDef) -> list[ast.expr]:
    return [
        node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value
    ]


def _phrases(value: ast.expr) -> list[ast.expr]:
    """What a function of phrases returns; of a pair, the second."""
    if isinstance(value, ast.Constant) and value.value is None:
        return []
    return [value.elts[-1]] if isinstance(value, ast.Tuple) else [value]


def _merged(parts: Parts) -> Parts:
    """Neighbouring texts as one, and neighbouring holes that take any text."""
    found: list[str | Hole] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part == Hole() and found and found[-1] == part:
            continue
        else:
            found.append(part)
    return tuple(found)


def _speaks(parts: Parts) -> bool:
    """Whether there are words in it, its own or those of a phrase."""
    return any(
        any(map(str.isalpha, part)) if isinstance(part, str) else part.group == "complaint"
        for part in parts
    )
