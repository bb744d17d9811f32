"""The load as a user meets it: what is taken, what is refused, what stays in service."""

import json
import os
import re
import stat
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from data.home import PROJECT, Home
from data.journal import Journal
from etl.generations import publish
from etl.generations.lineage import list_published
from etl.generations.publish import current_manifest
from etl.sources.canonical import PROCEDURES
from queries.warehouse import open_current
from tests.commands import run_etl as run
from tests.records import ZONE, Records, take

MODULE = [sys.executable, "-m", "etl"]


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MODULE, *arguments], capture_output=True, text=True, cwd=PROJECT, check=False, timeout=120)


def small(folder: Path, day: str = "2026-01-12", size: int = 3) -> Path:
    records = Records()
    for _ in range(size):
        records.score(records.procedure(day), f"{day}T09:00", 8)
    return records.write(folder)


def test_a_folder_is_loaded_and_reported(home: Home, tmp_path: Path) -> None:
    folder = small(tmp_path / "in")
    (folder / "notes.txt").write_text("nothing of ours\n", encoding="utf-8")
    done = process("load", str(folder), "--timezone", ZONE)
    assert done.returncode == 0, done.stderr
    assert "procedures.csv (procedures): 3 rows read, 3 loaded, 0 duplicate, 0 superseded, 0 rejected" in done.stdout
    assert "notes.txt: ignored" in done.stdout
    assert re.search(r"published gen-\S+\.duckdb", done.stdout)


def test_loading_twice_changes_nothing(home: Home, tmp_path: Path) -> None:
    folder = small(tmp_path / "in")
    run("load", str(folder), "--timezone", ZONE)
    before = home.current.read_text(encoding="utf-8")
    again = run("load", str(folder), "--timezone", ZONE)
    assert again.returncode == 0
    assert "loaded before, nothing new" in again.stdout
    assert home.current.read_text(encoding="utf-8") == before


def test_the_inbox_is_loaded_when_nothing_is_named(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_TIMEZONE", ZONE)
    assert run("load").returncode == 0
    small(home.inbox)
    assert "published" in run("load").stdout


def test_a_missing_time_zone_names_all_three_ways(tmp_path: Path) -> None:
    done = run("load", str(small(tmp_path / "in")))
    assert done.returncode == 2
    for way in ("--timezone", "time_zone in etl/sources/canonical.toml", "OUTCOMES_TIMEZONE"):
        assert way in done.stderr


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "America/chicago city"])
def test_an_unknown_time_zone_is_a_usage_error(tmp_path: Path, zone: str) -> None:
    assert run("load", str(small(tmp_path / "in")), "--timezone", zone).returncode == 2


def test_check_writes_nothing(home: Home, tmp_path: Path) -> None:
    done = run("check", str(small(tmp_path / "in")), "--timezone", ZONE)
    assert done.returncode == 0, done.stderr
    assert "3 loaded" in done.stdout
    assert not home.root.exists()


def test_check_exits_1_when_it_finds_rejects(tmp_path: Path) -> None:
    records = Records()
    for _ in range(9):
        records.procedure()
    records.procedure(discharged_at="2026-01-12T09:00")
    done = run("check", str(records.write(tmp_path / "in")), "--timezone", ZONE)
    assert done.returncode == 1
    assert (
        "rejected 1 × discharge_before_start, discharged_at: discharge is earlier than the start (line 11)"
        in done.stdout
    )


def test_too_many_rejects_refuse_the_file_and_say_which(home: Home, tmp_path: Path) -> None:
    take(home, small(tmp_path / "good"))
    before = home.current.read_text(encoding="utf-8")
    records = Records(_numbers=count(100))
    for _ in range(4):
        records.procedure("2026-02-12")
    records.procedure("12.02.2026")
    records.procedure("13.02.2026")
    folder = records.write(tmp_path / "bad")
    done = run("load", str(folder), "--timezone", ZONE)
    assert done.returncode == 65
    assert "rejected 2 × date_unreadable" in done.stdout
    assert "2 of 6 rows rejected, more than 20%" in done.stdout
    assert home.current.read_text(encoding="utf-8") == before
    accepted = run("load", str(folder), "--timezone", ZONE, "--accept-rejects")
    assert accepted.returncode == 0
    assert open_current(home).rows("select count(*) from procedures") == [(7,)]


def test_strict_refuses_a_file_with_any_reject_and_publishes_nothing(home: Home, tmp_path: Path) -> None:
    folder = small(tmp_path / "in", size=12)
    with (folder / "pain_scores.csv").open("a", encoding="utf-8") as file:
        file.write("S900,N001,,2026-01-14,11,rest,,,,,\n")
    assert run("load", str(folder), "--timezone", ZONE, "--strict").returncode == 65
    assert not home.has_generation
    assert run("load", str(folder), "--timezone", ZONE).returncode == 0


def test_the_good_files_of_a_delivery_are_published_when_one_is_refused(home: Home, tmp_path: Path) -> None:
    folder = small(tmp_path / "in")
    short = "contact_id,procedure_id,kind,happened_at\nC1,P001,pre_call,x\n"
    (folder / "contacts.csv").write_text(short, encoding="utf-8")
    done = run("load", str(folder), "--timezone", ZONE)
    assert done.returncode == 65
    assert "contacts.csv, line 1: missing column outcome, record_status, updated_at" in done.stdout
    assert open_current(home).rows("select count(*) from procedures") == [(3,)]


def test_status_tells_the_accounting_of_every_file(home: Home, tmp_path: Path) -> None:
    records = Records()
    for _ in range(9):
        records.procedure()
    records.procedure(levels="L7")
    records.procedure(died_on="2026-01-01")
    take(home, records.write(tmp_path / "delivery"))
    told = json.loads(run("status", "--json").stdout)
    file = told["files"][0]
    assert told["counts"]["procedures"] == 10
    assert told["path"].endswith(home.current.read_text(encoding="utf-8").strip())
    assert (file["name"], Path(file["folder"]).name) == ("procedures.csv", "delivery")
    assert (file["rows_read"], file["rows_loaded"], file["rows_rejected"]) == (11, 10, 1)
    assert file["rejected"] == [
        {"row": 11, "line": 12, "field": "performed_on", "rule": "procedure_after_death", "scope": "row"}
    ]
    assert file["warned"] == [{"row": 10, "line": 11, "field": "levels", "rule": "level_unreadable", "scope": "row"}]


def test_status_without_a_generation_exits_69() -> None:
    done = process("status", "--json")
    assert done.returncode == 69
    assert "python -m etl load" in done.stderr


def test_rejected_rows_come_back_to_be_corrected_and_loaded(home: Home, tmp_path: Path) -> None:
    records = Records()
    for _ in range(9):
        records.procedure()
    records.procedure(age_years="old", site='Say "hello", world')
    take(home, records.write(tmp_path / "in"))
    out = tmp_path / "out"
    assert run("rejected", "--out", str(out)).returncode == 0
    text = (out / "procedures.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == ",".join((*PROCEDURES.all_columns, "why"))
    assert "number_unreadable: age_years: not a plain number" in text
    assert stat.S_IMODE((out / "procedures.csv").stat().st_mode) == 0o600
    (out / "procedures.csv").write_text(text.replace(",old,", ",71,"), encoding="utf-8")
    assert run("load", str(out), "--timezone", ZONE).returncode == 0
    assert open_current(home).rows("select age_years, site from procedures where age_years = 71") == [
        (71, 'Say "hello", world')
    ]


def test_rollback_and_rebuild(home: Home, tmp_path: Path) -> None:
    take(home, small(tmp_path / "one"))
    first = home.current.read_text(encoding="utf-8").strip()
    take(home, small(tmp_path / "two", "2026-02-12", 5))
    assert open_current(home).rows("select count(*) from procedures") == [(5,)]
    assert run("rollback").returncode == 0
    assert home.current.read_text(encoding="utf-8").strip() == first
    (home.generations / first).chmod(0o600)
    (home.generations / first).write_bytes(b"broken")
    done = run("rebuild")
    assert done.returncode == 0, done.stderr
    assert open_current(home).rows("select count(*) from procedures") == [(3,)]


def test_a_rebuild_of_nothing_says_so_and_publishes_nothing(home: Home) -> None:
    done = run("rebuild")
    assert done.returncode == 69, done.stderr
    assert "nothing has been loaded yet" in done.stderr
    assert not home.has_generation


def test_rollback_without_an_earlier_generation_says_so(home: Home, tmp_path: Path) -> None:
    take(home, small(tmp_path / "one"))
    assert run("rollback").returncode == 69


def test_a_second_load_at_once_is_told_who_is_loading(home: Home, tmp_path: Path) -> None:
    publish.prepare_home(home)
    with publish.only_load(home):
        done = process("load", str(small(tmp_path / "in")), "--timezone", ZONE)
    assert done.returncode == 75
    assert f"process {os.getpid()}" in done.stderr


def test_the_demo_is_the_same_for_the_same_seed_and_never_in_the_real_home(home: Home, tmp_path: Path) -> None:
    assert run("demo", "--procedures", "40").returncode == 0
    demo = Home(tmp_path / "demo")
    assert open_current(demo).info.is_synthetic
    assert open_current(demo).rows("select count(*) from procedures") == [(40,)]
    before = demo.current.read_text(encoding="utf-8")
    run("demo", "--procedures", "40")
    assert demo.current.read_text(encoding="utf-8") == before
    assert not home.has_generation


def test_synthetic_and_real_records_never_mix(home: Home, tmp_path: Path) -> None:
    take(home, small(tmp_path / "in"))
    done = run("load", str(small(tmp_path / "more", "2026-02-12")), "--source", "synthetic", "--timezone", ZONE)
    assert done.returncode == 2
    assert "mixed" in done.stderr


def test_an_unknown_source_lists_the_known_ones(tmp_path: Path) -> None:
    done = run("load", str(small(tmp_path / "in")), "--source", "nowhere", "--timezone", ZONE)
    assert done.returncode == 2
    assert "canonical" in done.stderr


def test_modes_keep_patients_data_private(home: Home, tmp_path: Path) -> None:
    take(home, small(tmp_path / "in"))
    for folder in (home.root, home.inbox, home.archive, home.staging, home.private):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    assert stat.S_IMODE(home.generations.stat().st_mode) == 0o750
    for path in (*home.generations.glob("*.duckdb"), home.current):
        assert stat.S_IMODE(path.stat().st_mode) == 0o440
    for path in (*home.archive.rglob("*"), *home.private.rglob("*")):
        assert not path.is_file() or stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_no_senders_number_is_in_a_generation(home: Home, tmp_path: Path) -> None:
    records = Records()
    row = records.procedure(procedure_id="CANARY-P", patient_id="CANARY-N")
    records.score(row, "2026-01-14", 3, score_id="CANARY-S")
    take(home, records.write(tmp_path / "in"))
    for path in home.generations.glob("*.duckdb"):
        assert b"CANARY" not in path.read_bytes()


def test_keys_of_people_stay_the_same_from_load_to_load(home: Home, tmp_path: Path) -> None:
    take(home, small(tmp_path / "one"))
    query = "select patient_key, procedure_id from procedures order by procedure_id"
    before = set(open_current(home).rows(query))
    take(home, small(tmp_path / "two", "2026-02-12", 5))
    assert before <= set(open_current(home).rows(query))


def test_five_generations_are_kept_and_every_signed_off_one(home: Home, tmp_path: Path) -> None:
    take(home, small(tmp_path / "in0", "2026-01-12", 1))
    signed = open_current(home).info.generation
    Journal(home.journal).append("sign_off", "2026-01", {"generation": signed}, "lead")
    for place in range(2, 9):
        take(home, small(tmp_path / f"in{place}", f"2026-02-{place:02}", place))
    kept = list_published(home)
    assert len(kept) == 6
    assert any(name.endswith(f"{signed}.duckdb") for name in kept)
    assert home.current.read_text(encoding="utf-8").strip() in kept


def test_the_same_content_under_another_zone_is_read_anew(home: Home, tmp_path: Path) -> None:
    folder = small(tmp_path / "in")
    take(home, folder)
    take(home, folder, zone="Europe/London")
    assert {one.time_zone for one in current_manifest(home).deliveries} == {"Europe/London"}
    assert open_current(home).rows("select distinct hour(started_at) from procedures") == [(10,)]
    assert len(current_manifest(home).deliveries) == 2


def test_a_future_date_is_later_than_the_day_of_receipt_at_the_hospital(tmp_path: Path) -> None:
    folder = small(tmp_path / "in", "2026-06-02", 1)
    behind, ahead = Home(tmp_path / "behind"), Home(tmp_path / "ahead")
    assert take(behind, folder, zone="America/Chicago", received_at="2026-06-02T02:00:00").refused
    assert not take(ahead, folder, zone="Australia/Sydney", received_at="2026-06-01T20:00:00").refused


def test_the_journal_tells_every_load(home: Home, tmp_path: Path) -> None:
    run("load", str(small(tmp_path / "in")), "--timezone", ZONE)
    events = Journal(home.journal).events("load")
    assert [event.payload["outcome"] for event in events] == ["published"]
    assert events[0].payload["files"][0]["rows_read"] == 3


def test_tidying_removes_from_the_inbox_what_was_taken_in(home: Home, tmp_path: Path) -> None:
    small(home.inbox)
    (home.inbox / "notes.txt").write_text("nothing of ours\n", encoding="utf-8")
    (home.inbox / "contacts.csv").write_text("contact_id,procedure_id,kind,happened_at\n", encoding="utf-8")
    done = run("load", "--timezone", ZONE)
    assert {path.name for path in home.inbox.iterdir()} == {
        "procedures.csv", "pain_scores.csv", "notes.txt", "contacts.csv",
    }  # fmt: skip
    done = run("load", "--timezone", ZONE, "--tidy")
    assert "procedures.csv: removed from the inbox" in done.stdout
    assert {path.name for path in home.inbox.iterdir()} == {"notes.txt", "contacts.csv"}
