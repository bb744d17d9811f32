"""Scores entered in the app: from the journal into the next generation, accounted for like any other file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.home import Home
from data.journal import HEARD_SCORE, Journal
from etl.__main__ import app
from etl.operations.forget import forget_patient
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import headline_row
from queries.warehouse import Warehouse, open_current
from tests.records import Records, loaded

ZONE = "America/Chicago"


@pytest.fixture
def lead(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_HOME", str(home.root))
    monkeypatch.setenv("OUTCOMES_TIMEZONE", ZONE)
    home.inbox.mkdir(parents=True, exist_ok=True)
    return home


def treated(home: Home, told: str | None = None, score: int = 3) -> None:
    """Two patients, of whom the first one's score at 24–72 hours was sent at `told`, or not at all."""
    records = Records()
    for day in ("2026-01-12", "2026-01-13"):
        row = records.procedure(day)
        records.score(row, f"{day}T08:00", 8)
        if day == "2026-01-12" and told:
            records.score(row, told, score)
    records.reach("2026-02-20")
    loaded(home, records)


def person(home: Home) -> str:
    return open_current(home).rows("select cast(patient_key as varchar) from outcomes order by outcome_no")[0][0]


def enter(home: Home, key: str, at: str = "2026-01-14T10:00", score: str = "2", **more: object) -> int:
    told = json.dumps({"measured_at": at, "score": score, "context": "rest"})
    undone = {"undone": True} if more.get("undone") else {}
    payload = {"timepoint": "hours_24_72", "time_zone": ZONE, **undone}
    earlier = more.get("supersedes")
    return Journal(home.journal).append(HEARD_SCORE, key, payload, "nurse", told, earlier)  # type: ignore[arg-type]


def load(expected: int = 0) -> str:
    done = CliRunner().invoke(app, ["load"])
    assert done.exit_code == expected, done.output
    return done.output


def recorded(warehouse: Warehouse) -> int:
    return headline_row(warehouse, read_catalogue()["recorded_hours_24_72"])["numerator"]


def entered_file(warehouse: Warehouse) -> tuple[int, ...]:
    (row,) = warehouse.rows(
        "select sum(rows_read), sum(rows_loaded), sum(rows_superseded), sum(rows_duplicate), sum(rows_rejected)"
        " from source_files where source = 'entered'"
    )
    return tuple(map(int, row))


def test_an_entered_score_counts_after_the_next_load_and_moves_no_clock(lead: Home) -> None:
    treated(lead)
    before = open_current(lead)
    assert recorded(before) == 0
    enter(lead, person(lead))
    assert "entered-" in load()
    now = open_current(lead)
    assert (recorded(now), now.info.as_of) == (1, before.info.as_of)
    assert entered_file(now) == (1, 1, 0, 0, 0)
    assert person(lead) in {row[0] for row in now.rows("select cast(patient_key as varchar) from pain_scores")}
    assert "nothing new" in load()


def test_a_correction_and_an_undo_take_the_place_of_what_was_entered(lead: Home) -> None:
    treated(lead)
    first = enter(lead, person(lead), score="2")
    load()
    second = enter(lead, person(lead), score="7", supersedes=first)
    load()
    assert open_current(lead).rows("select score from pain_scores where score = 7")
    assert entered_file(open_current(lead)) == (2, 1, 1, 0, 0)
    enter(lead, person(lead), score="7", supersedes=second, undone=True)
    load()
    assert recorded(open_current(lead)) == 0
    assert entered_file(open_current(lead)) == (3, 0, 3, 0, 0)


def test_of_what_was_corrected_before_any_load_the_last_word_is_loaded(lead: Home) -> None:
    treated(lead)
    first = enter(lead, person(lead), score="2")
    enter(lead, person(lead), score="6", supersedes=first)
    load()
    assert entered_file(open_current(lead)) == (1, 1, 0, 0, 0)
    assert open_current(lead).rows("select score from pain_scores where score = 6")


@pytest.mark.parametrize(("told", "score", "disagree"), [("2026-01-14T11:30", 5, 1), ("2026-01-14T16:00", 2, 0)])
def test_the_same_call_told_by_a_sender_holds(told: str, score: int, disagree: int, lead: Home) -> None:
    treated(lead, told, score)
    enter(lead, person(lead), score="2")
    load()
    now = open_current(lead)
    assert entered_file(now) == (1, 0, 0, 1, 0)
    assert now.rows("select reason from replaced_rows") == [("same_call",)]
    assert [float(row[0]) for row in now.rows("select score from pain_scores where score < 8")] == [score]
    warned = "select count(*) from row_warnings where rule = 'answers_disagree'"
    assert now.rows(warned)[0][0] >= disagree


def test_another_call_on_that_day_is_another_score(lead: Home) -> None:
    treated(lead, "2026-01-14T18:00", 5)
    enter(lead, person(lead), score="2")
    load()
    assert entered_file(open_current(lead)) == (1, 1, 0, 0, 0)


def test_forgetting_a_person_takes_what_was_entered(lead: Home, tmp_path: Path) -> None:
    treated(lead)
    key = person(lead)
    enter(lead, key)
    load()
    number = Records().procedure("2026-01-12")["patient_id"]
    done = forget_patient(lead, number, None, lambda _: None)
    assert done.rows
    now = open_current(lead)
    assert not now.rows("select 1 from pain_scores where score = 2")
    assert [event.words for event in Journal(lead.journal).events(HEARD_SCORE)] == [None]
    for path in lead.archive.rglob("*"):
        assert not path.is_file() or key.encode() not in path.read_bytes()
    assert "nothing new" in load()
