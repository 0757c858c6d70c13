"""What all tests share: patience with a busy machine, and who shares a costly start."""

from __future__ import annotations

import pytest
from hypothesis import settings

# `make soak` runs all tests of hypothesis once more under its own profile, with far more examples.
settings.register_profile("thang", deadline=None, max_examples=40)
settings.register_profile("soak", deadline=None, max_examples=200)
settings.load_profile("thang")

# Tests that stand on one costly start (a big file imported, Spark, a demo served) go to one worker.
TOGETHER = ("golden", "engines", "browser")


@pytest.hookimpl(tryfirst=True)  # before the workers read the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        room = item.path.parent.name
        if room in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(room))
