"""Many rows at a time: Core writes the statement once, the driver runs it on plain tuples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update, bindparam
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement

# Two lengths of question only, so that two statements are prepared and not thousands.
LENGTHS = (64, 4_000)


def run_many(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Run one statement for many rows, which all have the same names."""
    if not rows:
        return
    compiled = _compiled(statement, connection.dialect, tuple(rows[0]))
    in_order = itemgetter(*compiled.positiontup or ())
    connection.exec_driver_sql(str(compiled), list(map(in_order, rows)))


def rows_among(
    connection: Connection, ask: Select[Any], column: ColumnElement[Any], values: Sequence[Any]
) -> Iterator[Any]:
    """The rows of `ask` whose `column` is among the values."""
    for start in range(0, len(values), LENGTHS[-1]):
        some = tuple(values[start : start + LENGTHS[-1]])
        length = next(length for length in LENGTHS if length >= len(some))
        filled = some + some[-1:] * (length - len(some))
        asked = _asked(ask, column, connection.dialect, length)
        yield from _plain(connection, asked, filled)


def all_rows(connection: Connection, ask: Select[Any]) -> list[tuple[Any, ...]]:
    """Every row of `ask`, as the driver gives it: for columns of plain numbers and text."""
    compiled = ask.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - tells the type checker
    given = compiled.construct_params()
    values = tuple(given[name] for name in compiled.positiontup or ())
    return _plain(connection, str(compiled), values)


def _plain(connection: Connection, text: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    result = connection.exec_driver_sql(text, values)
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


@lru_cache(maxsize=64)
def _compiled(statement: Insert | Update, dialect: Dialect, names: tuple[str, ...]) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - tells the type checker
    return compiled


@lru_cache(maxsize=64)
def _asked(ask: Select[Any], column: ColumnElement[Any], dialect: Dialect, length: int) -> str:
    holes = [bindparam(None, None, column.type, unique=True) for _ in range(length)]
    question = ask.where(column.in_(holes))
    return str(question.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
