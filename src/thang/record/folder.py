"""A shop's folder: its key with the record and the vault beside it, or the server that has them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, insert, select

from thang.model import Unavailable, WrongInput
from thang.record.database import Database, check_schema, lay_schema, signature
from thang.record.key import ShopKey, create_key, read_key
from thang.record.lock import only_writer
from thang.record.postgres import address, lay_schema_of, open_schema
from thang.record.sqlite import create_file, open_file
from thang.record.tables import RECORD, VAULT, kinds, meta, subjects, vault_meta
from thang.river.events import CODES

RECORD_FILE = "record.db"
VAULT_FILE = "vault.db"
SERVER_FILE = "record.url"  # the address of the server that keeps record and vault instead


def has_shop(folder: Path) -> bool:
    """Whether there is a shop here."""
    return (folder / RECORD_FILE).exists() or (folder / SERVER_FILE).exists()


def server_of(folder: Path) -> str:
    """The address of the server that keeps the shop's record; empty where its folder does."""
    try:
        return (folder / SERVER_FILE).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def lay_folder(folder: Path, server: str = "") -> None:
    """Create what a shop needs; a creation that was cut off is taken up again."""
    if server:
        address(server)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The folder {folder} cannot be made ({error.strerror}): choose another with --shop."
        ) from None
    with only_writer(folder):
        _refuse_another(folder)
        key = create_key(folder)
        # The vault comes first, so that a record that is there always has one.
        with laid(folder, VAULT_FILE, server, key) as vault:
            _lay_vault(vault, key, folder)
        with laid(folder, RECORD_FILE, server, key) as record:
            _lay_record(record, key)
        if server:
            note_server(folder, server)


@contextmanager
def laid(folder: Path, name: str, server: str, key: ShopKey) -> Iterator[Database]:
    """One of a shop's two databases, empty where it was not there yet."""
    if server:
        lay_schema_of(server, schema_of(key, name))
        database = open_schema(server, schema_of(key, name))
    else:
        database = _made(folder / name)
    yield database
    database.close()


def schema_of(key: ShopKey, name: str) -> str:
    """The schema that stands for a file of the shop: several shops may share a database."""
    return f"thang_{key.shop_id[:12]}_{Path(name).stem}"


def note_server(folder: Path, server: str) -> None:
    """Write down where the record is, for the owner's eyes only: a password may be in it."""
    path = folder / SERVER_FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(server + "\n")
        file.flush()
        os.fsync(file.fileno())


def _refuse_another(folder: Path) -> None:
    if not has_shop(folder):
        return
    record = opened(folder, RECORD_FILE)
    with record.reading() as connection:
        signed = signature(connection, meta)
    record.close()
    if signed:
        raise WrongInput(f"There is a shop in {folder} already: use it, or choose another folder.")


def _lay_vault(vault: Database, key: ShopKey, folder: Path) -> None:
    with vault.writing() as connection:
        lay_schema(connection, VAULT, vault_meta, key.shop_id)
        orphans = connection.scalar(select(func.count()).select_from(subjects))
    if orphans and not has_shop(folder):
        raise Unavailable(
            f"{folder} has people in its {VAULT_FILE} but no {RECORD_FILE}: "
            f"put it back from your backup, or choose another folder."
        )


def _lay_record(record: Database, key: ShopKey) -> None:
    with record.writing() as connection:
        lay_schema(connection, RECORD, meta, key.shop_id)
        codes = [{"code": code, "name": name} for name, code in CODES.items()]
        connection.execute(insert(kinds), codes)


def _made(path: Path) -> Database:
    try:
        create_file(path)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written ({error.strerror}): "
            f"check the folder's permissions and that the disk has space."
        ) from None
    return open_file(path)


def open_folder(folder: Path) -> tuple[ShopKey, Database, Database]:
    """The key, the record and the vault of one shop, after checking that they belong together."""
    if not has_shop(folder):
        raise Unavailable(
            f"There is no shop in {folder}: run `thang init`, or name it with --shop."
        )
    key = read_key(folder)
    record, vault = (opened(folder, name) for name in (RECORD_FILE, VAULT_FILE))
    for database, signed in ((record, meta), (vault, vault_meta)):
        with database.reading() as connection:
            check_schema(connection, signed, key.shop_id, database.name)
    return key, record, vault


def opened(folder: Path, name: str) -> Database:
    """One of a shop's two databases, wherever it is kept."""
    server = server_of(folder)
    if server:
        return open_schema(server, schema_of(read_key(folder), name))
    return open_file(folder / name)
