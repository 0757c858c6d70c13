"""Files in: recognised by their headers, read row by row, every row accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

from thang.model import Gathered, WrongInput
from thang.sources.formats import Format, mapped, recognised
from thang.sources.guessing import kept
from thang.sources.items import read_items
from thang.sources.lines import read_lines
from thang.sources.readers import Sheet, lines_of, looks_like_json, open_sheet
from thang.sources.rows import Reading, read_rows
from thang.sources.segment import Calls
from thang.sources.values import Dates, day_comes_first, decimal_comma, undecided

SAMPLE = 1_000
READERS = {"lines": read_lines, "items": read_items}


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What reading needs to know of the shop."""

    currency: str = "VND"
    tz: str = "Asia/Ho_Chi_Minh"
    rates: Mapping[str, Fraction] = field(default_factory=dict)
    formats: Path | None = None  # the folder of the shop's own formats

    @property
    def region(self) -> str | None:
        """Whose phone numbers are written without a country code."""
        return "VN" if self.currency == "VND" or self.tz == "Asia/Ho_Chi_Minh" else None

    @property
    def currencies(self) -> frozenset[str]:
        """Currencies whose money can be read."""
        return frozenset({self.currency, *self.rates})


@dataclass(frozen=True)
class Opened:
    """A recognised file; iterating it reads it."""

    format: str
    source: str
    items: Iterator[Gathered]
    unmapped_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Gathered]:
        return self.items


def read(path: Path, *, shop: ShopFacts, mapping: Path | None, now: int) -> Opened:
    """Open a file and recognise it; `WrongInput` says in one sentence what is in the way."""
    if mapping is None and looks_like_json(path):
        calls = Calls("segment", shop.currency, shop.currencies, shop.region, now)
        return Opened("segment", "segment", calls.read(lines_of(path)))
    sheet = open_sheet(path)
    form = _form(path, sheet, shop, mapping)
    return _table(path, sheet, form, shop, now)


def _form(path: Path, sheet: Sheet, shop: ShopFacts, mapping: Path | None) -> Format:
    """The user's map, what the shop keeps for such files, or a format that comes with Thang."""
    if mapping is not None:
        return mapped(mapping)
    return kept(sheet.header, shop.formats) or recognised(sheet.header, path.name)


def _table(path: Path, sheet: Sheet, form: Format, shop: ShopFacts, now: int) -> Opened:
    places = form.places(sheet.header)
    if "at" not in places:
        raise WrongInput(
            f"{path.name}: the map's column for `at` is not among {', '.join(sheet.header)[:120]}."
        )
    sample = list(islice(sheet.rows, SAMPLE))
    if not sample:
        raise WrongInput(f"{path.name} holds a header and no rows: export it again.")
    rows = chain(sample, sheet.rows)
    cells = [row for _, row, wrong in sample if not wrong]
    dates, notes = _dates(path, form, places, cells, shop)
    source = form.source or form.name
    reading = Reading(
        format=form,
        places=places,
        header=sheet.header,
        source=source,
        dates=dates,
        currency=form.currency or shop.currency,
        currencies=shop.currencies,
        comma=_comma(form, places, cells),
        region=shop.region,
        now=now,
    )
    if reading.currency not in shop.currencies:
        raise WrongInput(
            f"{path.name} is in {reading.currency} and the shop in {shop.currency}: add "
            f"shop.rates.{reading.currency} to policy.yaml, or make the shop with "
            f"`thang init --currency {reading.currency}`."
        )
    items = READERS.get(form.rows, read_rows)(rows, reading)
    unmapped = tuple(n for i, n in enumerate(sheet.header) if i not in places.values() and n)
    return Opened(form.name, source, items, unmapped, notes)


def _dates(
    path: Path,
    form: Format,
    places: Mapping[str, int],
    cells: Sequence[list[str]],
    shop: ShopFacts,
) -> tuple[Dates, tuple[str, ...]]:
    """How the date column is written: what its dates tell, or the custom of the shop's country."""
    plain = Dates(form.tz or shop.tz, form.date_format)
    texts = [row[places["at"]] for row in cells if places["at"] < len(row)]
    if form.day_first is not None:
        return replace(plain, day_first=form.day_first), ()
    if form.date_format or not undecided(texts):
        return plain, ()
    day, month = day_comes_first(texts)
    if day and month:
        return plain, ("Dates are written in several orders: those that may mean two are refused.",)
    if day or month:
        return replace(plain, day_first=day), ()
    if shop.tz == "Asia/Ho_Chi_Minh":
        return replace(plain, day_first=True), ("Dates are read as day/month/year.",)
    example = next(text for text in texts if undecided([text]))
    raise WrongInput(
        f"{path.name}: dates such as {example!r} may begin with the day or the month: "
        "say which with `date_format` in a --map file."
    )


def _comma(form: Format, places: Mapping[str, int], cells: Sequence[list[str]]) -> bool | None:
    if form.decimal_comma is not None:
        return form.decimal_comma
    roles = [places[role] for role in ("amount", "price", "tax", "shipping") if role in places]
    return decimal_comma(row[i] for i in roles for row in cells if i < len(row))
