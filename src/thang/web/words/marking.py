"""Marks a message for the catalogue where it stands, to be said later."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - gettext's own name, which extractors know
    """The message itself."""
    return message
