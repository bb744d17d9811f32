"""Generations in order without a clock: a clock set back, a lost pointer, a rollback; what is not proved is asked."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import NoGeneration
from data.home import Home
from etl.generations import lineage, publish
from etl.generations.manifest import Manifest, manifest_path
from queries.warehouse import current_path, open_current
from tests.commands import run_etl
from tests.grids import sample
from tests.records import Records, take

Clock = Callable[[str], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the clock that names generations."""

    def set_to(day: str) -> None:
        class Frozen(datetime):
            @classmethod
            def now(cls, tz: object = UTC) -> datetime:
                assert tz is UTC
                return datetime.fromisoformat(f"{day}T08:00:00").replace(tzinfo=UTC)

        monkeypatch.setattr(publish, "datetime", Frozen)

    return set_to


def load(home: Home, folder: Path, number: int) -> str:
    records = Records()
    records.procedure(f"2026-02-{number:02}", procedure_id=f"P{number}", patient_id=f"N{number}")
    take(home, records.write(folder / str(number)))
    return home.current.read_text(encoding="utf-8").strip()


def procedures(home: Home) -> int:
    return open_current(home).rows("select count(*) from procedures")[0][0]


@pytest.mark.thorough
def test_a_clock_set_back_changes_no_order(home: Home, tmp_path: Path, clock: Clock) -> None:
    clock("2026-05-01")
    first = load(home, tmp_path, 1)
    clock("2026-06-01")
    second = load(home, tmp_path, 2)
    clock("2020-01-01")
    third = load(home, tmp_path, 3)
    assert third < first < second
    assert lineage.list_published(home) == [first, second, third]
    assert publish.roll_back(home) == (second, third)
    assert procedures(home) == 2
    for number in range(4, 10):
        last = load(home, tmp_path, number)
    assert lineage.list_published(home)[-1] == last
    assert third not in lineage.list_published(home), "the oldest go, not those of the earliest name"


def test_a_rollback_goes_to_what_was_in_service_before_not_to_the_newest(home: Home, tmp_path: Path) -> None:
    first, second = load(home, tmp_path, 1), load(home, tmp_path, 2)
    assert publish.roll_back(home) == (first, second)
    third = load(home, tmp_path, 3)
    assert procedures(home) == 2
    assert publish.roll_back(home) == (first, third)


@pytest.mark.parametrize("lose", sample([lambda path: path.unlink(), lambda path: path.write_bytes(b"\0" * 40)]))
def test_a_pointer_lost_after_a_rollback_is_proved_by_the_history(
    lose: Callable[[Path], object], home: Home, tmp_path: Path
) -> None:
    load(home, tmp_path, 1)
    second = load(home, tmp_path, 2)
    load(home, tmp_path, 3)
    publish.roll_back(home)
    home.current.chmod(0o600)
    lose(home.current)
    assert lineage.find_in_service(home) == second
    load(home, tmp_path, 4)
    assert procedures(home) == 3, "the load built on what was rolled back"


def test_what_cannot_be_proved_is_refused_and_a_person_says_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = load(home, tmp_path, 1), load(home, tmp_path, 2)
    home.current.unlink()
    lineage.history_file(home).unlink()
    with pytest.raises(NoGeneration, match="nothing proves which of 2"):
        load(home, tmp_path, 3)
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    refused = run_etl("rebuild")
    assert refused.returncode == 69
    assert first in refused.stderr
    assert second in refused.stderr
    assert run_etl("rollback", "--to", "gen-of-nobody").returncode == 2
    assert run_etl("rollback", "--to", publish.hash_of(first)).returncode == 0
    assert procedures(home) == 1
    load(home, tmp_path, 3)
    assert procedures(home) == 2


@pytest.mark.thorough
def test_a_home_of_before_there_were_counters_goes_on(home: Home, tmp_path: Path) -> None:
    names = [load(home, tmp_path, number) for number in (1, 2, 3)]
    for name in names:
        path = manifest_path(home.archive, name)
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))["deliveries"]), encoding="utf-8")
    lineage.history_file(home).unlink()
    assert lineage.list_published(home) == names
    assert publish.roll_back(home) == (names[1], names[2])
    fourth = load(home, tmp_path, 4)
    assert procedures(home) == 3
    manifest = lineage.read_manifest(home, fourth)
    assert manifest is not None
    assert (manifest.counter, manifest.parent) == (1, names[1])
    assert lineage.list_published(home) == [*names, fourth]


def test_a_damaged_manifest_leads_back_by_the_history(home: Home, tmp_path: Path) -> None:
    first, second = load(home, tmp_path, 1), load(home, tmp_path, 2)
    manifest_path(home.archive, second).write_bytes(b"{")
    assert publish.roll_back(home) == (first, second)
    assert procedures(home) == 1


def test_counter_and_parent_are_not_in_the_name(home: Home, tmp_path: Path) -> None:
    load(home, tmp_path, 1)
    manifest = publish.current_manifest(home)
    assert manifest.counter == 1
    assert manifest.generation == Manifest(manifest.deliveries).generation
    assert manifest.generation in current_path(home).name
