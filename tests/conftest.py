"""What all tests share: patience with a busy machine, and who shares a costly start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# `make soak` runs all tests of hypothesis once more under its own profile, with far more examples.
settings.register_profile("thang", deadline=None, max_examples=40)
settings.register_profile("soak", deadline=None, max_examples=200)
settings.load_profile("thang")

# Rooms whose files stand on one costly start: a big file imported, Spark, a demo served.
TOGETHER = ("golden", "engines", "browser")
# Rooms whose tests are long and share nothing: dealt out last, one by one, so that all end at once.
ALONE = ("judges",)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--on-server", action="store_true", help="shops keep their record on a PostgreSQL server"
    )


@pytest.fixture(scope="session", autouse=True)
def on_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where `--on-server` is given, every shop that a test begins is on one of the tests' own."""
    if not request.config.getoption("--on-server"):
        yield
        return
    from tests import servers

    with servers.running() as found, servers.kept_on(found.url):
        yield


def shared(nodeid: str) -> str:
    """What a test is dealt out with: its room where that shares a start, else its own file."""
    path, _, _ = nodeid.partition("::")
    room = path.removeprefix("tests/").partition("/")[0]
    if room in ALONE:
        return nodeid
    return room if room in TOGETHER else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Whole files and rooms to one worker each, the longest first; marks of groups are not heard
    by xdist 3.8 under pytest 9, which names its tests otherwise.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return shared(nodeid)

    return Sharing(config, log)
