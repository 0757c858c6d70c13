"""Invented people: right in form, and nobody's."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from thang.simulate.dice import Dice
from thang.simulate.names import FAMILIES, MANNERS, MIDDLES, THINGS, Card, card, plain

from .conftest import Lived

EMAIL = re.compile(r"[a-z]+\.[a-z]+\d+@example\.(vn|com)")


def cards(count: int = 2_000) -> list[Card]:
    dice = Dice(1, "cards")
    return [card(key, dice, writes_email=0.5) for key in range(1, count + 1)]


def test_names_are_family_middle_and_an_invented_given_name() -> None:
    families, middles = dict(FAMILIES), dict(MIDDLES)
    for one in cards():
        family, middle, thing, manner = one.name.split()
        assert family in families
        assert middle in middles
        assert (thing in THINGS, manner in MANNERS) == (True, True)
        assert unicodedata.is_normalized("NFC", one.name)


def test_families_are_as_frequent_as_in_the_country() -> None:
    families = [one.name.split()[0] for one in cards()]
    assert 0.35 < families.count("Nguyễn") / len(families) < 0.48
    assert families.count("Nguyễn") > families.count("Trần") > families.count("Phạm")


def test_phones_are_mobile_numbers_in_form_and_in_one_block() -> None:
    for one in cards():
        number = phonenumbers.parse(one.phone, "VN")
        assert phonenumbers.number_type(number) is phonenumbers.PhoneNumberType.MOBILE
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == one.e164
        assert one.e164.startswith("+84900")
    assert len({one.e164 for one in cards()}) == 2_000


def test_emails_are_at_example_domains() -> None:
    emails = [one.email for one in cards() if one.email]
    assert all(EMAIL.fullmatch(email) for email in emails)
    assert len(set(emails)) == len(emails) > 800


def test_plain_loses_every_mark() -> None:
    assert plain("Đỗ Thị Mận Ngần đã ướm") == "Do Thi Man Ngan da uom"


def test_personal_data_is_told_once_and_only_where_it_belongs(tiny: Lived) -> None:
    for event in tiny.events:
        names = {one.namespace for one in event.identifiers}
        assert bool(event.personal) == (event.kind == "identified")
        assert event.kind == "identified" or names <= {"customer", "anonymous"}
    said = repr([(event.properties, event.ref) for event in tiny.events])
    for person in tiny.truth.people:
        assert person.phone[3:] not in said
        assert person.email is None or person.email not in said
