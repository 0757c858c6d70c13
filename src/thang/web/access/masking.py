"""Phones and e-mails for those who may know that there is one, but not which."""

from __future__ import annotations

HOME = "+84"


def mask_phone(phone: str) -> str:
    """`+84903123218` is shown as `0903 *** 218`: enough to tell two apart, too little to call."""
    national = "0" + phone[len(HOME) :] if phone.startswith(HOME) else phone
    digits = "".join(c for c in national if c.isdigit())
    if len(digits) < 9:
        return "***"
    return f"{'+' if national.startswith('+') else ''}{digits[:4]} *** {digits[-3:]}"


def mask_email(address: str) -> str:
    """`nguyen.thu@vidu.test` is shown as `n***@vidu.test`."""
    name, at, domain = address.rpartition("@")
    return (
        f"{name[:1]}***@{domain}" if at and len(name) > 1 else f"***{at}{domain}" if at else "***"
    )
