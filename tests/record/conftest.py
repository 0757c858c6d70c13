"""The record's tests run twice: on files beside the key, and on a PostgreSQL server."""

from __future__ import annotations

from tests.twice import kept, pytest_collection_modifyitems, server

__all__ = ["kept", "pytest_collection_modifyitems", "server"]
