"""An empty installation greets with three steps that work."""

import re
from pathlib import Path

import pytest

from dashboard.widgets import first_run
from data.errors import NoGeneration
from data.home import DEMO, Home, demo_home
from etl.__main__ import app
from queries.warehouse import current_path
from tests.app.pages import app as page
from tests.records import Records, loaded


def test_the_synthetic_department_is_one_click_away(tmp_path: Path) -> None:
    at = page()
    assert [title.value for title in at.title] == ["Nothing has been loaded yet"]
    assert [one.value[:2] for one in at.header] == ["1.", "2.", "3."]
    assert all(code.proto.wrap_lines for code in at.code)
    at.button("try_demo").click().run(timeout=120)
    assert not at.exception
    assert demo_home().has_generation
    assert at.title[0].value == "Overview"


def test_commands_say_how_to_reach_the_synthetic_department(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Home(tmp_path / "empty")
    with pytest.raises(NoGeneration) as told:
        current_path(empty)
    assert "python -m etl demo" in told.value.remedy
    records = Records()
    records.procedure()
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(home.root))
    with pytest.raises(NoGeneration) as told:
        current_path(empty)
    assert f"OUTCOMES_HOME={home.root} before this command" in told.value.remedy
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(DEMO))
    monkeypatch.setattr(Home, "has_generation", property(lambda one: one.root == DEMO))
    with pytest.raises(NoGeneration) as told:
        current_path(empty)
    assert "OUTCOMES_HOME=data/demo before this command" in told.value.remedy


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
    assert not demo_home().has_generation
    monkeypatch.delenv("OUTCOMES_ACCESS")
    records = Records()
    records.procedure()
    loaded(home, records)
    first_run.build_demo()
    assert not demo_home().has_generation
