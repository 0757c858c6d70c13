"""The shop's key: 32 random bytes in a file that only its owner can read.

Everything secret is derived from it, one key for each purpose, so that no two uses ever
share one. Without the file the vault cannot be opened by anybody.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from thang.model import Unavailable

KEY_FILE = "shop.key"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ShopKey:
    """The shop's master key; `repr` never shows it."""

    master: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose; its name has at most 16 letters."""
        return blake2b(key=self.master, person=purpose.encode(), digest_size=KEY_BYTES).digest()

    @property
    def shop_id(self) -> str:
        """The shop's name for itself: tells whether key, record and vault belong together."""
        return self.derive("shop id")[:16].hex()


def create_key(folder: Path) -> ShopKey:
    """Write a new key file of mode 0600, durably, or read the one that is there already."""
    path = folder / KEY_FILE
    if path.exists():
        return read_key(folder)
    master = secrets.token_bytes(KEY_BYTES)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(master.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(folder)
    return ShopKey(master)


def read_key(folder: Path) -> ShopKey:
    """Read the key file; `Unavailable` if it is missing, damaged, or readable by others."""
    path = folder / KEY_FILE
    try:
        others = path.stat().st_mode & 0o077
        text = "" if others else path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise Unavailable(
            f"The shop's key {path} is missing and nothing can be opened without it: "
            f"put it back from your backup."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise Unavailable(f"The shop's key {path} cannot be read: {_RESTORE}") from None
    if others:
        raise Unavailable(f"Others can read the shop's key {path}: run `chmod 600 {path}`.")
    return ShopKey(_decode(text, path))


_RESTORE = "check that you own the file, or put it back from your backup."


def _decode(text: str, path: Path) -> bytes:
    try:
        master = bytes.fromhex(text.strip())
    except ValueError:
        master = b""
    if len(master) != KEY_BYTES:
        raise Unavailable(
            f"The shop's key {path} is damaged (it should be {2 * KEY_BYTES} hexadecimal digits): "
            f"put it back from your backup."
        )
    return master


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
