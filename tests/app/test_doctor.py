"""What the doctor says of a home in order, and of each thing that is wrong with one."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from data import settings
from data.accounts import Accounts
from data.home import Home
from data.journal import Journal
from data.storage.account_records import Account
from etl.generations.manifest import manifest_path
from tests.commands import run_dashboard, run_etl
from tests.grids import sample
from tests.records import Records, take


@pytest.fixture
def well(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A loaded home with an administrator, a backup and a drill."""
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    monkeypatch.setenv("OUTCOMES_SYSLOG", "127.0.0.1:9")
    records = Records()
    records.procedure()
    take(home, records.write(tmp_path / "in"))
    accounts = Accounts(home.accounts)
    accounts.save(Account(name="ada", way="accounts", role="admin"))
    accounts.audit("ada", "sign in")
    accounts.audit("ada", "sign out")
    accounts.close()
    assert run_etl("backup").returncode == 0
    assert run_etl("restore", "--drill").returncode == 0
    return home


def own(home: Home, name: str, text: str) -> None:
    home.settings.mkdir(exist_ok=True)
    (home.settings / name).write_text(text, encoding="utf-8")
    # The doctor of a person's is a process of its own, which has read no settings before.
    settings._read_once.cache_clear()


def own_metric(home: Home) -> None:
    (home.settings / "metrics").mkdir(parents=True)
    (home.settings / "metrics" / "seen.sql").write_text("select 1", encoding="utf-8")


def change_audit(home: Home) -> None:
    with closing(sqlite3.connect(home.accounts)) as connection, connection:
        connection.execute("drop trigger audit_is_never_changed")
        connection.execute("update audit set result = 'x' where id = 1")


def lose_manifest(home: Home) -> None:
    manifest_path(home.archive, home.current.read_text(encoding="utf-8").strip()).unlink()


def break_generation(home: Home) -> None:
    path = home.generations / home.current.read_text(encoding="utf-8").strip()
    path.chmod(0o600)
    path.write_bytes(b"\0" * 5000)


WRONG: dict[str, tuple[Callable[[Home], object], str]] = {
    "an unknown key": (lambda home: own(home, "trends.toml", "[verdict]\nthreshhold = 4\n"), "threshhold"),
    "two mistakes in two files": (
        lambda home: (own(home, "trends.toml", "[verdict]\nthreshold = 0\n"), own(home, "sources.toml", "order = 3\n")),
        "order",
    ),
    "an agreement with a registry": (
        lambda home: own(home, "registry.toml", 'site_key = "alpha"\nwhat = "all"\n'),
        "registry.toml, what",
    ),
    "a member of a registry": (
        lambda home: own(home, "members.toml", '[[member]]\nkey = "alpha"\npublic_key = "x"\n'),
        "members.toml, member.0.public_key",
    ),
    "a file that nothing reads": (lambda home: own(home, "tresholds.toml", ""), "no settings of this name"),
    "access settings in the wrong place": (lambda home: own(home, "access.toml", ""), "OUTCOMES_ACCESS_FILE"),
    "a target for no metric": (
        lambda home: own(home, "targets.toml", '[targets.nothing]\nvalue = 1\nset_by = "x"\nsince = 2026-01-01\n'),
        "there is no such metric",
    ),
    "a penalty of the case mix": (lambda home: own(home, "case_mix.toml", "penalti = 2\n"), "case_mix.toml, penalti"),
    "a fact of selection": (
        lambda home: own(
            home, "selection.toml", '[[rule]]\ntitle = "T"\nsource = "S"\nany = [{ wight = { least = 1 } }]\n'
        ),
        "no fact wight",
    ),
    "a column of benchmarks": (
        lambda home: own(home, "benchmarks.csv", "metric,studdy\nsame_day_discharge,X\n"),
        "benchmarks.csv, line 2, study",
    ),
    "a CSV that nothing reads": (lambda home: own(home, "benchmark.csv", "metric\n"), "no settings of this name"),
    "an accent": (lambda home: own(home, "department.toml", 'accent = "red"\n'), "department.toml, accent"),
    "a metric of its own": (own_metric, "settings/metrics/seen.sql"),
    "nobody who may come in": (lambda home: home.accounts.unlink(), "real records are loaded, and nobody"),
    "a changed audit": (change_audit, "row 1 does not follow"),
    "a lost manifest": (lose_manifest, "the manifest is gone"),
    "a lost pointer": (lambda home: home.current.unlink(), "pointer"),
    "a damaged generation": (break_generation, "cannot be opened"),
    "an open folder": (lambda home: home.private.chmod(0o755), "every user of this computer"),
    "damaged accounts": (lambda home: home.accounts.write_bytes(b"\x01" * 9000), "damaged"),
}


def test_a_home_in_order_is_well(well: Home) -> None:
    done = run_dashboard("doctor")
    assert done.returncode == 0, done.stdout
    assert "nothing is wrong" in done.stdout
    assert "wrong:" not in done.stdout


@pytest.mark.parametrize("case", sample(WRONG, 4))
def test_what_is_wrong_is_named(case: str, well: Home) -> None:
    break_it, words = WRONG[case]
    break_it(well)
    done = run_dashboard("doctor")
    assert done.returncode == 1, done.stdout
    assert any(line.startswith("wrong:") and words in line for line in done.stdout.splitlines()), done.stdout
    assert "Traceback" not in done.stderr


def test_settings_in_force_are_shown_with_what_was_shipped(well: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    own(well, "disclosure.toml", 'rule = "nhs_8_round_5"\n')
    monkeypatch.setenv("OUTCOMES_OIDC_CLIENT_SECRET", "CANARY")
    done = run_dashboard("doctor")
    assert "disclosure.toml, rule = 'nhs_8_round_5' (shipped: 'cms_11')" in done.stdout
    assert "CANARY" not in done.stdout
    told = json.loads(run_dashboard("doctor", "--json").stdout)
    assert told["way_in"] == "accounts"
    assert {one["key"] for one in told["settings"]} >= {"rule", "OUTCOMES_HOME"}


def test_old_backups_and_a_home_without_any_are_told(well: Home) -> None:
    well.journal.unlink()
    done = run_dashboard("doctor")
    assert done.returncode == 1
    assert "etl backup: there was none" in done.stdout
    Journal(well.journal).append("backup", "x", {}, "me")
    assert "etl backup" not in run_dashboard("doctor").stdout
