"""Apache Spark with a driver and two executors as processes of their own: some figures, as DuckDB gives them."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from data.home import PROJECT, Home
from queries.catalogue.metrics import read_catalogue
from queries.cells.cell_sql import MONTH
from queries.cells.pool_engine import open_engine
from queries.warehouse import Warehouse
from tests.engine.figures import compare_figures

SPARK = Path(os.environ.get("SPARK_HOME") or PROJECT / "build" / "spark" / "pyspark")
METRICS = (
    "procedures", "followed_up", "responders_30_month_1", "mean_levels", "stay_hours", "complication_kinds",
    "cement_per_vertebra", "new_fracture_cumulative_incidence_12_months",
)  # fmt: skip
SPLITS = ((), ("hospital",), (MONTH,))
START_SECONDS = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def cluster(engine_environment: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a Spark Connect server, and of its pages about itself."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("no Java found: Apache Spark needs Java 17")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    if not re.search(r'version "(17|21)\.', told):
        pytest.skip("this Java is neither 17 nor 21")
    if not (SPARK / "bin" / "spark-submit").is_file():
        pytest.skip(f"no Apache Spark at {SPARK}: run `make spark`, or set SPARK_HOME")
    folder, port, pages = tmp_path_factory.mktemp("spark"), free_port(), free_port()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": port,
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.executor.memory": "1g",
        "spark.ui.port": pages, "spark.sql.shuffle.partitions": 4, "spark.local.dir": folder,
    }  # fmt: skip
    command = [str(SPARK / "bin" / "spark-submit"), "--master", "local-cluster[2,1,1024]", "--driver-memory", "1500m"]
    command += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    environment = os.environ | {
        "SPARK_HOME": str(SPARK),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder),
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        await_port(port, server, folder / "log")
        yield f"sc://127.0.0.1:{port}", f"http://127.0.0.1:{pages}/api/v1/applications"
    finally:
        server.terminate()
        server.wait(60)


def await_port(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    pytest.fail(log.read_text(encoding="utf-8")[-2000:])


@pytest.mark.thorough
def test_two_executors_count_what_duckdb_counts(registry: Home, pooled: Warehouse, cluster: tuple[str, str]) -> None:
    address, pages = cluster
    engine = open_engine(address, registry, pooled)
    assert all(compare_figures(engine, pooled, read_catalogue()[name], SPLITS) for name in METRICS)
    with urlopen(pages) as answer:
        (application,) = json.load(answer)
    with urlopen(f"{pages}/{application['id']}/executors") as answer:
        tasks = {one["id"]: one["completedTasks"] for one in json.load(answer)}
    assert all(tasks[executor] > 0 for executor in ("0", "1")), tasks
