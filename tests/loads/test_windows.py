"""Scores to timepoints: the rules of METRICS.md one by one, then everything against plain loops."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.records import Records, built
from tests.reference.windows_by_loops import Score, Treatment, windows_of_patient

DAY = "2026-01-12"


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


@pytest.mark.parametrize(
    ("at", "cells", "expected"),
    [
        ("2025-01-13T09:59", {}, ("baseline", "used")),
        ("2025-01-13T10:00", {}, (None, "same_day_after")),
        ("2025-01-13T14:00", {}, (None, "same_day_after")),
        ("2025-01-13", {}, (None, "ambiguous_same_day")),
        ("2025-01-13", {"timepoint": "baseline"}, ("baseline", "used")),
        ("2025-01-13", {"timepoint": "hours_24_72"}, (None, "same_day_after")),
        ("2025-01-13T14:00", {"timepoint": "baseline"}, (None, "same_day_after")),
        ("2024-12-14", {}, ("baseline", "used")),
        ("2024-12-13T23:59", {}, (None, "before_window")),
        ("2025-01-14T00:05", {}, ("hours_24_72", "used")),
        ("2025-01-16T23:00", {}, ("hours_24_72", "used")),
        ("2025-01-17", {}, ("follow_up", "used")),
        ("2025-02-02", {}, ("follow_up", "used")),
        ("2025-02-03", {}, ("month_1", "used")),
        ("2026-04-13", {}, ("month_12", "used")),
        ("2026-04-14", {}, (None, "after_last_window")),
        ("2025-01-15", {"score": None}, (None, "not_recorded")),
        ("2025-01-15", {"score": "N/A"}, (None, "not_recorded")),
    ],
)
def test_a_score_serves_the_timepoint_of_its_date(
    tmp_path: Path, at: str, cells: dict[str, object], expected: tuple[str | None, str]
) -> None:
    records = Records()
    patient = records.procedure("2025-01-13")
    score = records.score(patient, at, **{"score": 5, **cells})
    records.contact(patient, "2026-05-30T10:00", "follow_up_visit", "attended")
    assert assignments(records, tmp_path / "in")[str(score["score_id"])] == [expected]


def test_a_score_in_an_open_window_is_not_counted(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure(DAY)
    score = records.score(patient, "2026-01-14T10:00", 4)
    records.reach("2026-01-15")
    assert assignments(records, tmp_path / "in")[str(score["score_id"])] == [(None, "window_open")]


def test_a_window_closes_the_day_after_its_last(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure(DAY)
    score = records.score(patient, "2026-01-14T10:00", 4)
    records.reach("2026-01-16")
    assert assignments(records, tmp_path / "in")[str(score["score_id"])] == [("hours_24_72", "used")]


def test_the_score_nearest_to_the_target_is_used(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure(DAY)
    far = records.score(patient, "2026-01-13T09:00", 6)
    near = records.score(patient, "2026-01-14T11:00", 4)
    records.reach("2026-03-01")
    found = assignments(records, tmp_path / "in")
    assert found[str(near["score_id"])] == [("hours_24_72", "used")]
    assert found[str(far["score_id"])] == [(None, "not_nearest")]


def test_of_two_equally_near_scores_the_earlier_is_used(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure(DAY)
    later = records.score(patient, "2026-01-14T11:00", 4)
    earlier = records.score(patient, "2026-01-14T09:00", 6)
    records.reach("2026-03-01")
    found = assignments(records, tmp_path / "in")
    assert found[str(earlier["score_id"])] == [("hours_24_72", "used")]
    assert found[str(later["score_id"])] == [(None, "not_nearest")]


def test_a_score_in_another_context_than_the_baseline_is_not_used(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure(DAY)
    records.score(patient, "2026-01-12T09:00", 8, context="activity")
    at_rest = records.score(patient, "2026-01-14T10:00", 2, context="rest")
    moving = records.score(patient, "2026-01-15T10:00", 5, context="activity")
    records.reach("2026-03-01")
    found = assignments(records, tmp_path / "in")
    assert found[str(at_rest["score_id"])] == [(None, "other_context")]
    assert found[str(moving["score_id"])] == [("hours_24_72", "used")]


def test_a_score_is_follow_up_of_one_procedure_and_baseline_of_the_next(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure(DAY)
    records.procedure("2026-01-28", patient_id=patient["patient_id"])
    score = records.score(patient, "2026-01-22T10:00", 7)
    records.reach("2026-05-01")
    assert assignments(records, tmp_path / "in")[str(score["score_id"])] == [
        ("follow_up", "used"),
        ("baseline", "used"),
    ]


def test_a_score_that_names_an_earlier_procedure_belongs_to_the_latest(tmp_path: Path) -> None:
    records = Records()
    first = records.procedure(DAY)
    records.procedure("2026-01-28", patient_id=first["patient_id"])
    score = records.score(first, "2026-02-10T10:00", 3, procedure_id=first["procedure_id"])
    records.reach("2026-05-01")
    assert assignments(records, tmp_path / "in")[str(score["score_id"])] == [
        (None, "after_retreatment"),
        ("follow_up", "used"),
    ]


def test_a_labelled_score_without_a_date_serves_only_where_no_dated_one_is(tmp_path: Path) -> None:
    records = Records()
    alone, with_other = records.procedure(DAY), records.procedure(DAY)
    used = records.score(alone, None, 3, timepoint="follow_up")
    spare = records.score(with_other, None, 3, timepoint="follow_up")
    records.score(with_other, "2026-01-22", 4)
    records.reach("2026-05-01")
    found = assignments(records, tmp_path / "in")
    assert found[str(used["score_id"])] == [("follow_up", "used")]
    assert found[str(spare["score_id"])] == [(None, "not_nearest")]


def test_an_undated_score_of_a_patient_with_two_procedures_needs_to_name_one(tmp_path: Path) -> None:
    records = Records()
    first = records.procedure(DAY)
    second = records.procedure("2026-03-02", patient_id=first["patient_id"])
    nameless = records.score(first, None, 3, timepoint="follow_up")
    named = records.score(first, None, 2, timepoint="follow_up", procedure_id=second["procedure_id"])
    records.reach("2026-05-01")
    found = assignments(records, tmp_path / "in")
    assert found[str(nameless["score_id"])] == [(None, "no_procedure")]
    assert found[str(named["score_id"])] == [("follow_up", "used")]


def test_scores_of_an_unknown_patient_are_kept(tmp_path: Path) -> None:
    records = Records()
    records.procedure(DAY)
    score = records.score({"patient_id": "N999"}, "2026-01-14", 3)
    assert assignments(records, tmp_path / "in")[str(score["score_id"])] == [(None, "no_procedure")]


def test_elapsed_hours_are_counted_across_a_change_of_clocks(tmp_path: Path) -> None:
    records = Records()
    patient = records.procedure("2026-03-07")
    records.score(patient, "2026-03-09T10:00", 4)
    records.reach("2026-05-01")
    connection = built(records, tmp_path / "in")
    assert connection.execute(
        "select offset_hours from pain_outcomes where timepoint = 'hours_24_72' and score is not null"
    ).fetchall() == [(47.0,)]


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


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(patients(), min_size=1, max_size=8), reach=st.integers(2, 140))
def test_windows_agree_with_plain_loops(drawn: list, reach: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    records = Records()
    expected: dict[tuple[str, str], tuple[str, int | None]] = {}
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
    records.reach((FIRST + timedelta(days=reach)).isoformat())
    as_of = max(
        [FIRST + timedelta(days=reach)]
        + [one.day for treatments, _, _ in histories for one in treatments]
        + [one.day for _, scores, _ in histories for one in scores]
        + [died_on for _, _, died_on in histories if died_on]
    )
    for treatments, scores, died_on in histories:
        expected |= windows_of_patient(treatments, scores, as_of, died_on)
    connection = built(records, tmp_path_factory.mktemp("in"))
    rows = connection.execute(
        "select number, timepoint, status, score from pain_outcomes"
        " join identities on identities.key = pain_outcomes.procedure_id and kind = 'procedure'"
    ).fetchall()
    found = {
        (number, timepoint): (status, None if score is None else int(score))
        for number, timepoint, status, score in rows
        if (number, timepoint) in expected
    }
    assert found == expected
