"""What a delivery replaces is told, and one that cannot be a later version of it is refused."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from data.home import Home
from etl.operations.status import read_status
from tests.grids import sample
from tests.records import take
from tests.sent_files import Loaded, Sent, add_plain_source, canonical, load_in_turn, table

HEADER = "Case,MRN,Sex,Age,Site,Surgeon,Date,Start,End,Discharge,Levels,Class,Updated"
OLDER, NEWER = "05/01/2026 16:00", "05/20/2026 16:00"


def cases(count: int = 9, changed: int = 0, updated: str = OLDER, **other: str) -> bytes:
    """Cases of a hospital; the first few are said otherwise."""
    rows = []
    for number in range(1, count + 1):
        cells = {
            "Case": f"C{number}", "MRN": f"M{number}", "Sex": "F", "Age": f"{60 + number}", "Site": "North",
            "Surgeon": "Able", "Date": f"04/{number:02}/2026", "Start": "09:00", "End": "09:50",
            "Discharge": f"04/{number:02}/2026 15:00", "Levels": "T12", "Class": "OP", "Updated": updated,
        }  # fmt: skip
        rows.append(",".join((cells | (other if number <= changed else {})).values()))
    return table(HEADER, rows)


def second(content: bytes, first: bytes | None = None, **how: bool) -> Loaded:
    add_plain_source()
    return load_in_turn([Sent("one.csv", first or cases(), "plain"), Sent("two.csv", content, "plain", load=2)], **how)


WRONG = {
    "another person": {"MRN": "M99"},
    "another sex": {"Sex": "M"},
    "another age": {"Age": "30"},
    "another day": {"Date": "05/02/2026", "Discharge": "05/02/2026 15:00"},
    "another site": {"Site": "South"},
}


@pytest.mark.parametrize("other", sample(WRONG.values(), 2), ids=WRONG)
def test_a_file_that_changes_who_or_when_is_refused(other: Mapping[str, str]) -> None:
    loaded = second(cases(changed=2, updated=NEWER, **other))
    assert ["of another person, day or site" in one for one in loaded.refused] == [True]
    told = loaded.reports[-1].replaced[0]
    assert (told.earlier_file, told.rows, told.identity_changed) == ("one.csv", 9, 2)
    assert loaded.tables.rows("select count(*) from procedures where site = 'North' and operator = 'Able'") == [(9,)]


@pytest.mark.parametrize("other", sample(WRONG.values(), 2), ids=WRONG)
def test_it_is_taken_when_it_is_accepted(other: Mapping[str, str]) -> None:
    assert second(cases(changed=9, updated=NEWER, **other), accept_replaced=True).refused == []


def test_one_row_of_five_may_change(home: Home) -> None:
    assert second(cases(5, changed=1, updated=NEWER, Site="South"), cases(5)).refused == []


def test_fewer_than_five_rows_are_never_too_many() -> None:
    assert second(cases(4, changed=4, updated=NEWER, Site="South"), cases(4)).refused == []


def test_small_changes_of_age_and_day_are_corrections() -> None:
    loaded = second(cases(changed=9, updated=NEWER, Age="62", Date="04/04/2026", Discharge="04/04/2026 15:00"))
    assert loaded.reports[-1].replaced[0].identity_changed < 9
    loaded = second(cases(changed=1, updated=NEWER, Age="63", Date="04/04/2026", Discharge="04/04/2026 15:00"))
    assert loaded.reports[-1].replaced[0].identity_changed == 0


def test_what_was_empty_and_is_filled_in_is_no_change() -> None:
    assert second(cases(updated=NEWER), cases(changed=9, Sex="", Age="", Site="")).refused == []


def test_an_old_file_of_another_hospital_loses_and_is_refused() -> None:
    loaded = second(cases(changed=9, updated="04/20/2026 10:00", MRN="M99"))
    told = loaded.reports[-1].replaced[0]
    assert (told.rows, told.rows_lost, told.lost_identity_changed) == (0, 9, 9)
    assert len(loaded.refused) == 1


def test_an_old_extract_sent_again_is_told_and_taken() -> None:
    loaded = second(cases(changed=9, updated="04/20/2026 10:00", Surgeon="Baker"))
    assert (loaded.refused, loaded.reports[-1].replaced[0].rows_lost) == ([], 9)


def test_the_same_rows_again_replace_nothing() -> None:
    loaded = second(cases() + b"\n")
    assert (loaded.refused, loaded.reports[-1].replaced, loaded.reports[-1].rows_duplicate) == ([], (), 9)


def test_scores_of_other_people_under_known_numbers_are_refused() -> None:
    def scores(who: str, at: str) -> bytes:
        rows = [
            {"score_id": number, "patient_id": f"{who}{number}", "measured_at": "2026-04-02T10:00", "score": 4,
             "updated_at": at}
            for number in range(1, 8)
        ]  # fmt: skip
        return canonical("pain_scores", rows)

    loaded = load_in_turn(
        [
            Sent("april.csv", scores("A", "2026-05-01T10:00")),
            Sent("may.csv", scores("B", "2026-05-02T10:00"), load=2),
        ]
    )
    assert len(loaded.refused) == 1


def test_people_of_another_hospital_under_known_numbers_are_refused() -> None:
    def people(gender: str, year: int, at: str) -> bytes:
        lines = [
            {"resourceType": "Patient", "id": f"p{number}", "gender": gender, "birthDate": f"{year}-03-04",
             "meta": {"lastUpdated": at}}
            for number in range(6)
        ]  # fmt: skip
        return "\n".join(json.dumps(one) for one in lines).encode()

    loaded = load_in_turn(
        [
            Sent("one.ndjson", people("female", 1950, "2026-05-01T08:00:00Z"), "fhir_bulk"),
            Sent("two.ndjson", people("male", 1980, "2026-05-02T08:00:00Z"), "fhir_bulk", load=2),
        ]
    )
    assert len(loaded.refused) == 1


def test_other_files_of_the_load_are_published(home: Home, tmp_path: Path) -> None:
    rows = [
        {"procedure_id": f"P{number}", "patient_id": f"N{number}", "performed_on": "2026-01-12", "site": "North",
         "updated_at": "2026-02-01T06:00"}
        for number in range(6)
    ]  # fmt: skip
    scores = [{"score_id": "S1", "patient_id": "N1", "measured_at": "2026-01-13T10:00", "score": 4}]
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    (good / "procedures.csv").write_bytes(canonical("procedures", rows))
    wrong = [row | {"site": "Elsewhere", "updated_at": "2026-03-01T06:00"} for row in rows]
    (bad / "procedures.csv").write_bytes(canonical("procedures", wrong))
    (bad / "scores.csv").write_bytes(canonical("pain_scores", scores))
    take(home, good)
    result = take(home, bad)
    assert [one.delivery.name for one in result.refused] == ["procedures.csv"]
    counts = read_status(home)["counts"]
    assert (counts["procedures"], counts["pain_scores"]) == (6, 1)
