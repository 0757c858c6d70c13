"""A shop's folder: its record, its vault and its key, laid out together and opened together."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, insert, select

from thang.model import Unavailable, WrongInput
from thang.record.database import (
    Database,
    check_schema,
    create_file,
    lay_schema,
    open_database,
    signature,
)
from thang.record.key import ShopKey, create_key, read_key
from thang.record.lock import only_writer
from thang.record.tables import RECORD, VAULT, kinds, meta, subjects, vault_meta
from thang.river.events import CODES

RECORD_FILE = "record.db"
VAULT_FILE = "vault.db"


def lay_folder(folder: Path) -> None:
    """Create what a shop needs; a creation that was cut off is taken up again."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The folder {folder} cannot be made ({error.strerror}): choose another with --shop."
        ) from None
    with only_writer(folder):
        _refuse_another(folder)
        key = create_key(folder)
        _lay_vault(folder, key)
        _lay_record(folder, key)


def _refuse_another(folder: Path) -> None:
    path = folder / RECORD_FILE
    if not path.exists():
        return
    record = open_database(path)
    with record.reading() as connection:
        signed = signature(connection, meta)
    record.close()
    if signed:
        raise WrongInput(f"There is a shop in {folder} already: use it, or choose another folder.")


def _lay_vault(folder: Path, key: ShopKey) -> None:
    """The vault comes first, so that a record that is there always has one."""
    vault = _made(folder / VAULT_FILE)
    with vault.writing() as connection:
        lay_schema(connection, VAULT, vault_meta, key.shop_id)
        orphans = connection.scalar(select(func.count()).select_from(subjects))
    vault.close()
    if orphans and not (folder / RECORD_FILE).exists():
        raise Unavailable(
            f"{folder} has people in its {VAULT_FILE} but no {RECORD_FILE}: "
            f"put it back from your backup, or choose another folder."
        )


def _lay_record(folder: Path, key: ShopKey) -> None:
    record = _made(folder / RECORD_FILE)
    with record.writing() as connection:
        lay_schema(connection, RECORD, meta, key.shop_id)
        codes = [{"code": code, "name": name} for name, code in CODES.items()]
        connection.execute(insert(kinds), codes)
    record.close()


def _made(path: Path) -> Database:
    try:
        create_file(path)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written ({error.strerror}): "
            f"check the folder's permissions and that the disk has space."
        ) from None
    return open_database(path)


def open_folder(folder: Path) -> tuple[ShopKey, Database, Database]:
    """The key, the record and the vault of one shop, after checking that they belong together."""
    if not (folder / RECORD_FILE).exists():
        raise Unavailable(
            f"There is no shop in {folder}: run `thang init`, or name it with --shop."
        )
    key = read_key(folder)
    record, vault = (open_database(folder / name) for name in (RECORD_FILE, VAULT_FILE))
    for database, signed in ((record, meta), (vault, vault_meta)):
        with database.reading() as connection:
            check_schema(connection, signed, key.shop_id, database.path)
    return key, record, vault
