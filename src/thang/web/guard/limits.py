"""How much, and how slowly, somebody may send."""

from __future__ import annotations

from dataclasses import dataclass

KB = 1024
MB = 1024 * KB
GB = 1024 * MB


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and numbers. `beat`: seconds between two looks at a body under way."""

    header_seconds: float = 10.0
    header_bytes: int = 64 * KB
    body_idle: float = 30.0
    body_rate: int = KB  # bytes a second at least, on the whole, after the first `body_idle`
    unread: float = 60.0  # seconds for which somebody may leave an answer unread
    connections: int = 400
    beat: float = 1.0
    body: int = MB
    upload: int = 2 * GB - 1
    events: int = 4 * MB + 64 * KB  # a batch of 4 MB with what is around it
    unpacked: int = 4 * MB
    growth: int = 10  # times its packed size
    harmless: int = 64 * KB  # so little may grow as it likes


DEFAULT = Limits()
# Files of a shop come here; everywhere else a body is a form or a small JSON.
UPLOADS = frozenset({"/import", "/api/imports"})
EVENTS = "/v1/"
