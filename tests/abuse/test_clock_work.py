"""Loads by the clock over eight days, loads that die, and what pages, readiness and doctor say on each morning."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import health
from dashboard.view.load_watch import missed_load
from data import journal
from data.home import PROJECT, Home
from data.journal import Journal
from etl.generations import publish
from tests.app.pages import app
from tests.commands import run_dashboard, run_etl
from tests.records import ZONE, Records, take

MONDAY = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
# The hour after midnight on each day at which a load ended by the clock; None = it did not come.
EIGHT_DAYS = (6.25, 6.25, 6.25, None, 6.25, 6.25, None, None)
WORDS = "The regular load has not run since"


def note(home: Home, at: datetime, monkeypatch: pytest.MonkeyPatch, **payload: object) -> None:
    monkeypatch.setattr(journal, "utc_now", lambda: f"{at:%Y-%m-%dT%H:%M:%SZ}")
    Journal(home.journal).append("load", "none", {"outcome": "no change", **payload}, "etl")


def test_each_of_eight_mornings_says_what_is_so(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.private.mkdir(parents=True)
    late = []
    for day, hour in enumerate(EIGHT_DAYS):
        midnight = MONDAY.replace(hour=0, minute=0) + timedelta(days=day)
        if hour is not None:
            note(home, midnight + timedelta(hours=hour), monkeypatch, scheduled=True)
        # Somebody loads by hand in between: that is no turn of the clock.
        note(home, midnight + timedelta(hours=7), monkeypatch, scheduled=False)
        late.append(missed_load(home, midnight + timedelta(hours=8, minutes=30)))
    assert [bool(words) for words in late] == [hour is None for hour in EIGHT_DAYS]
    assert f"{WORDS} Saturday, 28 November, 06:15 UTC, 50 hours ago" in str(late[-1])


def test_clocks_set_back_and_forward_raise_no_error(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.private.mkdir(parents=True)
    note(home, MONDAY + timedelta(days=400), monkeypatch, scheduled=True)
    assert missed_load(home, MONDAY) is None
    assert missed_load(home, MONDAY + timedelta(days=402)) is not None


def test_where_people_load_by_hand_nothing_is_missed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.private.mkdir(parents=True)
    assert missed_load(home, MONDAY) is None
    note(home, MONDAY, monkeypatch)
    assert missed_load(home, MONDAY + timedelta(days=90)) is None


def test_a_setting_says_how_long(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.private.mkdir(parents=True)
    home.settings.mkdir()
    note(home, MONDAY, monkeypatch, scheduled=True)
    (home.settings / "operations.toml").write_text("[loads]\nexpected_hours = 170\n", encoding="utf-8")
    assert missed_load(home, MONDAY + timedelta(days=7)) is None
    assert missed_load(home, MONDAY + timedelta(days=8)) is not None


def test_page_readiness_and_doctor_say_it(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    records = Records()
    records.procedure()
    done = run_etl("load", str(records.write(tmp_path / "in")), "--timezone", ZONE, OUTCOMES_SCHEDULED="yes")
    assert done.returncode == 0, done.stderr
    assert not [one.value for one in app().warning if WORDS in one.value]
    assert health.find_readiness().is_ready
    note(home, datetime.now(UTC) - timedelta(hours=30), monkeypatch, scheduled=True)
    assert [one.value for one in app().warning if WORDS in one.value]
    told = health.find_readiness()
    assert told.is_ready, "old data can still be looked at"
    assert any(WORDS in line for line in told.lines)
    assert WORDS in run_dashboard("doctor").stdout


def test_a_load_that_died_is_in_the_journal(home: Home, tmp_path: Path) -> None:
    records = Records()
    for place in range(300):
        records.procedure(f"2026-01-{1 + place % 28:02}")
    folder = records.write(tmp_path / "in")
    command = [sys.executable, "-m", "etl", "load", str(folder), "--timezone", ZONE]
    load = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until and not (home.lock.exists() and home.lock.read_text(encoding="utf-8")):
        time.sleep(0.01)
    os.kill(load.pid, signal.SIGKILL)
    load.wait()
    take(home, folder)
    (event,) = [event for event in Journal(home.journal).events("load") if event.payload["outcome"] == "died"]
    assert f"process {load.pid}" in event.payload["work"]
    take(home, folder)
    assert len([event for event in Journal(home.journal).events("load") if event.payload["outcome"] == "died"]) == 1
    assert home.lock.read_text(encoding="utf-8") == ""


def test_what_an_earlier_version_left_in_the_lock_is_no_death(home: Home, tmp_path: Path) -> None:
    publish.prepare_home(home)
    home.lock.write_text("process 1 since 2026-01-01 00:00:00 UTC", encoding="utf-8")
    records = Records()
    records.procedure()
    take(home, records.write(tmp_path / "in"))
    assert not [event for event in Journal(home.journal).events("load") if event.payload["outcome"] == "died"]
