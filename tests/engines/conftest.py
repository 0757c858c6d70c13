"""The engines under test; Spark is left out by name where it cannot run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from thang.engines.spark_session import missing, session

from .placing import Engine, OnDuckDB, OnSpark


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """One session for all tests that need one."""
    lack = missing()
    if lack:
        pytest.skip(lack)
    with session() as running:
        yield running


@pytest.fixture(scope="session")
def on_spark(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> OnSpark:
    return OnSpark(spark, tmp_path_factory.mktemp("events"))


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    if request.param == "duckdb":
        return OnDuckDB()
    found: OnSpark = request.getfixturevalue("on_spark")
    return found
