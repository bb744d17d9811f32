"""Scores to timepoints: the rules of METRICS.md one by one, then everything against plain loops."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.build.statements import run_sql
from tests.grids import sample
from tests.records import Records, built
from tests.reference.windows_by_loops import Score, Treatment, windows_of_patient

DAY = "2026-01-12"


Expected = list[tuple[dict[str, object], list[tuple[str | None, str]]]]


def of_its_date(at: str | None, expected: tuple[str | None, str], **cells: object) -> Callable[[Records], Expected]:
    """One score of a patient who was treated on 13 January 2025."""

    def plant(records: Records) -> Expected:
        score = records.score(records.procedure("2025-01-13"), at, **{"score": 5, **cells})  # type: ignore[arg-type]
        return [(score, [expected])]

    return plant


def the_nearest(records: Records) -> Expected:
    patient = records.procedure(DAY)
    far = records.score(patient, "2026-01-13T09:00", 6)
    near = records.score(patient, "2026-01-14T11:00", 4)
    return [(near, [("hours_24_72", "used")]), (far, [(None, "not_nearest")])]


def the_earlier_of_two_equally_near(records: Records) -> Expected:
    patient = records.procedure(DAY)
    later = records.score(patient, "2026-01-14T11:00", 4)
    earlier = records.score(patient, "2026-01-14T09:00", 6)
    return [(earlier, [("hours_24_72", "used")]), (later, [(None, "not_nearest")])]


def only_in_the_context_of_the_baseline(records: Records) -> Expected:
    patient = records.procedure(DAY)
    records.score(patient, "2026-01-12T09:00", 8, context="activity")
    at_rest = records.score(patient, "2026-01-14T10:00", 2, context="rest")
    moving = records.score(patient, "2026-01-15T10:00", 5, context="activity")
    return [(at_rest, [(None, "other_context")]), (moving, [("hours_24_72", "used")])]


def follow_up_of_one_procedure_and_baseline_of_the_next(records: Records) -> Expected:
    patient = records.procedure(DAY)
    records.procedure("2026-01-28", patient_id=patient["patient_id"])
    score = records.score(patient, "2026-01-22T10:00", 7)
    return [(score, [("follow_up", "used"), ("baseline", "used")])]


def the_latest_procedure_though_an_earlier_is_named(records: Records) -> Expected:
    first = records.procedure(DAY)
    records.procedure("2026-01-28", patient_id=first["patient_id"])
    score = records.score(first, "2026-02-10T10:00", 3, procedure_id=first["procedure_id"])
    return [(score, [(None, "after_retreatment"), ("follow_up", "used")])]


def a_label_without_a_date_only_where_no_dated_score_is(records: Records) -> Expected:
    alone, with_other = records.procedure(DAY), records.procedure(DAY)
    used = records.score(alone, None, 3, timepoint="follow_up")
    spare = records.score(with_other, None, 3, timepoint="follow_up")
    records.score(with_other, "2026-01-22", 4)
    return [(used, [("follow_up", "used")]), (spare, [(None, "not_nearest")])]


def an_undated_score_of_two_procedures_only_where_it_names_one(records: Records) -> Expected:
    first = records.procedure(DAY)
    second = records.procedure("2026-03-02", patient_id=first["patient_id"])
    nameless = records.score(first, None, 3, timepoint="follow_up")
    named = records.score(first, None, 2, timepoint="follow_up", procedure_id=second["procedure_id"])
    return [(nameless, [(None, "no_procedure")]), (named, [("follow_up", "used")])]


def of_an_unknown_patient_none(records: Records) -> Expected:
    return [(records.score({"patient_id": "N999"}, "2026-01-14", 3), [(None, "no_procedure")])]


# What a score serves, in words → how to plant it; each gives its scores with the assignments that they must get.
# All are patients of one department whose records reach 30 May 2026.
RULES: dict[str, Callable[[Records], Expected]] = {
    "before the start": of_its_date("2025-01-13T09:59", ("baseline", "used")),
    "at the start": of_its_date("2025-01-13T10:00", (None, "same_day_after")),
    "after the start": of_its_date("2025-01-13T14:00", (None, "same_day_after")),
    "on the day": of_its_date("2025-01-13", (None, "ambiguous_same_day")),
    "on the day, baseline": of_its_date("2025-01-13", ("baseline", "used"), timepoint="baseline"),
    "on the day, later": of_its_date("2025-01-13", (None, "same_day_after"), timepoint="hours_24_72"),
    "after, called baseline": of_its_date("2025-01-13T14:00", (None, "same_day_after"), timepoint="baseline"),
    "30 days before": of_its_date("2024-12-14", ("baseline", "used")),
    "31 days before": of_its_date("2024-12-13T23:59", (None, "before_window")),
    "first of 24-72 hours": of_its_date("2025-01-14T00:05", ("hours_24_72", "used")),
    "last of 24-72 hours": of_its_date("2025-01-16T23:00", ("hours_24_72", "used")),
    "first of follow-up": of_its_date("2025-01-17", ("follow_up", "used")),
    "last of follow-up": of_its_date("2025-02-02", ("follow_up", "used")),
    "first of month 1": of_its_date("2025-02-03", ("month_1", "used")),
    "last of month 12": of_its_date("2026-04-13", ("month_12", "used")),
    "after month 12": of_its_date("2026-04-14", (None, "after_last_window")),
    "empty": of_its_date("2025-01-15", (None, "not_recorded"), score=None),
    "not available": of_its_date("2025-01-15", (None, "not_recorded"), score="N/A"),
    "the nearest to the target": the_nearest,
    "of two equally near the earlier": the_earlier_of_two_equally_near,
    "only in the context of the baseline": only_in_the_context_of_the_baseline,
    "follow-up of one procedure and baseline of the next": follow_up_of_one_procedure_and_baseline_of_the_next,
    "the latest procedure, though an earlier is named": the_latest_procedure_though_an_earlier_is_named,
    "a label without a date only where no dated score is": a_label_without_a_date_only_where_no_dated_score_is,
    "undated, of two procedures": an_undated_score_of_two_procedures_only_where_it_names_one,
    "of an unknown patient": of_an_unknown_patient_none,
}


def assignments(records: Records, folder: Path) -> dict[str, list[tuple[str | None, str]]]:
    """Score number → (timepoint, reason) of its rows."""
    connection = built(records, folder)
    rows = connection.execute(
        "select score_id, timepoint, reason from score_assignments order by score_id, offset_days desc"
    ).fetchall()
    numbers = {place: str(row["score_id"]) for place, row in enumerate(records.pain_scores, start=1)}
    found: dict[str, list[tuple[str | None, str]]] = {}
    for score_id, timepoint, reason in rows:
        found.setdefault(numbers[score_id % 100_000_000_000 // 100], []).append((timepoint, reason))
    return found


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Expected], dict]:
    records = Records()
    expected = {name: plant(records) for name, plant in RULES.items()}
    records.contact(records.procedure("2025-01-13"), "2026-05-30T10:00", "follow_up_visit", "attended")
    return expected, assignments(records, tmp_path_factory.mktemp("in"))


@pytest.mark.parametrize("name", sample(RULES, 13))
def test_a_score_serves(name: str, department: tuple[dict[str, Expected], dict]) -> None:
    expected, found = department
    for score, wanted in expected[name]:
        assert found[str(score["score_id"])] == wanted


@pytest.mark.parametrize(
    ("reach", "expected"), [("2026-01-15", (None, "window_open")), ("2026-01-16", ("hours_24_72", "used"))]
)
def test_a_window_closes_the_day_after_its_last(reach: str, expected: tuple[str | None, str], tmp_path: Path) -> None:
    records = Records()
    score = records.score(records.procedure(DAY), "2026-01-14T10:00", 4)
    records.reach(reach)
    assert assignments(records, tmp_path / "in")[str(score["score_id"])] == [expected]


def test_elapsed_hours_are_counted_across_a_change_of_clocks(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure("2026-03-07")
    records.score(patient, "2026-03-09T10:00", 4)
    records.reach("2026-05-01")
    connection = built(records, tmp_path / "in")
    assert connection.execute(
        "select offset_hours from pain_outcomes where timepoint = 'hours_24_72' and score is not null"
    ).fetchall() == [(47.0,)]


def the_answer_of_a_row_without_a_score(records: Records, patient: dict) -> None:
    records.score(patient, "2026-01-05", None, rmdq=20, opioids="yes")
    records.score(patient, "2026-01-22", None, rmdq=8, opioids="no")


def each_field_by_itself(records: Records, patient: dict) -> None:
    records.score(patient, "2026-01-10", 8, rmdq=20)
    records.score(patient, "2026-01-08", 7, rmdq=1, opioids="yes")
    records.score(patient, "2026-01-22", 3, rmdq=8)
    records.score(patient, "2026-01-24", 4, rmdq=2, opioids="no")


def in_whatever_context(records: Records, patient: dict) -> None:
    records.score(patient, "2026-01-12T09:00", 8, rmdq=20, opioids="yes")
    records.score(patient, "2026-01-22", 3, context="activity", rmdq=8, opioids="no")


def the_labelled_answer_of_the_day(records: Records, patient: dict) -> None:
    records.score(patient, "2026-01-12", None, timepoint="baseline", rmdq=20, opioids="yes")
    records.score(patient, None, None, timepoint="follow_up", rmdq=8, opioids="no")


def the_dated_before_the_undated(records: Records, patient: dict) -> None:
    records.score(patient, None, 9, timepoint="baseline", rmdq=1, opioids="no")
    records.score(patient, "2026-01-02", 8, rmdq=20, opioids="yes")
    records.score(patient, "2026-01-30", None, rmdq=8, opioids="no")
    records.score(patient, None, 9, timepoint="follow_up", rmdq=2, opioids="yes")


ANSWERS = (
    the_answer_of_a_row_without_a_score, each_field_by_itself, in_whatever_context, the_labelled_answer_of_the_day,
    the_dated_before_the_undated,
)  # fmt: skip


def test_what_else_was_asked_stands_where_it_is_nearest(tmp_path: Path) -> None:
    """Five patients with an RMDQ of 20 and opioids before, 8 and none at 1 to 2 weeks; one with answers too early."""
    records = Records()
    for plant in ANSWERS:
        plant(records, records.procedure(DAY))
    early = records.procedure(DAY)
    records.score(early, "2025-12-01", None, rmdq=20, opioids="yes")
    records.reach("2026-05-01")
    connection = built(records, tmp_path / "in")
    found = connection.execute(
        "select number, baseline_rmdq, baseline_opioids, rmdq, opioids from outcomes join pain_outcomes using"
        " (procedure_id) join identities on identities.key = procedure_id and kind = 'procedure'"
        " where timepoint = 'follow_up' and performed_on = ? order by number",
        [DAY],
    ).fetchall()
    assert [row[1:] for row in found] == [(20, True, 8, False)] * len(ANSWERS) + [(None,) * 4]
    signs = "select last_known_day from outcomes where baseline is null and performed_on = ? order by 1 nulls last"
    assert connection.execute(signs, [DAY]).fetchall() == [(0,), (10,), (None,)]


FIRST = date(2025, 6, 2)
History = tuple[list[Treatment], list[tuple[int, time | None, int, str, str | None]], int | None]
times = st.none() | st.sampled_from([time(7), time(10), time(10, 30), time(15)])
contexts = st.sampled_from(["rest", "rest", "rest", "activity"])
labels = st.sampled_from([None, None, "baseline", "follow_up"])


@st.composite
def patients(
    draw: st.DrawFn,
) -> tuple[list[Treatment], list[tuple[int, time | None, int, str, str | None]], int | None]:
    gaps = draw(st.lists(st.integers(0, 70), min_size=0, max_size=2))
    days = [0]
    for gap in gaps:
        days.append(days[-1] + gap)
    treatments = [Treatment("", FIRST + timedelta(days=day), draw(times)) for day in days]
    scores = draw(
        st.lists(st.tuples(st.integers(-32, 75), times, st.integers(0, 10), contexts, labels), min_size=0, max_size=7)
    )
    died = draw(st.none() | st.integers(days[-1] + 1, days[-1] + 120))
    scores = [score for score in scores if died is None or score[0] <= died]
    return treatments, scores, died


STEPS = ("4_windows/50_score_assignments.sql", "4_windows/51_window_ends.sql", "4_windows/52_pain_outcomes.sql")


def closed_anew(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[tuple[str, str], tuple[str, int | None]]:
    """The windows of a department in the making, as if its records reached another day."""
    connection.execute("delete from score_assignments; delete from pain_outcomes")
    connection.execute("update source_as_of set as_of = ?", [as_of])
    connection.execute("create or replace temp table closing as from known_timepoints")
    for name in STEPS:
        run_sql(connection, name)
    rows = connection.execute(
        "select number, timepoint, status, score from pain_outcomes"
        " join identities on identities.key = pain_outcomes.procedure_id and kind = 'procedure'"
    ).fetchall()
    return {
        (number, timepoint): (status, None if score is None else int(score))
        for number, timepoint, status, score in rows
    }


# Ten departments of many patients, each looked at on three days: as many as thirty departments of few.
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(patients(), min_size=1, max_size=24),
    reaches=st.lists(st.integers(2, 140), min_size=3, max_size=3, unique=True),
)
def test_windows_agree_with_plain_loops(
    drawn: list, reaches: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    records = Records()
    histories = []
    for treatments, scores, died in drawn:
        died_on = FIRST + timedelta(days=died) if died is not None else None
        patient: dict[str, object] | None = None
        numbered = []
        for treatment in treatments:
            started = f"{treatment.day}T{treatment.start:%H:%M}" if treatment.start else None
            cells: dict[str, object] = {
                "started_at": started, "ended_at": None, "recovery_ready_at": None, "discharged_at": None,
                "died_on": died_on,
            }  # fmt: skip
            row = records.procedure(treatment.day.isoformat(), **cells)
            patient = patient or row
            row["patient_id"] = patient["patient_id"]
            numbered.append(Treatment(str(row["procedure_id"]), treatment.day, treatment.start))
        assert patient is not None
        own = []
        for day, at, value, context, label in scores:
            when = FIRST + timedelta(days=day)
            written = datetime.combine(when, at).strftime("%Y-%m-%dT%H:%M") if at else when.isoformat()
            row = records.score(patient, written, value, context=context, timepoint=label)
            own.append(Score(str(row["score_id"]), when, at, value, context, label))
        histories.append((numbered, own, died_on))
    connection = built(records, tmp_path_factory.mktemp("in"))
    # No date of a department is later than what its records reach: those that end earlier are looked at alone.
    ends = [last_date(*one) for one in histories]
    for as_of in {*(FIRST + timedelta(days=reach) for reach in reaches), max(ends)}:
        expected: dict[tuple[str, str], tuple[str, int | None]] = {}
        for history, end in zip(histories, ends, strict=True):
            if end <= as_of:
                expected |= windows_of_patient(history[0], history[1], as_of, history[2])
        found = closed_anew(connection, as_of)
        assert {key: found[key] for key in expected} == expected


def last_date(treatments: list[Treatment], scores: list[Score], died_on: date | None) -> date:
    return max([one.day for one in (*treatments, *scores)] + ([died_on] if died_on else []))
