"""What a file's columns mean: formats as data, recognised by their headers, or a user's map."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from thang.model import Finality, WrongInput

ROLES = (
    "order_id", "at", "amount", "tax", "shipping", "currency", "status", "kind", "customer_id",
    "phone", "email", "name", "address", "product", "quantity", "price", "note", "country",
    "description", "message_id", "grade", "item_amount", "delivered_at", "cancelled_at",
    "refund", "branch",
)  # fmt: skip
KEYS = (
    "name", "rows", "source", "finality", "currency", "tz", "needs", "exactly", "columns",
    "statuses", "date_format", "guests", "cancel_prefix", "adjust_prefix", "shipping",
    "worthless", "kind", "decimal_comma", "day_first", "cased", "scope", "waiting",
)  # fmt: skip
WHO = ("customer_id", "phone", "email")
SHIPPED = (
    "cdnow", "uci_online_retail", "shopee", "lazada", "tiktok_shop", "kiotviet", "orders",
)  # fmt: skip


@dataclass(frozen=True)
class Format:
    """How rows of one kind of file become events."""

    name: str
    # orders: one row one event; items: one row one item of a marketplace's order; lines: items of
    # a till, with refunds of their own; calls: Segment
    rows: str = "orders"
    source: str = ""
    finality: Finality = Finality.COMPLETED
    currency: str = ""
    tz: str = ""
    needs: tuple[str, ...] = ()
    exactly: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    statuses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_format: str | None = None
    day_first: bool | None = None
    decimal_comma: bool | None = None
    kind: str = "order_completed"
    guests: str = "refuse"
    cancel_prefix: str = ""
    adjust_prefix: str = ""
    cased: bool = False  # whether columns' names are told apart by their case
    scope: str = ""  # the platform on which a customer's name is one
    waiting: tuple[str, ...] = ()  # words of a status before there is an order
    shipping: frozenset[str] = frozenset()
    worthless: frozenset[str] = frozenset()

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Where each role stands among a file's columns."""
        exact = {folded(name, case=True): i for i, name in reversed(list(enumerate(header)))}
        loose = {folded(name, case=False): i for i, name in reversed(list(enumerate(header)))}
        found: dict[str, int] = {}
        for role, names in self.columns.items():
            for name in names:
                place = exact.get(folded(name, case=True))
                if place is None and not self.cased:
                    place = loose.get(folded(name, case=False))
                if place is not None and place not in found.values():
                    found[role] = place
                    break
        return found

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a file with these columns is of this format."""
        if self.exactly:
            return tuple(header) == self.exactly
        found = self.places(header)
        return all(
            any(who in found for who in WHO) if role == "who" else role in found
            for role in self.needs
        )


def folded(name: str, *, case: bool) -> str:
    """A column's name as it is compared: composed letters, single blanks, its case or none."""
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    return plain if case else plain.casefold().replace("_", " ")


@cache
def shipped(name: str) -> Format:
    """A format that comes with Thang."""
    text = files("thang.sources").joinpath("formats", f"{name}.yaml").read_text("utf-8")
    return built(yaml.safe_load(text), f"{name}.yaml", {})


def recognised(header: Sequence[str], file: str) -> Format:
    """The format that a file's header belongs to."""
    for name in SHIPPED:
        if shipped(name).fits(header):
            return shipped(name)
    known = shipped("orders")
    found = known.places(header)
    if "at" in found:
        missing = "a customer id, phone or e-mail"
    elif any(who in found for who in WHO):
        missing = "a date"
    else:
        missing = "a date and a customer id, phone or e-mail"
    raise WrongInput(
        f"{file}: no column is known for {missing} (columns: "
        f"{', '.join(header)[:120]}); say with --map which column is which."
    )


def mapped(path: Path) -> Format:
    """The user's own map: a YAML file of the shape of the shipped formats."""
    try:
        text = path.read_text("utf-8")
        node = yaml.compose(text, yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError):
        raise WrongInput(f"{path} cannot be read: check the name given to --map.") from None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise WrongInput(f"{path.name}:{line}: this is no YAML; check the indentation.") from None
    if not isinstance(data, dict) or not isinstance(data.get("columns"), dict):
        raise WrongInput(f"{path.name}:1: columns: say `columns: {{at: <column>, …}}`.")
    return built(data, path.name, _lines(node))


def _lines(node: Any, path: str = "") -> dict[str, int]:
    """The line of every key of a mapping, by its dotted path."""
    found: dict[str, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = f"{path}{key.value}"
            found[name] = key.start_mark.line + 1
            found |= _lines(value, f"{name}.")
    return found


def built(data: Mapping[str, Any], file: str, lines: Mapping[str, int]) -> Format:
    """A format out of its YAML; a wrong key is named with its line and the nearest right one."""
    _known(data, KEYS, file, lines, "")
    columns = data.get("columns") or {}
    _known(columns, ROLES, file, lines, "columns.")
    words: dict[str, Any] = {
        key: data[key]
        for key in ("name", "rows", "source", "currency", "tz", "date_format", "guests",
                    "cancel_prefix", "adjust_prefix", "kind", "decimal_comma", "day_first",
                    "cased", "scope")
        if key in data
    }  # fmt: skip
    words.setdefault("name", Path(file).stem)
    if "finality" in data:
        words["finality"] = _one_of(data["finality"], list(Finality), file, lines, "finality")
    if data.get("rows", "orders") not in ("orders", "items", "lines", "calls"):
        _one_of(data["rows"], ["orders", "items", "lines"], file, lines, "rows")
    return Format(
        **words,
        needs=tuple(data.get("needs", ())),
        exactly=tuple(data.get("exactly", ())),
        columns={role: _names(names) for role, names in columns.items()},
        statuses={kind: _names(names) for kind, names in (data.get("statuses") or {}).items()},
        waiting=_names(data.get("waiting", [])),
        shipping=frozenset(map(str, data.get("shipping", ()))),
        worthless=frozenset(map(str, data.get("worthless", ()))),
    )


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _known(
    data: Mapping[str, Any], keys: Sequence[str], file: str, lines: Mapping[str, int], path: str
) -> None:
    for key in data:
        if key not in keys:
            near = difflib.get_close_matches(str(key), keys, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(keys)}."
            line = lines.get(f"{path}{key}", 1)
            raise WrongInput(f"{file}:{line}: {path}{key} is not known here; {hint}")


def _one_of(
    value: Any, allowed: Sequence[str], file: str, lines: Mapping[str, int], key: str
) -> Finality:
    if value not in allowed:
        raise WrongInput(
            f"{file}:{lines.get(key, 1)}: {key}: {value!r} is not one of {', '.join(allowed)}."
        )
    return Finality(value) if key == "finality" else value
