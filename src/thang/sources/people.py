"""Who a row speaks of: phones, e-mails and ids made comparable, and what is none of these.

Two spellings of one phone must meet, and two people must never: what is masked, shared
by nature or invented to fill a field is no identifier.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from thang.model import Identifier

# Vietnamese mobile prefixes before September 2018, and what became of them.
MOVED = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
    "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058",
    "0199": "059",
}  # fmt: skip
MOBILE = frozenset(
    {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
)
EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;]{2,}")


def masked(text: str) -> bool:
    """Marketplaces hide digits behind stars; what is hidden names nobody."""
    return "*" in text


def phones(text: str, region: str | None) -> list[str]:
    """The mobile numbers of a cell in E.164; a cell may hold two."""
    if masked(text):
        return []
    found = []
    for part in re.split(r"[/;,|]|\bhoặc\b|\s-\s", unicodedata.normalize("NFKC", text)):
        number = _phone(part, region)
        if number and number not in found:
            found.append(number)
    return found


def _phone(text: str, region: str | None) -> str | None:
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if region == "VN":
        digits = _vietnamese(digits)
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or _filler(str(number.national_number)):
        return None
    if phonenumbers.number_type(number) not in MOBILE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _vietnamese(digits: str) -> str:
    """The usual spellings of a Vietnamese number as 0…, old prefixes replaced by their new ones."""
    local = re.sub(r"^\+?84(?=\d{9,11}$)", "0", digits)
    local = re.sub(r"^00", "0", local)
    if re.fullmatch(r"[1-9]\d{8}", local):
        local = "0" + local
    if len(local) == 11 and local[:4] in MOVED:
        return MOVED[local[:4]] + local[4:]
    return local


def _filler(national: str) -> bool:
    """0000000000, 0909090909, 0999999999: typed to fill a field."""
    return len(set(national[-8:])) < 2 or bool(re.fullmatch(r"(\d\d)\1{4}", "0" + national))


def email(text: str) -> str | None:
    """An e-mail address in lower case, or None if it is no address."""
    plain = unicodedata.normalize("NFC", text).strip().lower()
    return plain if EMAIL.fullmatch(plain) and not masked(plain) else None


def customer_id(text: str) -> str | None:
    """A shop's own id for a customer: as it is, but for a spreadsheet's `13085.0`."""
    plain = (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()
    if not plain or masked(plain) or plain.lower() in ("nan", "null", "none"):
        return None
    return re.sub(r"^(\d+)\.0+$", r"\1", plain) if plain[-1] == "0" else plain


def identifiers(
    customer: str = "", phone: str = "", mail: str = "", region: str | None = None
) -> tuple[Identifier, ...]:
    """All that names a row's person; the shop's own id first, since links hang on it."""
    found: list[Identifier] = []
    own = customer_id(customer)
    if own:
        found.append(Identifier("customer", own))
    found += [Identifier("phone", number) for number in phones(phone, region)] if phone else []
    address = email(mail) if mail else None
    if address:
        found.append(Identifier("email", address))
    return tuple(found)
