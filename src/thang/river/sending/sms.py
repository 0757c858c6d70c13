"""How many parts an SMS has, and its text without accents, which makes them fewer.

A text of the GSM alphabet has 160 letters in one part and 153 in each of several; any other
letter makes it 70 and 67, counted in UTF-16 units.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_PAIRS = frozenset("\f^{}\\[~]|€")  # each takes the room of two letters
GSM_ROOM, WIDE_ROOM = (160, 153), (70, 67)
PLAIN = str.maketrans({
    "đ": "d", "Đ": "D", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...",
    "\u00a0": " ", "₫": "d", "•": "-",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segments:
    """The parts of an SMS, the room its letters take, and whether it needs the wide alphabet."""

    parts: int
    letters: int
    wide: bool


def segments(text: str) -> Segments:
    """Count an SMS as carriers do; no letter that takes two places is cut in two."""
    wide = any(letter not in GSM and letter not in GSM_PAIRS for letter in text)
    sizes = [_size(letter, wide) for letter in text]
    alone, each = WIDE_ROOM if wide else GSM_ROOM
    if sum(sizes) <= alone:
        return Segments(1 if sizes else 0, sum(sizes), wide)
    parts, room = 1, each
    for size in sizes:
        if size > room:
            parts, room = parts + 1, each
        room -= size
    return Segments(parts, sum(sizes), wide)


def _size(letter: str, wide: bool) -> int:
    return (2 if ord(letter) > 0xFFFF else 1) if wide else (2 if letter in GSM_PAIRS else 1)


def plain(text: str) -> str:
    """The text without accents: `Chào chị Đào` becomes `Chao chi Dao`; other letters stay."""
    spread = unicodedata.normalize("NFD", text.translate(PLAIN))
    bare = "".join(letter for letter in spread if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFC", bare)
