"""A shop's record from its folder to a server, or back into files: every row, at one moment."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, insert, select

from thang.model import WrongInput
from thang.record.database import Database, signature
from thang.record.folder import RECORD_FILE, VAULT_FILE, laid, note_server, opened, server_of
from thang.record.key import ShopKey, read_key
from thang.record.lock import only_writer
from thang.record.sqlite import create_file, open_file
from thang.record.tables import RECORD, VAULT, meta

TABLES = {VAULT_FILE: VAULT, RECORD_FILE: RECORD}  # the record last: with it the shop is there
PORTION = 5_000
MOVED = ".moved"  # what the files are called that nobody reads any more


def move(folder: Path, server: str) -> None:
    """Move record and vault to a server; the files stay beside it under another name.

    A move that was cut off is begun anew. `WrongInput` if this shop's record is there already.
    """
    if server_of(folder):
        raise WrongInput(f"The record of {folder} is on a server already: it cannot move twice.")
    key = read_key(folder)
    with only_writer(folder):
        _refuse_another(folder, server, key)
        for name, tables in TABLES.items():
            source = opened(folder, name)
            with laid(folder, name, server, key) as target:
                copy(source, target, tables)
            source.close()
        note_server(folder, server)
        for name in TABLES:
            (folder / name).rename(folder / (name + MOVED))


def into_file(folder: Path, name: str, path: Path) -> None:
    """What a server keeps under a name, as a file of SQLite's that a shop's folder may hold."""
    source = opened(folder, name)
    create_file(path)
    target = open_file(path)
    copy(source, target, TABLES[name])
    for database in (source, target):
        database.close()


def copy(source: Database, target: Database, tables: MetaData) -> None:
    """Every row into another database at once; what lay there of a copy that was cut off goes."""
    with source.reading() as there, target.writing() as here:
        tables.drop_all(here)
        tables.create_all(here)
        for table in tables.sorted_tables:
            if there.dialect.has_table(there, table.name):
                _copy_rows(there, here, table)


def _copy_rows(there: Connection, here: Connection, table: Table) -> None:
    ask = select(table).order_by(*table.primary_key.columns)
    rows = there.execute(ask.execution_options(yield_per=PORTION))
    for portion in rows.mappings().partitions():
        here.execute(insert(table), [dict(row) for row in portion])
    if here.dialect.name == "postgresql":
        _count_on(here, table)


def _count_on(here: Connection, table: Table) -> None:
    """A server numbers rows by its own counter, which knows nothing of those that came along."""
    column = table.autoincrement_column
    if column is None:
        return
    counter = func.pg_get_serial_sequence(table.name, column.name)
    here.execute(select(func.setval(counter, func.coalesce(func.max(column), 1))))


def _refuse_another(folder: Path, server: str, key: ShopKey) -> None:
    """Whoever holds an old copy of the files must not write over the record that others live on."""
    with laid(folder, RECORD_FILE, server, key) as target, target.reading() as connection:
        if signature(connection, meta):
            raise WrongInput(
                f"The server has a record of the shop in {folder} already: work with the folder "
                f"that was moved, or drop that schema first."
            )
