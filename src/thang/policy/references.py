"""Words that a shop's files of settings share: where something is reached, where a secret lies."""

from __future__ import annotations

from thang.policy.shapes import Word

ADDRESS = Word(
    r"https?://[^\s/?#@]+(?:/[^\s?#@]*)?", "a web address such as https://shop.example.vn"
)
SECRET = Word(
    r"env:[A-Za-z_][A-Za-z0-9_]{0,79}|file:[^\x00-\x1f]{1,300}",
    "a reference to a secret: env:NAME or file:PATH",
)
