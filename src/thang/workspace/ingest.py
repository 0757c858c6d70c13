"""A file into the record: recognised, appended; each row stored, known before, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from thang.model import Tally
from thang.policy.schema import Policy
from thang.record import Record
from thang.sources.files import ShopFacts, read
from thang.sources.people import identifiers


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import was recognised as, and what became of its rows."""

    format: str
    tally: Tally
    unmapped_columns: tuple[str, ...]
    batch: int


def import_file(
    record: Record,
    shop: ShopFacts,
    path: Path,
    mapping: Path | None,
    now: int,
    progress: Callable[[Tally], None] = lambda _: None,
    name: str = "",
) -> Imported:
    """Import one file. Running it again changes nothing; a broken-off import is run again whole."""
    opened = read(path, shop=shop, mapping=mapping, now=now)
    digest = _digest(path)
    tally = record.append(
        name or path.name, opened.source, opened, digest=digest, progress=progress
    )
    batch = max(past.id for past in record.batches() if past.digest == digest)
    return Imported(opened.format, tally, tuple(opened.unmapped_columns), batch)


def spellings(text: str, policy: Policy) -> list[str]:
    """A person's name as it is typed, and as a file's id, phone or e-mail would be stored."""
    named = identifiers(text, text, text, facts(policy).region)
    return list(dict.fromkeys([text, *(one.value for one in named)]))


def facts(policy: Policy, formats: Path | None = None) -> ShopFacts:
    """What reading needs to know of the shop; `formats`: the folder of its own formats."""
    return ShopFacts(policy.shop.currency, policy.shop.tz, policy.shop.rates, formats)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]
