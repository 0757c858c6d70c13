"""Passwords: argon2id, never kept or compared in the clear, and hard to guess from the start."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256  # characters; more would only keep the machine busy
LEFT_OVER = 6  # characters that must remain once everything guessable is taken out
VARIETY = 5  # different characters at least

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes 19 MiB; many people signing in at once wait for one another instead.
_at_once = BoundedSemaphore(2)

_ROWS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "0123456789",
    "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
_WORDS = (
    "password", "passw0rd", "matkhau", "admin", "welcome", "letmein", "iloveyou", "xinchao",
    "anhyeuem", "emyeuanh", "vietnam", "saigon", "hanoi", "cuahang", "khachhang", "thang", "shop",
    "dragon", "monkey", "football", "sunshine", "princess", "secret", "login", "changeme",
)  # fmt: skip


class Weakness(StrEnum):
    """Why a password will not do."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    with _at_once:
        return _hasher.hash(_normal(password))


def verified(kept: str, password: str) -> bool:
    """Whether a password is the one that was hashed.

    Nothing kept (an unknown person, or one without a password yet) costs the same work as a
    wrong password, so that time tells nobody who exists.
    """
    with _at_once:
        try:
            _hasher.verify(kept or _nobody(), _normal(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def weakness(password: str, known: Iterable[str] = ()) -> Weakness | None:
    """Why a password is too easy to guess; `known` are the shop's and the person's own names."""
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    plain = _folded(password)
    if len(set(plain)) < VARIETY:
        return Weakness.COMMON
    return Weakness.COMMON if len(_unguessable(plain, known)) < LEFT_OVER else None


def _unguessable(plain: str, known: Iterable[str]) -> str:
    """What is left when words, names, walks over the keyboard and repetitions are taken out."""
    own = {_folded(part) for name in known for part in (name, *name.split())}
    for word in sorted((*_WORDS, *(w for w in own if len(w) > 2)), key=len, reverse=True):
        plain = plain.replace(word, "\0")
    plain = _walks().sub("\0", plain)
    plain = re.sub(r"(.{1,4}?)\1{2,}", "\0", plain)  # aaa, abab..., 20262026...
    plain = re.sub(r"(19|20)\d\d", "\0", plain)
    return plain.replace("\0", "")


@lru_cache
def _walks() -> re.Pattern[str]:
    """Four or more keys in a row, either way; longer walks first."""
    runs = {
        way[start:end]
        for row in _ROWS
        for way in (row, row[::-1])
        for start in range(len(way))
        for end in range(start + 4, len(way) + 1)
    }
    return re.compile("|".join(sorted(runs, key=len, reverse=True)))


def _folded(text: str) -> str:
    """Small letters and digits without accents: what a list of guesses would try."""
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in parts if not unicodedata.combining(c) and not c.isspace())


def _normal(password: str) -> str:
    """The same password from every keyboard: a phone may compose accents otherwise."""
    return unicodedata.normalize("NFKC", password)


@lru_cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(SHORTEST))
