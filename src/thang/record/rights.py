"""The rights of one person over what the record holds: all of it handed out, and all of it gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select, update

from thang.record import erasing
from thang.record.acting_tables import consents, messages
from thang.record.database import Database
from thang.record.erasing import BEGUN, DONE, Erasure
from thang.record.key import ShopKey
from thang.record.sealing import as_bytes, as_text, seal, unseal
from thang.record.tables import events, identifiers, refused
from thang.record.vault import Vault

SHORTEST = 6  # letters of a value that is looked for in refused rows: shorter ones are anybody's
LAST_DIGITS = 9  # of a phone, however its beginning is written


class Rights:
    """A person's numbers in, everything of them out or away."""

    _key: ShopKey
    _record: Database
    _vault: Vault
    _vault_file: Database
    _now: Callable[[], int]

    def held_rows(self, numbers: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
        """The events, consents and messages of these numbers, as rows."""
        asked = {
            "events": select(events.c.seq).where(events.c.subject.in_(numbers)),
            "consents": select(consents).where(consents.c.identifier.in_(numbers)),
            "messages": select(messages).where(messages.c.person.in_(numbers)),
        }
        with self._record.reading() as connection:
            return {
                name: [dict(row) for row in connection.execute(ask).mappings()]
                for name, ask in asked.items()
            }

    def begin_erasure(self, numbers: Sequence[int]) -> int:
        """Write down that these numbers are to be erased; the receipt's number."""
        with self._record.alone():
            erasing.lay_erasures(self._record)
            with self._record.writing() as connection:
                return erasing.begin(connection, numbers, self._now())

    def complete_erasures(self) -> int:
        """Carry out every erasure that is not done, in record and vault; how many there were."""
        if all(one.state == DONE for one in self.erasures()):
            return 0
        with self._record.alone():
            left = [one for one in self.erasures() if one.state != DONE]
            for one in left:
                self._carry_out(one)
        return len(left)

    def erasures(self) -> list[Erasure]:
        """Every erasure, oldest first."""
        with self._record.reading() as connection:
            if not connection.dialect.has_table(connection, erasing.erased.name):
                return []
            return erasing.all_erasures(connection)

    def erased_hashes(self) -> list[tuple[bytes, int]]:
        """What the erased were known by, as keyed hashes, and since when they are."""
        with self._record.reading() as connection:
            if not connection.dialect.has_table(connection, erasing.erased.name):
                return []
            return erasing.erased_hashes(connection)

    def still_here(self, erased: Iterable[tuple[bytes, int]]) -> list[int]:
        """Numbers that were erased once and are back, as they are in an old backup."""
        when = dict(erased)
        with self._record.reading() as connection:
            rows = connection.execute(
                select(identifiers.c.id, identifiers.c.hash, identifiers.c.first_seen_at)
                .where(identifiers.c.hash.in_(list(when)))
            ).all()  # fmt: skip
        return [number for number, digest, seen in rows if seen <= when[digest]]

    def _carry_out(self, one: Erasure) -> None:
        """Refused rows first, while the vault still says what to look for in them."""
        counts = dict(one.counts)
        if one.state == BEGUN:
            held = self._vault.read(one.numbers)
            counts = {"vault_keys": len(held), "vault_fields": sum(map(len, held.values()))}
            with self._record.writing() as connection:
                counts["refused_rows"] = self._emptied_refusals(connection, _secrets(held))
                erasing.empty(connection, one, counts, self._now())
        with self._vault_file.writing() as connection:
            erasing.empty_vault(connection, one.numbers)
        for database in (self._record, self._vault_file):
            erasing.scrub(database)
        with self._record.writing() as connection:
            erasing.finish(connection, one, counts, self._now())

    def _emptied_refusals(self, connection: Connection, secrets: Sequence[str]) -> int:
        """Empty refused rows that say any of this; their reasons and places stay counted."""
        cipher, found = AESGCM(self._key.derive("refused rows")), 0
        for row in connection.execute(select(refused)).mappings().all():
            said = [unseal(cipher, row[name], row["key"]) for name in ("raw_sealed", "why_sealed")]
            if not _says(" ".join(map(as_text, said)), secrets):
                continue
            blank = {
                n: seal(cipher, as_bytes(""), row["key"]) for n in ("raw_sealed", "why_sealed")
            }
            connection.execute(update(refused).where(refused.c.id == row["id"]).values(**blank))
            found += 1
        return found


def _secrets(held: dict[int, dict[str, str]]) -> list[str]:
    texts = {text.casefold() for fields in held.values() for text in fields.values()}
    digits = {_digits(text)[-LAST_DIGITS:] for text in texts if text.startswith("+")}
    return [text for text in texts | digits if len(text) >= SHORTEST]


def _says(text: str, secrets: Sequence[str]) -> bool:
    folded = text.casefold()
    close = "".join(letter for letter in folded if letter not in " .-()")
    return any(secret in folded or secret in close for secret in secrets)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
