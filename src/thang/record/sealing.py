"""Sealing short texts: AES-256-GCM, a fresh nonce each, bound to what the text is about."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from thang.model import Unavailable

NONCE_BYTES = 12


def seal(cipher: AESGCM, content: bytes, about: bytes) -> bytes:
    """Nonce and ciphertext; it opens only with the same key and the same `about`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, about)


def unseal(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    """What was sealed; `Unavailable` if it was tampered with or damaged."""
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except (InvalidTag, ValueError):
        raise Unavailable(
            "A sealed entry of the shop does not open with its key, so it was damaged or moved: "
            "put record.db, vault.db and shop.key back from the same backup."
        ) from None


def as_bytes(text: str) -> bytes:
    """Text as it came, even where its decoding left halves of characters."""
    return text.encode("utf-8", "surrogatepass")


def as_text(content: bytes) -> str:
    """The text again, to the letter."""
    return content.decode("utf-8", "surrogatepass")
