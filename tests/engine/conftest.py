"""These tests run in the environment of requirements-engine.txt: `make engine`."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from data.home import Home
from queries.warehouse import Warehouse, open_current
from tests.engine.registry import APP, build_registry

MISSING = "not the environment of requirements-engine.txt: run `make engine`"


@pytest.fixture(scope="session", autouse=True)
def engine_environment() -> None:
    if find_spec("pysail") is None:
        pytest.skip(MISSING)
    if not APP.is_file():
        pytest.skip(f"no {APP}: it makes the department; run `make engine`, or set OUTCOMES_APP_PYTHON")


@pytest.fixture(scope="session")
def registry(engine_environment: None, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return build_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="session")
def pooled(registry: Home) -> Warehouse:
    return open_current(registry)


@pytest.fixture(scope="session")
def sail(engine_environment: None) -> Iterator[str]:
    """A server inside this process: its address."""
    # Not in the app's environment.
    from pysail.spark import SparkConnectServer  # noqa: PLC0415

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    yield f"sc://127.0.0.1:{server.listening_address[1]}"
