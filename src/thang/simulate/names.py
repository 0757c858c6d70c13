"""Invented Vietnamese names, phones and e-mails: right in form, plainly nobody's.

Families and middle names are ordinary ones; given names are made of flowers, fruit,
weather and colours. Phones all lie in 0900 xxx xxx, valid as mobile numbers in form;
e-mails are at `example.vn` and `example.com`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from thang.simulate.dice import Dice

FAMILIES: tuple[tuple[str, float], ...] = (
    ("Nguyễn", 38.4), ("Trần", 12.1), ("Lê", 9.5), ("Phạm", 7.0), ("Huỳnh", 2.6), ("Hoàng", 2.5),
    ("Phan", 4.5), ("Vũ", 2.0), ("Võ", 1.9), ("Đặng", 2.1), ("Bùi", 2.0), ("Đỗ", 1.4),
    ("Hồ", 1.3), ("Ngô", 1.3), ("Dương", 1.0), ("Lý", 0.5), ("Đinh", 0.5), ("Trương", 0.5),
)  # fmt: skip
MIDDLES: tuple[tuple[str, float], ...] = (
    ("Thị", 24), ("Văn", 16), ("Ngọc", 10), ("Minh", 8), ("Thanh", 8), ("Thu", 6), ("Đức", 5),
    ("Hữu", 4), ("Quang", 4), ("Kim", 4), ("Xuân", 3), ("Bảo", 3), ("Diệu", 2), ("Khánh", 3),
)  # fmt: skip
THINGS = (
    "Mận", "Sen", "Mây", "Nắng", "Sương", "Quế", "Gió", "Sao", "Bưởi", "Trúc", "Khế", "Cúc",
    "Lúa", "Dừa", "Chanh", "Suối", "Trăng", "Đào", "Cau", "Mía", "Rạ", "Sáo", "Thóc", "Gừng",
)  # fmt: skip
MANNERS = (
    "Biếc", "Ngần", "Vàng", "Tím", "Sớm", "Khuya", "Trong", "Chín", "Thơm", "Xanh", "Đông", "Hạ",
    "Non", "Mới", "Êm", "Hồng", "Ấm", "Lành", "Thưa", "Đầy",
)  # fmt: skip
FIRST_PHONE = 900_000_000  # 0900 000 000
MOST_PEOPLE = 999_999  # phones in the block, from 0900 000 001


@dataclass(frozen=True, slots=True)
class Card:
    """What a person writes on a form: a name, a phone as typed, and perhaps an e-mail."""

    name: str
    phone: str
    email: str | None

    @property
    def e164(self) -> str:
        """The phone in international form."""
        return "+84" + "".join(c for c in self.phone if c.isdigit())[1:]


def card(key: int, dice: Dice, writes_email: float) -> Card:
    """The card of the person numbered `key` (from 1 to `MOST_PEOPLE`)."""
    name = _name(dice)
    email = _email(name, key, dice) if dice.chance(writes_email) else None
    return Card(name, _phone(key, dice), email)


def _name(dice: Dice) -> str:
    given = f"{dice.one_of(THINGS)} {dice.one_of(MANNERS)}"
    name = f"{dice.weighted(FAMILIES)} {dice.weighted(MIDDLES)} {given}"
    return unicodedata.normalize("NFC", name)


def _phone(key: int, dice: Dice) -> str:
    digits = f"0{FIRST_PHONE + key}"
    spaced = f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    return spaced if dice.chance(0.3) else digits


def _email(name: str, key: int, dice: Dice) -> str:
    family, *_, thing, manner = plain(name).lower().split()
    domain = "example.vn" if dice.chance(0.7) else "example.com"
    return f"{thing}{manner}.{family}{key}@{domain}"


def plain(text: str) -> str:
    """Vietnamese without its marks, as in an address: `Đỗ Thị Mận` -> `Do Thi Man`."""
    apart = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in apart if not unicodedata.combining(c))
