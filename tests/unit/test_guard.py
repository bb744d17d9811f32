"""What a unit test may not do fails it, with words that say where it belongs."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from etl.build.build import Build
from etl.generations.manifest import Manifest
from tests.records import Records, built, quiet


def test_building_a_generation_fails(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"builds a generation: .* tests/loads"):
        Build(connection=duckdb.connect()).stage(Manifest(), set(), lambda _: b"", quiet)
    records = Records()
    records.procedure()
    with pytest.raises(pytest.fail.Exception, match="builds a generation"):
        built(records, tmp_path)


def test_starting_a_process_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="starts a process"):
        subprocess.run([sys.executable, "--version"], check=True)


def test_rendering_a_page_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="renders a page"):
        AppTest.from_string("").run()
