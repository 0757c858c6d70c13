"""The desk of one shop: opened beside the record, and independent of who writes to that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thang.desk.answers import Answers
from thang.desk.audit import Audit
from thang.desk.jobs import Jobs
from thang.desk.keys import ApiKeys
from thang.desk.links import Links
from thang.desk.people import People
from thang.desk.sessions import Sessions
from thang.desk.tables import DESK, meta
from thang.model import Unavailable
from thang.record.database import (
    Database,
    check_schema,
    lay_schema,
)
from thang.record.key import read_key
from thang.record.sqlite import create_file, open_file

DESK_FILE = "desk.db"


@dataclass(frozen=True)
class Desk:
    """Every paper of the back office, one room each."""

    folder: Path
    database: Database
    people: People
    links: Links
    sessions: Sessions
    keys: ApiKeys
    audit: Audit
    jobs: Jobs
    answers: Answers

    @classmethod
    def open(cls, folder: Path) -> Desk:
        """Open the shop's desk, making it (mode 0600) where there is none yet."""
        key = read_key(folder)
        path = folder / DESK_FILE
        try:
            create_file(path)
        except OSError as error:
            raise Unavailable(
                f"{path} cannot be written ({error.strerror}): check the folder's permissions."
            ) from None
        database = open_file(path)
        with database.writing() as connection:
            lay_schema(connection, DESK, meta, key.shop_id)
            check_schema(connection, meta, key.shop_id, str(path))
        people = People(database)
        return cls(
            folder, database, people, Links(database, people), Sessions(database),
            ApiKeys(database), Audit(database, key.derive("audit")), Jobs(database),
            Answers(database),
        )  # fmt: skip

    def first_token(self, now: int) -> str:
        """The token of the first owner's one-time link; empty once the shop has an owner."""
        return self.links.first(now)

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()
