"""What a file is, or what its columns seem to mean; and keeping what somebody said they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from thang.model import WrongInput
from thang.sources.files import ShopFacts
from thang.sources.formats import Format, mapped, recognised
from thang.sources.guessing import guess, kept, kept_format, missing, signature
from thang.sources.readers import Sheet, looks_like_json, open_sheet

LOOKED_AT, SHOWN, LONGEST = 200, 3, 80  # rows looked at, samples shown, characters of a sample
MOST_COLUMNS = 200
FREE = "orders"  # the format whose columns are for choosing


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is, or what its columns seem to mean: `guesses` is column → role.

    `sure`: nobody need look at the columns. `fixed`: nobody can choose them. `needs`: roles
    that no column has yet. `samples` are values of people's, for whoever brings the file.
    """

    format: str | None
    sure: bool
    fixed: bool
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    guesses: Mapping[str, str]
    needs: tuple[str, ...]
    signature: str
    day_first: bool | None = None  # what somebody said of dates such as 03/04/2026


CALLS = Recognised("segment", True, True, (), (), {}, (), "")


def recognise(path: Path, shop: ShopFacts, mapping: Path | None = None) -> Recognised:
    """Look at a file's header and first rows; `WrongInput` for one that holds no table."""
    if mapping is None and looks_like_json(path):
        return CALLS
    sheet = open_sheet(path)
    header, values = sheet.header, _columns(sheet)
    own = mapped(mapping) if mapping else kept(header, shop.formats)
    form = own or _known(header)
    fixed = form is not None and form.name != FREE
    said = _roles(form, header) if form else {}
    guesses = said if own or fixed else _filled_up(said, guess(header, values, shop.region))
    return Recognised(
        format=form.name if form else None,
        sure=fixed or own is not None or _enough(said, guesses),
        fixed=fixed,
        header=header[:MOST_COLUMNS],
        samples=tuple(tuple(v[:LONGEST] for v in some[:SHOWN]) for some in values[:MOST_COLUMNS]),
        guesses={name: guesses[name] for name in header if name in guesses},
        needs=missing(list(guesses.values())),
        signature=signature(header),
        day_first=own.day_first if own else None,
    )


def _known(header: Sequence[str]) -> Format | None:
    try:
        return recognised(header, "")
    except WrongInput:
        return None


def _columns(sheet: Sheet) -> list[list[str]]:
    """Of each column the distinct values that say something, out of the first rows."""
    rows = [row for _, row, wrong in islice(sheet.rows, LOOKED_AT) if not wrong]
    return [
        _distinct(row[place] for row in rows if place < len(row))
        for place in range(len(sheet.header))
    ]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _roles(form: Format, header: Sequence[str]) -> dict[str, str]:
    return {header[place]: role for role, place in form.places(header).items()}


def _filled_up(said: Mapping[str, str], guessed: Mapping[str, str]) -> dict[str, str]:
    """What a format knows, and guesses for the columns and roles that it leaves open."""
    taken = set(said.values())
    more = {n: r for n, r in guessed.items() if n not in said and r not in taken}
    return {**more, **said}


def _enough(said: Mapping[str, str], guesses: Mapping[str, str]) -> bool:
    """Whether a known table says all that matters: an order's number and worth, or its kind."""
    known = set(said.values())
    return "kind" in known or ({"order_id", "amount"} <= known and guesses == said)


def remember(
    formats: Path, found: Recognised, columns: Mapping[str, str], day_first: bool | None = None
) -> Path:
    """Keep what columns mean for every file with the same header; the file that says so."""
    if any(name not in found.header for name in columns):
        raise WrongInput("The file has other columns than were chosen: look at it again.")
    text = kept_format(columns, day_first)
    formats.mkdir(mode=0o700, exist_ok=True)
    path = formats / f"{found.signature}.yaml"
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    return fresh.replace(path)
