"""An empty installation greets with three steps that work."""

import re
from pathlib import Path

import pytest

import data
from dashboard import first_run
from data import Home
from etl.__main__ import app
from tests.dashboard.test_pages import app as page
from tests.records import Records, loaded


def test_the_synthetic_department_is_one_click_away(tmp_path: Path) -> None:
    at = page()
    assert [header.value for header in at.header] == ["Nothing has been loaded yet"]
    assert [one.value[:2] for one in at.subheader] == ["1.", "2.", "3."]
    at.button("try_demo").click().run(timeout=120)
    assert not at.exception
    assert data.demo_home().has_generation
    assert at.title[0].value == "Overview"


def test_every_command_that_it_names_exists() -> None:
    at = page()
    known = {one.name for one in app.registered_commands}
    named = re.findall(r"python -m etl (\w+)", "\n".join(code.value for code in at.code))
    assert {"demo", "check", "load"} <= set(named) <= known


def test_nothing_is_built_where_people_sign_in_or_records_are_loaded(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "accounts")
    assert not first_run.may_build()
    first_run.build_demo()
    assert not data.demo_home().has_generation
    monkeypatch.delenv("OUTCOMES_ACCESS")
    records = Records()
    records.procedure()
    loaded(home, records)
    first_run.build_demo()
    assert not data.demo_home().has_generation
