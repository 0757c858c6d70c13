"""Which column may mean what, where no format knows a file: by its name, then by its values.

A guess is shown to somebody before anything is read; what they decide is kept as a format of
the shop's own, under the signature of the file's header.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

import yaml

from thang.model import WrongInput
from thang.sources.formats import ROLES, WHO, Format, built, shipped
from thang.sources.people import email, phones
from thang.sources.values import PARTS, Dates, amount

# What only a marketplace's own format says is not asked of anybody.
UNASKED = ("description", "item_amount", "delivered_at", "cancelled_at", "refund", "branch")
OFFERED = tuple(role for role in ROLES if role not in UNASKED)
OURS = {"thang reason", "thang ly do", ""}  # the column that we add to rows to be put right
MOSTLY = 0.6  # share of a column's values that must be of a kind for the kind to be believed
CLOSE, SURE = 0.5, 1.5  # below the one a name says nothing, above the other it is the very name


def plain(name: str) -> str:
    """A column's name without accents, case, signs and what stands in brackets."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare)
    letters = unicodedata.normalize("NFD", apart.casefold().replace("đ", "d"))
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split())


def signature(header: Sequence[str]) -> str:
    """What files with the same columns have in common, in any order, whatever stands in them."""
    names = "\n".join(sorted({plain(name) for name in header} - OURS))
    return blake2b(names.encode(), digest_size=8).hexdigest()


def guess(
    header: Sequence[str], samples: Sequence[Sequence[str]], region: str | None
) -> dict[str, str]:
    """Column → role, each role once. `samples` are some values of each column."""
    scored = [
        (score, -place, name, role)
        for place, (name, values) in enumerate(zip(header, samples, strict=True))
        for role, score in _scores(name, values, region).items()
    ]
    found: dict[str, str] = {}
    for _, _, name, role in sorted(scored, reverse=True):
        if name and name not in found and role not in found.values():
            found[name] = role
    return {name: found[name] for name in header if name in found}


def _scores(name: str, values: Sequence[str], region: str | None) -> dict[str, float]:
    """How well each role fits a column; what its values deny is no guess."""
    called = plain(name)
    scores = {role: _likeness(called, phrases) for role, phrases in _words().items()}
    kinds = _kinds(values, region)
    for role, kind in (("phone", "phone"), ("email", "email")):
        if kinds.get(kind, 0) >= MOSTLY:
            scores[role] = max(scores[role], CLOSE) + 0.5
    if kinds.get("date", 0) >= MOSTLY and scores["at"] < CLOSE:
        scores["at"] = CLOSE
    denied = {
        "at": "datable",
        "amount": "money",
        "tax": "money",
        "shipping": "money",
        "price": "money",
    }
    for role, kind in denied.items():
        if values and kinds.get(kind, 0) < MOSTLY:
            scores[role] = 0
    # What is taken off the total is guessed by its very name only.
    least = {"tax": SURE, "shipping": SURE}
    return {role: score for role, score in scores.items() if score >= least.get(role, CLOSE)}


def _likeness(called: str, phrases: Sequence[str]) -> float:
    """1 for the very name, less where it stands within another; the surer phrase weighs more."""
    best = 0.0
    for place, phrase in enumerate(phrases):
        rank = 0.1 * place / len(phrases)
        if called == phrase:
            best = max(best, 2 - rank)
        elif f" {phrase} " in f" {called} ":
            best = max(best, CLOSE + 0.6 * len(phrase) / len(called) - rank)
    return best


def _kinds(values: Sequence[str], region: str | None) -> dict[str, float]:
    """The share of values that are phones, e-mails, dates or money."""
    if not values:
        return {}
    dates = Dates("UTC", None, day_first=True)
    tests = {
        "phone": lambda text: bool(phones(text, region)) or bool(re.fullmatch(r"\*+\d{2,4}", text)),
        "email": lambda text: email(text) is not None,
        "datable": lambda text: dates.instant(text) is not None,
        "date": lambda text: _dated(text) and dates.instant(text) is not None,
        "money": lambda text: amount(text, 2) is not None,
    }
    return {kind: sum(map(test, values)) / len(values) for kind, test in tests.items()}


def _dated(text: str) -> bool:
    """Digits alone may be a date, but are no sign of one."""
    return bool(PARTS.match(text) or re.match(r"\d{4}-\d{2}-\d{2}", text))


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    """The phrases of every role: those of the known formats, then the guesses'."""
    text = files("thang.sources").joinpath("formats", "guesses.yaml").read_text("utf-8")
    known = shipped("orders").columns
    return {
        role: tuple(dict.fromkeys([*map(str, phrases), *map(plain, known.get(role, ()))]))
        for role, phrases in yaml.safe_load(text).items()
    }


def missing(roles: Sequence[str]) -> tuple[str, ...]:
    """What a table cannot be read without: a date, and somebody; `who` stands for any name."""
    lacks = [] if "at" in roles else ["at"]
    return tuple(lacks + ([] if any(role in roles for role in WHO) else ["who"]))


def kept_format(columns: Mapping[str, str], day_first: bool | None = None) -> str:
    """The YAML of a format of the shop's own; `columns` says which column has which role."""
    roles = list(columns.values())
    twice = sorted({role for role in roles if roles.count(role) > 1})
    strange = sorted(set(roles) - set(OFFERED))
    if strange:
        raise WrongInput(f"{strange[0]} is nothing that a column can mean: choose from the list.")
    if twice:
        raise WrongInput(f"Two columns cannot both be {twice[0]}: choose one of them.")
    if "at" not in roles:
        raise WrongInput("No column is chosen for the date of the order: choose one.")
    if missing(roles):
        raise WrongInput(
            "No column says who bought: choose one for the customer id, the phone or the e-mail."
        )
    orders = shipped("orders")
    text: dict[str, object] = {
        "name": orders.name, "source": orders.source or orders.name,
        "columns": {role: [name] for name, role in columns.items()},
        "statuses": {kind: list(words) for kind, words in orders.statuses.items()},
    }  # fmt: skip
    if day_first is not None:
        text["day_first"] = day_first
    return yaml.safe_dump(text, allow_unicode=True, sort_keys=False, width=100)


def kept(header: Sequence[str], folder: Path | None) -> Format | None:
    """The format that the shop keeps for files with these columns, if any."""
    file = None if folder is None else folder / f"{signature(header)}.yaml"
    if file is None or not file.is_file():
        return None
    form = built(yaml.safe_load(file.read_text("utf-8")), file.name, {})
    return form if not missing(list(form.places(header))) else None
