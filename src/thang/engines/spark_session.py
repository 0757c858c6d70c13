"""A Spark session that is quiet, speaks to this machine alone, and ends when it is done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thang import model
from thang.model import Unavailable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "local[2]"
JAVA_CURE = (
    "install a Java 17 runtime (Debian, Ubuntu: apt-get install openjdk-17-jre-headless) "
    "or point JAVA_HOME to one."
)
SETTINGS = {
    "spark.app.name": "thang",
    "spark.driver.memory": "2g",
    "spark.driver.maxResultSize": "0",
    "spark.log.level": "OFF",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def missing() -> str | None:
    """What Spark lacks here, with the cure; None: nothing."""
    if find_spec("pyspark") is None:
        return "Spark is not installed: run `pip install 'thang[spark]'`."
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home) / "bin") if home else None) is None:
        return f"Spark finds no Java: {JAVA_CURE}"
    return None


@contextmanager
def session(master: str | None = None) -> Iterator[SparkSession]:
    """A session on `master` (else SPARK_MASTER, else two threads here), stopped at the end."""
    lack = missing()
    if lack:
        raise Unavailable(lack)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
        spark = _started(master or os.environ.get("SPARK_MASTER") or MASTER)
        try:
            yield spark
        finally:
            spark.stop()


def _started(master: str) -> SparkSession:
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - an extra, and slow to load
    from pyspark.errors import PySparkException  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    conf = SparkConf().setMaster(master).setAll(list(SETTINGS.items()))
    # Workers run this very package, installed or not.
    conf.setExecutorEnv("PYTHONPATH", str(Path(model.__file__).parents[1]))
    if master.startswith("local"):
        conf.setAll(list(HERE.items()))
        os.environ["PYSPARK_PYTHON"] = sys.executable
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        return SparkSession(SparkContext(conf=conf, gateway=_gateway(conf)))
    except PySparkException:
        raise Unavailable(f"Spark does not start: {JAVA_CURE}") from None


def _gateway(conf: Any) -> Any:
    """Java's side, its chatter at the start unheard; errors come back as exceptions."""
    from pyspark import SparkContext, java_gateway  # noqa: PLC0415

    launch: Any = java_gateway.launch_gateway
    return SparkContext._gateway or launch(conf, popen_kwargs={"stderr": subprocess.DEVNULL})
