"""What is too easy to guess, whatever it is dressed up with."""

from __future__ import annotations

import pytest

from thang.desk.agents import family
from thang.desk.passwords import Weakness, weakness

SHOP = ("Chủ Thử", "tiem-hoa-thu")


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Password2026!", "passwordpassword", "matkhau123456", "Mật khẩu 2026",
        "aaaaaaaaaaaaaaa", "abababababab", "123123123123", "qwertyuiop12", "1q2w3e4r5t6y",
        "poiuytrewq00", "asdfghjkl;zxcvbnm", "0987654321098", "abcdefghijklmnop", "thangthang2026",
        "chủ thử 2025", "chuthu201999", "tiem-hoa-thu2024", "iloveyou1999", "anhyeuem2000!!",
        "            ", "admin1234567", "QWERTYUIOP!!", "20262026202620", "1qaz2wsx3edc",
    ],
)  # fmt: skip
def test_common_passwords_are_known_by_rule(password: str) -> None:
    assert weakness(password, SHOP) is Weakness.COMMON


@pytest.mark.parametrize("password", ["", "mười một ký", "Tr0ub4dor&3"])
def test_short_passwords_are_short(password: str) -> None:
    assert weakness(password) is Weakness.SHORT


def test_endless_passwords_are_not_hashed() -> None:
    assert weakness("xy7 " * 100) is Weakness.LONG


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "mười hai quả mơ chín", "Kx9#vLq2!mRt", "bảy con vịt bơi qua sông",
     "tôi bán bánh mì ở góc phố", "jTq-83-wuxo-pm"],
)  # fmt: skip
def test_good_passwords_are_taken(password: str) -> None:
    assert weakness(password, SHOP) is None


@pytest.mark.parametrize(
    ("agent", "known"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Linux",
        ),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_of_a_browser_only_its_family_is_kept(agent: str, known: str) -> None:
    assert family(agent) == known
