"""Who a platform speaks of: what names somebody, what is only kept, and what is masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thang.model import Identifier
from thang.sources.people import email, identifiers, masked

NAMES = ("full_name", "name", "họ_và_tên", "ho_ten")
PHONES = ("phone_number", "phone", "số_điện_thoại")
EMAILS = ("email", "e_mail")


@dataclass(frozen=True, slots=True)
class Named:
    """What names a person, and what the vault keeps of them."""

    who: tuple[Identifier, ...] = ()
    personal: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer as a platform tells them: `own` are names on the platform, in full."""

    own: tuple[tuple[str, str], ...] = ()
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def named(buyer: Buyer, region: str | None) -> Named:
    """A buyer's names: theirs on the platform first; what holds a star names nobody."""
    own = [Identifier(space, text) for space, text in buyer.own if text and not masked(text)]
    clear = identifiers("", buyer.phone, buyer.email, region)
    said = {"name": buyer.name, "phone": buyer.phone, "email": buyer.email,
            "address": buyer.address}  # fmt: skip
    told = {key: text for key, text in said.items() if text and not masked(text)}
    hint = " ".join(text for text in said.values() if masked(text))
    return Named((*own, *clear), told | ({"masked_hint": hint[:400]} if hint else {}))


def lead_people(fields: Mapping[str, str], region: str | None) -> Named:
    """Who filled a form, by the usual names of its questions; other answers are not kept."""
    first = {key: _first(fields, keys) for key, keys in
             (("name", NAMES), ("phone", PHONES), ("email", EMAILS))}  # fmt: skip
    mail = first["email"] if email(first["email"]) else ""
    return named(Buyer((), first["phone"], mail, first["name"]), region)


def _first(fields: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((fields[key] for key in keys if fields.get(key)), "")
