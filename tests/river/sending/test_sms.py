"""Parts of an SMS as carriers count them, text without accents, labels and ways out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thang.model import WrongInput
from thang.policy.contact import Contact
from thang.river.sending.labels import Worded, dressed
from thang.river.sending.sms import plain, segments


@pytest.mark.parametrize(
    ("text", "parts", "wide"),
    [
        ("", 0, False),
        ("a" * 160, 1, False),
        ("a" * 161, 2, False),
        ("a" * 306, 2, False),
        ("a" * 307, 3, False),
        ("€" * 80, 1, False),
        ("€" * 81, 2, False),
        ("€" * 153, 3, False),  # 76 of them fit a part of 153: none is cut in two
        ("ê" * 70, 1, True),
        ("ê" * 71, 2, True),
        ("ê" * 134, 2, True),
        ("ê" * 135, 3, True),
        ("😀" * 35, 1, True),
        ("😀" * 36, 2, True),
        ("😀" * 67, 3, True),  # 33 of them fit a part of 67
        ("à é ò ù", 1, False),
        ("ạ", 1, True),
    ],
)
def test_parts(text: str, parts: int, wide: bool) -> None:
    found = segments(text)
    assert (found.parts, found.wide) == (parts, wide)


def test_accents_go_and_words_stay() -> None:
    text = "Chào chị Đào – mời chị ghé “Tiệm Thử” mua bưởi, ưu đãi 50.000 ₫ đến thứ Bảy…"
    assert (
        plain(text)
        == 'Chao chi Dao - moi chi ghe "Tiem Thu" mua buoi, uu dai 50.000 d den thu Bay...'
    )
    assert plain(unicodedata.normalize("NFD", text)) == plain(text)


VIETNAMESE = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
)


@given(st.text(VIETNAMESE + VIETNAMESE.upper() + " .,!", max_size=200))
def test_vietnamese_without_accents_needs_no_wide_letters(text: str) -> None:
    assert plain(text).isascii()
    assert not segments(plain(text)).wide
    assert segments(plain(text)).parts <= segments(text).parts
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize("channel", ["email", "sms", "messenger", "zalo_oa", "zns"])
def test_advertising_has_its_label_and_its_way_out(channel: str) -> None:
    done = dressed(
        Worded("Quà", "Chào bạn"), channel, "marketing", "https://tiem.example/u/1", Contact()
    )
    assert done.text.endswith(
        "nhan tin: https://tiem.example/u/1"
        if channel == "sms"
        else "nhận tin: https://tiem.example/u/1"
    )
    in_front = done.subject if channel == "email" else done.text
    assert in_front.startswith("[QC] ")
    assert in_front.count("[QC]") == 1


@pytest.mark.parametrize("label", ["[QC]", "[AD]"])
def test_a_label_that_is_there_is_not_doubled(label: str) -> None:
    done = dressed(Worded("", f"{label} Chào"), "sms", "marketing", "https://t.example", Contact())
    assert done.text.startswith(f"{label} Chao\n")


def test_service_has_neither() -> None:
    assert dressed(Worded("Đơn", "Đã giao"), "email", "service", "", Contact()) == Worded(
        "Đơn", "Đã giao"
    )


def test_advertising_without_a_way_out_is_refused() -> None:
    with pytest.raises(WrongInput, match="opts out"):
        dressed(Worded("Quà", "Chào"), "email", "marketing", "  ", Contact())


def test_an_sms_of_too_many_parts_is_refused() -> None:
    long = Worded("", "Chào bạn " * 60)
    with pytest.raises(WrongInput, match="has 4 parts and may have 3"):
        dressed(long, "sms", "service", "", Contact())
    assert (
        dressed(long, "sms", "service", "", Contact(sms_segments=10, sms_plain=False)).text
        == long.text
    )
