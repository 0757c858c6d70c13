"""Codes that people read, say and type: no two letters that look alike, and none to be guessed."""

from __future__ import annotations

import unicodedata
from hashlib import blake2b

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
LONGEST = 40
ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def made(secret: bytes, about: str, length: int = LENGTH) -> str:
    """The code of something: always the same one, which nobody finds without the secret."""
    digest = blake2b(about.encode(), key=secret, digest_size=32).digest()
    number = int.from_bytes(digest, "big")
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in range(length))


def plain(text: str) -> str:
    """A code as it is kept, however it was typed: small letters, gaps, O for 0."""
    typed = unicodedata.normalize("NFKC", text).upper()[:LONGEST]
    return "".join(c for c in typed if c.isascii() and c.isalnum()).translate(ALIKE)


def shown(code: str) -> str:
    """A code in two halves, for people to read."""
    half = (len(code) + 1) // 2
    return f"{code[:half]}-{code[half:]}"
