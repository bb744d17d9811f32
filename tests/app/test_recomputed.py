"""Windows and facts assigned a second time from a bundle's records: as the load assigned them, and no forged record."""

import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from dashboard.exports.bundle.bundle import export_bundle
from dashboard.exports.bundle.order import Order, Profile
from dashboard.exports.reconcile.audit import audit_bundle
from dashboard.exports.reconcile.bundle_files import read_bundle
from dashboard.exports.reconcile.records import recompute_records
from data.errors import UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from queries.warehouse import open_current
from tests.app.test_reconcile import cell, changed
from tests.grids import sample
from tests.records import Records, loaded


def awkward_records() -> Records:
    """One person for each rule of the timepoints that is easily got wrong."""
    records = Records()

    def on(row: dict, days: int, score: object, clock: str = "T09:00", **cells: object) -> None:
        day = date.fromisoformat(str(row["performed_on"])) + timedelta(days=days)
        records.score(row, f"{day}{clock}", score, **cells)

    def person(day: str = "2026-01-12", **cells: object) -> dict:
        row = records.procedure(day, **cells)
        on(row, 0, 8)
        return row

    nearest = person("2024-01-15")
    for days, score in ((1, 6), (2, 4), (3, 5), (8, 3), (12, 2), (40, 1), (500, 0)):
        on(nearest, days, score)
    equally_near = person(started_at="2026-01-12T09:00")
    on(equally_near, 1, 1, "T21:00")
    on(equally_near, 2, 2, "T21:00")
    other_context = person()
    on(other_context, 2, 1, context="activity")
    on(other_context, 3, 5)
    several_contexts = records.procedure("2026-01-13")
    for context, score in (("activity", 7), ("rest", 4), ("worst", 9)):
        on(several_contexts, -1, score, context=context)
    dates_only = records.procedure("2026-01-14")
    on(dates_only, -3, 9, "")
    on(dates_only, 0, 7, "", timepoint="baseline")
    on(dates_only, 2, 4, "")
    no_start = records.procedure("2026-01-15", started_at=None, ended_at=None)
    on(no_start, -1, 6)
    on(no_start, 2, 3)
    undated = records.procedure("2026-01-16")
    records.score(undated, None, 9, timepoint="baseline")
    records.score(undated, None, 2, timepoint="follow_up")
    early = person("2026-01-19")
    on(early, 0, 5, "T12:30")
    on(early, 0, 4, "T15:00")
    person("2026-01-20", died_on="2026-01-22")
    person("2026-01-20", disposition="died", discharged_at="2026-01-23T08:00")
    records.procedure("2026-01-20", disposition="died", discharged_at=None)
    person("2026-01-21", readmitted_on="2026-01-25")
    again = person("2026-02-02")
    on(again, 2, 4)
    on(again, 16, 7, "T08:00")
    second = records.procedure("2026-02-18", patient_id=again["patient_id"], levels="T7;T8;L1;L2")
    on(second, 5, 2)
    waiting = person("2026-05-10")
    on(waiting, 5, 2)
    asked_more = person("2026-01-22")
    on(asked_more, 0, 7, "T09:30", rmdq=18, rmdq_items=24, opioids="yes", odi=50)
    on(asked_more, -1, None, rmdq=20, eq5d_index=0.3)
    on(asked_more, 9, None, "", rmdq=10, rmdq_items=23, opioids="no")
    on(asked_more, 12, 3, rmdq=4, odi=20, eq5d_index=0.38)
    asked_without_a_time = records.procedure("2026-01-23")
    on(asked_without_a_time, 0, None, "", timepoint="baseline", odi=40)
    records.score(asked_without_a_time, None, None, timepoint="follow_up", odi=12)
    asked_no_pain = records.procedure("2026-01-23")
    on(asked_no_pain, -1, None, rmdq=20)
    asked_twice = person("2026-01-23")
    for index in (0.5, 0.7):
        on(asked_twice, 10, 3, eq5d_index=index)
    records.complication(equally_near, "2026-01-15", "infection", severity="C")
    records.complication(equally_near, "2026-01-14", "cement_leak", severity=None, scale=None)
    records.contact(equally_near, "2026-01-22T10:00", "follow_up_visit", "attended")
    records.reach("2026-05-20")
    return records


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("awkward") / "home")
    loaded(home, awkward_records())
    return home


@pytest.fixture(scope="module")
def bundle_of(awkward: Home) -> Callable[[Profile], Path]:
    """The bundle of a profile, made when it is first asked for."""
    return cache(
        lambda profile: export_bundle(awkward, open_current(awkward), order=Order(profile=profile), author="me").path
    )


@pytest.fixture(scope="module")
def internal(bundle_of: Callable[[Profile], Path]) -> Path:
    return bundle_of(Profile.INTERNAL)


def disagreements(path: Path) -> list[str]:
    done = audit_bundle(read_bundle(path))
    return done.problems + [words for one in done.metrics for words in one.differences]


@pytest.mark.parametrize("profile", sample([Profile.INTERNAL, Profile.LIMITED]))
def test_windows_and_facts_are_those_of_the_load(profile: Profile, bundle_of: Callable[[Profile], Path]) -> None:
    bundle = read_bundle(bundle_of(profile))
    statuses = bundle.tables["pain_outcomes"]["status"].value_counts()
    assert set(statuses.index) == {"recorded", "missing", "not_due", "died", "retreated"}
    reasons = set(bundle.tables["score_assignments"]["reason"])
    assert reasons >= {"used", "not_nearest", "other_context", "same_day_after", "window_open", "after_last_window"}
    again = recompute_records(bundle)
    assert again.problems == []
    assert not [words for words in again.as_given if "outside this choice" in words]


@pytest.mark.parametrize("profile", [Profile.INTERNAL, pytest.param(Profile.LIMITED, marks=pytest.mark.thorough)])
def test_the_demo_department_agrees(profile: Profile, department: Home) -> None:
    done = audit_bundle(
        read_bundle(export_bundle(department, open_current(department), order=Order(profile=profile), author="me").path)
    )
    assert done.problems == []
    assert done.agrees
    assert len(done.metrics) > 100


@pytest.mark.thorough
def test_a_person_treated_also_outside_the_choice_is_taken_as_given(awkward: Home) -> None:
    order = Order(profile=Profile.LIMITED, filters=Filters.of({"levels": ["4+"]}))
    done = audit_bundle(read_bundle(export_bundle(awkward, open_current(awkward), order=order, author="me").path))
    assert done.agrees
    assert [words for words in done.not_recomputed if words.startswith("windows of 1 procedures")]


@pytest.mark.parametrize(
    ("name", "change", "found"),
    sample(
        [
            ("pain_scores.csv", cell("measured_on", "2026-01-14", "2026-01-17"), "pain_outcomes.csv: score"),
            ("pain_scores.csv", cell("context", '"rest"', '"worst"'), "outcomes.csv: baseline_context"),
            ("pain_scores.csv", cell("score", "8", "3"), "outcomes.csv: baseline_band"),
            ("patients.csv", cell("died_on", None, "2026-03-01"), "pain_outcomes.csv: status"),
            ("procedures.csv", cell("disposition", '"home"', '"died"'), "outcomes.csv: death_day"),
            ("outcomes.csv", cell("death_day_unknown", "true", "false"), "outcomes.csv: death_day_unknown"),
            ("outcomes.csv", cell("sends_deaths", "false", "true"), "outcomes.csv: sends_deaths"),
            ("procedures.csv", cell("readmitted_on", None, "2026-01-27"), "outcomes.csv: readmission_day"),
            ("procedures.csv", cell("started_at", None, '"2026-01-12T16:20:00"'), "outcomes.csv: procedure_minutes"),
            ("procedures.csv", cell("setting", '"outpatient"', '"transferred"'), "outcomes.csv: setting"),
            ("complications.csv", cell("severity", '"C"', '"A"'), "outcomes.csv: serious_complication_day"),
            ("contacts.csv", cell("happened_on", None, "2026-05-19"), "outcomes.csv: last_known_day"),
            ("outcomes.csv", cell("level_count", "1", "2"), "outcomes.csv: level_count"),
            ("pain_outcomes.csv", cell("status", '"missing"', '"died"'), "pain_outcomes.csv: status"),
            ("outcomes.csv", cell("baseline_rmdq", "20", "9"), "outcomes.csv: baseline_rmdq"),
            ("pain_outcomes.csv", cell("odi", "20", "9"), "pain_outcomes.csv: odi"),
        ],
        4,
    ),
)
def test_a_forged_record_is_found(
    name: str, change: Callable[[str], str], found: str, internal: Path, tmp_path: Path
) -> None:
    forged = read_bundle(changed(internal, tmp_path / "forged.zip", name, change, with_manifest=True))
    assert forged.problems == ()
    told = recompute_records(forged).problems
    assert any(words.startswith(found) for words in told), told


@pytest.mark.thorough
def test_a_forged_gate_is_found(internal: Path, tmp_path: Path) -> None:
    gate = cell("gate", '"counts_only"', '"plain"')
    told = disagreements(changed(internal, tmp_path / "forged.zip", "figures.csv", gate, with_manifest=True))
    assert any(words.startswith("figures.csv") and words.endswith("gate") for words in told), told


@pytest.mark.thorough
def test_a_score_that_is_used_nowhere_shows_by_its_files_hash_alone(internal: Path, tmp_path: Path) -> None:
    """After the last window a score decides nothing: whoever also forges the manifest is not found, and we say so."""
    forge = cell("score", "0", "10")
    assert disagreements(changed(internal, tmp_path / "forged.zip", "pain_scores.csv", forge, with_manifest=True)) == []
    plain = read_bundle(changed(internal, tmp_path / "plain.zip", "pain_scores.csv", forge, with_manifest=False))
    assert any("sha256" in words for words in plain.problems)
    assert any("used nowhere" in words for words in audit_bundle(plain).not_recomputed)


def test_a_bundle_without_its_windows_is_refused_in_words(internal: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(internal) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    del manifest["timepoints"]
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(UsageProblem, match="earlier version"):
        read_bundle(tmp_path / "old.zip")
