"""Short numbers for names that come again and again: sources, kinds, namespaces."""

from __future__ import annotations

from sqlalchemy import Connection, Table, insert, select

from thang.model import WrongInput

# A kind's code has 16 bits in derived tables; so many different names are values, not names.
MOST = 30_000


class Codebook:
    """The numbers of one table of names; a new name gets the next one, and is written later."""

    def __init__(self, connection: Connection, table: Table, base: int = 1) -> None:
        self._table = table
        self._code = next(iter(table.primary_key.columns))
        rows = connection.execute(select(table.c["name"], self._code))
        self.codes: dict[str, int] = dict(rows.all())
        self._next = max(base, *(code + 1 for code in self.codes.values()), 0)
        self._new: list[dict[str, object]] = []

    def code(self, name: str) -> int:
        """The number of a name, given out now if it is new."""
        code = self.codes.get(name)
        return self._give(name) if code is None else code

    def _give(self, name: str) -> int:
        if len(self.codes) >= MOST:
            raise WrongInput(
                f"There are more than {MOST} different {self._table.name}: "
                f"check which column is mapped to them."
            )
        self.codes[name] = self._next
        self._new.append({self._code.name: self._next, "name": name})
        self._next += 1
        return self.codes[name]

    def write_new(self, connection: Connection) -> None:
        """Tell the table the names it does not have yet."""
        if self._new:
            connection.execute(insert(self._table), self._new)
            self._new = []
