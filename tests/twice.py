"""Fixtures by which a room's tests run on both databases: its conftest takes them over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests import servers

FILES, SERVER = "files", "server"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL of the tests' own."""
    with servers.running() as found:
        yield found.url


@pytest.fixture(scope="module", autouse=True, params=[FILES, SERVER])
def kept(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where shops that are begun keep their record."""
    if request.param == FILES:
        yield FILES
        return
    with servers.kept_on(request.getfixturevalue("server")):
        yield SERVER


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that look into the files themselves, or are long, run on files alone."""
    for item in list(items):
        params = getattr(getattr(item, "callspec", None), "params", {})
        if params.get("kept") == SERVER and item.get_closest_marker("once"):
            items.remove(item)
