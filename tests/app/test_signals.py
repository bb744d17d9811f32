"""Signals: what somebody should know, told once, as lines, as JSON and by mail, with an exit code."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard import __main__ as commands
from dashboard.pages.overview.signals import CAUSES, KIND
from data.home import Home
from data.journal import Journal
from tests.records import Records, loaded, take


def told(*options: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(commands.app, ["signals", *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout.splitlines()


@pytest.fixture
def mine(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """One unreviewed serious event of January, seen at the end of May."""
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    monkeypatch.setenv("OUTCOMES_NOW", "2026-05-27T08:00:00Z")
    records = Records()
    records.complication(records.procedure("2026-01-12"), "2026-01-15", "infection", severity="D")
    records.reach("2026-05-20")
    loaded(home, records)
    return home


def test_what_was_told_is_not_told_again_until_the_next_week(mine: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ["1 serious event or death has not been reviewed 14 days after"]
    assert told() == (1, said)
    assert told() == (0, [])
    assert told("--all") == (1, said)
    assert told("--days", "150", "--all") == (0, [])
    monkeypatch.setenv("OUTCOMES_NOW", "2026-06-03T08:00:00Z")
    assert told() == (1, said)
    assert len(Journal(mine.journal).events(KIND)) == 2


def test_a_refused_file_and_late_records_are_told_as_json_lines(mine: Home, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "procedures.csv").write_text(
        "procedure_id,patient_id,performed_on\nP1,N1,2026-01-12\n", encoding="utf-8"
    )
    assert take(mine, tmp_path / "procedures.csv").refused
    monkeypatch.setenv("OUTCOMES_NOW", "2026-07-20T08:00:00Z")
    code, lines = told("--json")
    found = {one["kind"]: one for one in map(json.loads, lines)}
    assert code == 1
    assert set(found) >= {"review", "late"}
    assert {"kind", "cause", "text", "page", "generation"} == set(found["review"])
    assert "a load is late" in found["late"]["text"]
    assert set(found) <= {*CAUSES, "review", "look"}


def test_the_synthetic_department_has_some_and_names_nobody(synthetic: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(synthetic.root))
    code, lines = told("--all")
    assert (code, bool(lines)) == (1, True)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|\bP\d{6}\b", "\n".join(lines))


def test_they_are_mailed_to_those_who_asked_for_the_digest(
    mine: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.settings.mkdir(exist_ok=True)
    (mine.settings / "department.toml").write_text('digest_to = ["lead@example.org"]\n', encoding="utf-8")
    program = tmp_path / "sendmail"
    program.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/sent\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert told("--mail")[0] == 1
    sent = (tmp_path / "sent").read_text()
    assert "To: lead@example.org" in sent
    assert "not been reviewed 14 days after" in sent
