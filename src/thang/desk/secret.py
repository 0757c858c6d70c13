"""Secrets that are given out once: 256 random bits, of which only a hash is kept."""

from __future__ import annotations

import secrets
from hashlib import sha256

ID_BYTES = 16
SECRET_BYTES = 32


def new_id() -> str:
    """A name nobody can guess, nor count from another one: 128 bits."""
    return secrets.token_hex(ID_BYTES)


def new_secret() -> str:
    """256 bits as text for a cookie, a link or a header."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """What is kept of a secret. It has too many bits to be guessed, so one quick hash is enough."""
    return sha256(secret.encode("utf-8", "replace")).digest()
