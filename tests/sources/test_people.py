"""Two spellings of one phone meet; what hides, fills or is shared by nature names nobody."""

from __future__ import annotations

import pytest

from thang.sources.people import MOVED, customer_id, email, identifiers, phones

# Every example is of the block 0900 000 xxx or plainly invented.
SAME = (
    "0900000123", "0900 000 123", "0900.000.123", "+84900000123", "+84 900 000 123",
    "84900000123", "(+84) 900-000-123", "0084900000123", "900000123", "+840900000123",
)  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_all_usual_spellings_are_one_number(text: str) -> None:
    assert phones(text, "VN") == ["+84900000123"]


@pytest.mark.parametrize(("old", "new"), sorted(MOVED.items()))
def test_eleven_digit_numbers_of_before_2018_are_what_they_became(old: str, new: str) -> None:
    assert phones(old + "0000123", "VN") == ["+84" + new[1:] + "0000123"]
    assert phones("+84" + old[1:] + "0000123", "VN") == ["+84" + new[1:] + "0000123"]


def test_two_numbers_in_one_cell_are_two() -> None:
    assert phones("0900000123/0900000456", "VN") == ["+84900000123", "+84900000456"]
    assert phones("0900000123; 0900000123", "VN") == ["+84900000123"]


@pytest.mark.parametrize(
    "text",
    ["******78", "09*****123", "19001234", "18001234", "02838220000", "0000000000", "0909090909",
     "0999999999", "123", "", "không có", "09000001234567"],
)  # fmt: skip
def test_what_names_nobody_is_no_phone(text: str) -> None:
    assert phones(text, "VN") == []


def test_without_a_country_only_international_numbers_are_read() -> None:
    assert phones("0900000123", None) == []
    assert phones("+84900000123", None) == ["+84900000123"]


def test_e_mails_are_compared_in_lower_case_and_not_otherwise_changed() -> None:
    assert email("  Dao.Nt@Example.VN ") == "dao.nt@example.vn"
    assert email("dao+shop@example.vn") == "dao+shop@example.vn"
    for text in ("no at sign", "a@b", "d***@example.vn", "two@example.vn three@example.vn", ""):
        assert email(text) is None


def test_a_spreadsheets_number_is_the_same_customer() -> None:
    assert customer_id("13085.0") == customer_id("13085") == "13085"
    assert customer_id("00001") == "00001"
    assert customer_id("v1.0") == "v1.0"
    for text in ("", " ", "nan", "n***o", "NULL"):
        assert customer_id(text) is None


def test_the_shops_own_id_stands_first() -> None:
    found = identifiers("KH1", "0900000123", "A@example.vn", "VN")
    assert [i.namespace for i in found] == ["customer", "phone", "email"]
