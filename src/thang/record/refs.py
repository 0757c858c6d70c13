"""Public references to people: opaque, stable, reversible with the shop's key, never stored.

A reference is one AES block that holds a fixed tag and the person's number, written in
lower-case base32 after `p_`. The tag makes a guessed or mistyped reference name nobody.
"""

from __future__ import annotations

import base64
import binascii

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from numpy.typing import NDArray

from thang.record.key import ShopKey

PREFIX = "p_"
TAG = b"thang-p1"
LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
LENGTH = 26  # base32 letters of 16 bytes


class Refs:
    """The shop's references: `p_…` of a person's number, and the number of a `p_…`."""

    def __init__(self, key: ShopKey) -> None:
        # Every block is encrypted once and is unlike every other, which is where ECB is sound.
        self._cipher = Cipher(AES(key.derive("person refs")), ECB())  # noqa: S305

    def ref_of(self, number: int) -> str:
        """The reference of one person."""
        return self.refs_of(np.array([number], dtype=np.int64))[0]

    def refs_of(self, numbers: NDArray[np.int64]) -> list[str]:
        """The references of many people, in one call to the cipher."""
        blocks = np.empty((len(numbers), 16), dtype=np.uint8)
        blocks[:, :8] = np.frombuffer(TAG, dtype=np.uint8)
        blocks[:, 8:] = np.asarray(numbers, dtype=">i8").view(np.uint8).reshape(-1, 8)
        sealed = self._cipher.encryptor().update(blocks.tobytes())
        return _written(np.frombuffer(sealed, dtype=np.uint8).reshape(-1, 16))

    def id_of(self, ref: str) -> int | None:
        """The number behind a reference; None if the shop never gave it out."""
        block = _read(ref.strip().lower())
        if block is None:
            return None
        opened = self._cipher.decryptor().update(block)
        number = int.from_bytes(opened[8:], "big", signed=True)
        return number if opened[:8] == TAG else None


def _written(blocks: NDArray[np.uint8]) -> list[str]:
    bits = np.unpackbits(blocks, axis=1)
    padded = np.pad(bits, ((0, 0), (0, LENGTH * 5 - 128))).reshape(-1, LENGTH, 5)
    places = padded @ np.array([16, 8, 4, 2, 1], dtype=np.uint8)
    texts = np.ascontiguousarray(LETTERS[places]).view(f"S{LENGTH}").ravel()
    return [PREFIX + text.decode("ascii") for text in texts.tolist()]


def _read(ref: str) -> bytes | None:
    body = ref.removeprefix(PREFIX)
    if body == ref or len(body) != LENGTH or not body.isascii():
        return None
    try:
        block = base64.b32decode(body.upper() + "======")
    except binascii.Error:
        return None
    # Two last bits are spare: only the writing that this shop would use is a reference.
    same = base64.b32encode(block).decode("ascii").lower().startswith(body)
    return block if same else None
