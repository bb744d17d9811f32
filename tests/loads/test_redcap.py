"""REDCap exports: codes by their dictionary, one grain per row, and a refusal where only labels were sent."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from data.errors import FileRefused
from data.home import Home
from etl.operations.rejected_rows import write_rejected
from etl.readers import Wanted
from etl.readers.redcap import redcap_export
from etl.readers.redcap.data_dictionary import is_dictionary, read_choices, read_dictionary
from queries.warehouse import open_current
from tests.deliveries import tables_of
from tests.grids import sample
from tests.records import take

HEADINGS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?",
)  # fmt: skip
# Name, form, kind, choices, validation, greatest value.
FIELDS = (
    ("record_id", "demographics", "text", "", "", ""),
    ("sex", "demographics", "radio", "1, Female | 2, Male", "", ""),
    ("death_date", "demographics", "text", "", "date_dmy", ""),
    ("proc_id", "procedure", "text", "", "", ""),
    ("proc_date", "procedure", "text", "", "date_dmy", ""),
    ("proc_start", "procedure", "text", "", "time", ""),
    ("proc_end", "procedure", "text", "", "time", ""),
    ("arrival_dt", "procedure", "text", "", "datetime_dmy", ""),
    ("recovery_ready_dt", "procedure", "text", "", "datetime_dmy", ""),
    ("disch_dt", "procedure", "text", "", "datetime_dmy", ""),
    ("operator", "procedure", "dropdown", "a, Dr One | b, Dr Two", "", ""),
    ("level", "procedure", "checkbox", "A, T12 | B, L1, left | -1, L2", "", ""),
    ("indication", "procedure", "radio", "1, osteoporotic | 6, disc disease", "", ""),
    ("setting", "procedure", "radio", "1, outpatient", "", ""),
    ("sedation", "procedure", "radio", "1, local", "", ""),
    ("asa", "procedure", "text", "", "integer", "5"),
    ("disch_to", "procedure", "radio", "1, home", "", ""),
    ("delay_reason", "procedure", "dropdown", "1, late finish", "", ""),
    ("leak", "procedure", "radio", "1, none | 2, asymptomatic | 3, symptomatic", "", ""),
    ("age_at_proc", "procedure", "text", "", "integer", ""),
    ("cement", "procedure", "text", "", "number_1dp_comma_decimal", ""),
    ("pain_proc_instance", "pain", "text", "", "integer", ""),
    ("pain_date", "pain", "text", "", "date_dmy", ""),
    ("pain_time", "pain", "text", "", "time", ""),
    ("pain_when", "pain", "radio", "1, before | 2, 24-72 h", "", ""),
    ("pain_context", "pain", "radio", "1, rest | 2, activity", "", ""),
    ("pain_nrs", "pain", "text", "", "integer", "10"),
)
OPTIONS = redcap_export.Options(
    kind="redcap",
    missing=("-99", "UNK"),
    scores=("pain_nrs",),
    links=(
        redcap_export.Link(name="pain_procedure", instance="pain_proc_instance", form="procedure", value="proc_id"),
    ),
)
Rows = Sequence[dict[str, str]]


def text_of(header: Sequence[str], rows: Rows) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def dictionary(**changed: tuple[str, str, str, str, str]) -> bytes:
    """The project's dictionary; a named field gets another (form, kind, choices, validation, most)."""
    fields = [(one[0], *changed.get(one[0], one[1:])) for one in FIELDS]
    rows = [
        dict(zip(("Variable / Field Name", "Form Name", "Field Type", "Choices, Calculations, OR Slider Labels",
                  "Text Validation Type OR Show Slider Number", "Text Validation Max"), one, strict=True))
        for one in fields
    ]  # fmt: skip
    return text_of(HEADINGS, rows)


def header(*boxes: str, with_events: bool = True) -> list[str]:
    events = ["redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group"]
    names: list[str] = []
    for place, one in enumerate(FIELDS):
        names += [f"level___{box}" for box in boxes or ("a", "b", "_1", "unk")] if one[0] == "level" else [one[0]]
        if place == 0 and with_events:
            names += events
    return [*names, "demographics_complete", "procedure_complete", "pain_complete", "pain_timestamp"]


def table(rows: Rows, companion: bytes | None = None, names: Sequence[str] = ()) -> list[dict[str, Any]]:
    content = text_of(names or header(), rows)
    extract = redcap_export.read_export(content, "data.csv", OPTIONS, Wanted(), companion or dictionary())[0]
    return [
        {name: row[str(place)] for place, name in enumerate(extract.header)} | {"source_line": row["source_line"]}
        for row in extract.rows.to_pylist()
    ]


def enrolment(number: str = "a-1", **cells: str) -> dict[str, str]:
    row = {"record_id": number, "redcap_event_name": "enrolment_arm_1", "sex": "1", "demographics_complete": "2"}
    return row | cells


def procedure(number: str = "a-1", **cells: str) -> dict[str, str]:
    row = {"record_id": number, "redcap_repeat_instrument": "procedure", "redcap_repeat_instance": "1"}
    boxes = {"level___a": "1", "level___b": "0", "level___unk": "0"}
    held = {"proc_id": f"P{number}", "proc_date": "2026-01-12", "proc_start": "10:00", "operator": "a", "setting": "1"}
    return row | boxes | held | {"leak": "1", "procedure_complete": "2"} | cells


def pain(number: str = "a-1", **cells: str) -> dict[str, str]:
    row = {"record_id": number, "redcap_repeat_instrument": "pain", "redcap_repeat_instance": "1"}
    held = {"pain_proc_instance": "1", "pain_date": "2026-01-14", "pain_time": "10:00", "pain_context": "1"}
    return row | held | {"pain_nrs": "4", "pain_complete": "2"} | cells


def test_codes_become_the_labels_of_the_dictionary() -> None:
    row = table([procedure(operator="b", indication="6", level___b="1")])[0]
    assert (row["operator"], row["indication"], row["setting"]) == ("Dr Two", "disc disease", "outpatient")
    assert row["level"] == "T12;L1, left"


@pytest.mark.parametrize(
    ("boxes", "levels"),
    sample(
        [
            ({"level___a": "1"}, "T12"),
            ({"level___a": "0", "level____1": "1"}, "L2"),
            ({"level___a": "0"}, None),
            ({"level___a": "0", "level___unk": "1"}, None),
            ({"level___a": "", "level___b": ""}, None),
        ],
        2,
    ),
)
def test_boxes_are_read_by_the_codes_of_the_dictionary(boxes: dict[str, str], levels: str | None) -> None:
    assert table([procedure(**boxes)])[0]["level"] == levels


def test_missing_codes_are_empty_and_kept_as_the_reason_of_a_score() -> None:
    row = table([procedure(proc_date="-99", recovery_ready_dt="UNK", asa="UNK")])[0]
    assert (row["proc_date"], row["recovery_ready_dt"], row["asa"]) == (None, None, None)
    assert [one["pain_nrs"] for one in table([pain(pain_nrs="-99"), pain(pain_nrs="UNK"), pain(pain_nrs="99")])] == [
        "missing: -99", "missing: UNK", "99",
    ]  # fmt: skip


def test_a_row_belongs_to_its_instrument_or_to_the_forms_that_are_filled_in() -> None:
    rows = table([enrolment(), procedure(), pain(), enrolment(sex="", demographics_complete="2"),
                  {"record_id": "a-2", "demographics_complete": "0"}])  # fmt: skip
    assert [row["forms"] for row in rows] == ["demographics", "procedure", "pain", "demographics", None]


def test_a_project_without_events_and_instruments_has_all_forms_in_one_row() -> None:
    flat = {**enrolment(), **procedure(), **pain()}
    kept = {name: cell for name, cell in flat.items() if not name.startswith("redcap_")}
    row = table([kept], names=header(with_events=False))[0]
    assert row["forms"] == "demographics;procedure;pain"
    assert row["pain_procedure"] == "Pa-1"
    assert row["redcap_repeat_instance"] is None


def test_a_pain_row_names_its_procedure_by_instance() -> None:
    second = procedure(redcap_repeat_instance="2", proc_id="Q")
    rows = table([procedure(), second, pain(pain_proc_instance="2"), pain(pain_proc_instance="3"), pain("other")])
    # One that is not there stays a number that no record has: it is told as link_not_found.
    assert [row["pain_procedure"] for row in rows[2:]] == ["Q", "procedure 3", "procedure 1"]


@pytest.mark.parametrize(
    ("event", "named"), [("first_arm_1", "Pa-1"), ("second_arm_1", "Q"), ("phone_arm_1", "procedure 1")]
)
def test_instances_are_counted_anew_in_each_event(event: str, named: str) -> None:
    treated = [procedure(redcap_event_name="first_arm_1"), procedure(redcap_event_name="second_arm_1", proc_id="Q")]
    rows = table([*treated, pain(redcap_event_name=event)])
    assert rows[2]["pain_procedure"] == named


def test_a_slider_counts_to_100_and_a_number_to_its_greatest_value() -> None:
    slider = dictionary(pain_nrs=("pain", "slider", "", "number", ""))
    bounded = dictionary(pain_nrs=("pain", "text", "", "integer", "100"))
    for companion in (slider, bounded):
        assert table([pain(pain_nrs="70")], companion)[0]["pain_nrs"] == "70/100"
    assert table([pain(pain_nrs="7")])[0]["pain_nrs"] == "7"


def test_only_declared_fields_have_a_decimal_comma_and_an_open_survey_has_no_time() -> None:
    row = table([procedure(cement="4,5", pain_timestamp="[not completed]")])[0]
    assert (row["cement"], row["pain_timestamp"]) == ("4.5", None)
    assert table([pain(pain_nrs="4,5")])[0]["pain_nrs"] == "4,5"


def test_the_record_field_may_have_any_name() -> None:
    renamed = dictionary().replace(b"record_id", b"study_no")
    names = ["study_no" if name == "record_id" else name for name in header()]
    rows = [{("study_no" if name == "record_id" else name): cell for name, cell in row.items()}
            for row in (procedure(), pain())]  # fmt: skip
    assert [row["pain_procedure"] for row in table(rows, renamed, names)] == [None, "Pa-1"]


@pytest.mark.parametrize(
    ("rows", "names", "words"),
    sample(
        [
            ([procedure(operator="Dr One")], header(), "labels instead of codes"),
            ([procedure(level___a="Checked", level___b="Unchecked")], header(), "labels instead of codes"),
            (
                [{"Study number": "1"}],
                ["Study number", "Sex", "Date of death", "Complete?"],
                "not in the data dictionary",
            ),
            ([{"sex": "1"}], [*header()[1:]], "not in the data dictionary"),
        ],
        2,
    ),
)
def test_labels_instead_of_codes_are_refused(rows: Rows, names: list[str], words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        table(rows, names=names)


def test_a_value_outside_the_choices_stays_for_the_rules_to_name() -> None:
    assert table([procedure(indication="9"), procedure(indication="1")])[0]["indication"] == "9"


def test_an_export_without_its_dictionary_is_refused() -> None:
    with pytest.raises(FileRefused, match="data dictionary"):
        redcap_export.read_export(text_of(header(), [procedure()]), "data.csv", OPTIONS, Wanted(), None)


def test_a_dictionary_is_known_with_a_byte_order_mark_and_by_its_other_headings() -> None:
    assert is_dictionary(b"\xef\xbb\xbf" + dictionary())
    assert is_dictionary(b"field_name,form_name,section_header,field_type\n")
    assert not is_dictionary(text_of(header(), []))
    marked = read_dictionary(b"\xef\xbb\xbf" + dictionary(), "d")
    assert marked.record_name == "record_id"
    assert marked.forms == ("demographics", "procedure", "pain")


@pytest.mark.parametrize(
    "content", sample([b"", b"a,b\n1,2\n", dictionary().split(b"\n")[0] + b"\n", dictionary() + b'"sex\n'], 2)
)
def test_what_is_no_dictionary_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read_dictionary(content, "d")


def test_choices_may_hold_commas_tags_and_line_ends() -> None:
    assert read_choices("1, one, or more | 2, <b>two</b>\n3, three") == {"1": "one, or more", "2": "two", "3": "three"}


def test_rows_load_by_what_they_are() -> None:
    rows = [
        enrolment(death_date="2026-05-01"),
        procedure(leak="3", recovery_ready_dt="UNK", disch_dt="2026-01-12 16:00"),
        pain(), pain(redcap_repeat_instance="2", pain_date="UNK", pain_when="2"),
        pain(redcap_repeat_instance="3", pain_nrs="UNK", pain_time="UNK"),
        pain(redcap_repeat_instance="4", pain_nrs="12"),
        procedure("a-2", proc_date="UNK"), {"record_id": "a-3", "redcap_event_name": "enrolment_arm_1"},
    ]  # fmt: skip
    tables = tables_of("redcap", [("data.csv", text_of(header(), rows))], "America/Toronto", dictionary())
    assert tables.refused == []
    assert tables.rejected() == [(6, "score_out_of_range"), (7, "date_missing"), (8, "other_measure")]
    remarks = [one for one in tables.warned() if one[1] in ("label_without_date", "score_not_recorded")]
    assert remarks == [(4, "label_without_date"), (5, "score_not_recorded")]
    assert tables.rows("select cast(died_on as varchar) from patients") == [("2026-05-01",)]
    assert tables.rows("select type, symptomatic from complications") == [("cement_leak", True)]
    assert tables.rows("select time_known, missing_reason from pain_scores order by score_id") == [
        (True, None), (False, None), (False, "unk"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "people", "words"),
    [("01/12/2026", 5, ["all 5 records of procedures rejected"]), ("01/12/2026", 4, []), ("2026-01-12", 5, [])],
)
def test_rows_of_other_forms_do_not_make_up_for_procedures_that_are_all_rejected(
    day: str, people: int, words: list[str], home: Home, tmp_path: Path
) -> None:
    """As a spreadsheet leaves the days of the procedures: five of 35 rows."""
    numbers = [f"a-{number}" for number in range(people)]
    treated = [procedure(one, proc_date=day) for one in numbers]
    asked = [pain(one, redcap_repeat_instance=str(turn)) for one in numbers for turn in range(1, 6)]
    (tmp_path / "data.csv").write_bytes(text_of(header(), [*map(enrolment, numbers), *treated, *asked]))
    (tmp_path / "words.csv").write_bytes(dictionary())
    result = take(home, tmp_path / "words.csv", tmp_path / "data.csv", source="redcap", zone="America/Toronto")
    assert [str(one.error).partition(": ")[2].partition(".")[0] for one in result.refused] == words


def test_a_person_and_a_procedure_in_one_row_stand_or_fall_together() -> None:
    flat = {**enrolment(), **procedure(), **pain()}
    kept = {name: cell for name, cell in flat.items() if not name.startswith("redcap_")}
    rejected = kept | {"record_id": "a-2", "proc_id": "Pa-2", "death_date": "31 Feb"}
    content = text_of(header(with_events=False), [kept, rejected])
    tables = tables_of("redcap", [("data.csv", content)], "America/Toronto", dictionary())
    assert tables.rejected() == [(2, "date_unreadable")]
    assert tables.rows("select source_row from procedures") == [(1,)]
    assert tables.scores() == [4.0]


def test_the_dictionary_may_be_named_beside_the_data_or_have_come_before(home: Home, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(text_of(header(), [procedure(), pain()]))
    (tmp_path / "later.csv").write_bytes(text_of(header(), [procedure("a-9")]))
    (tmp_path / "words.csv").write_bytes(dictionary())
    how = {"source": "redcap", "zone": "America/Toronto"}
    first = take(home, tmp_path / "data.csv", **how)
    assert "data dictionary" in str(first.refused[0].error)
    second = take(home, tmp_path / "words.csv", tmp_path / "data.csv", **how)
    assert (second.companions, [one.rows_loaded for one in second.reports]) == (["words.csv"], [2])
    third = take(home, tmp_path / "later.csv", **how)
    assert [one.rows_loaded for one in third.reports] == [1]
    assert [row[0] for row in open_current(home).rows("select name from source_files order by 1")] == [
        "data.csv", "later.csv",
    ]  # fmt: skip


def test_rejected_rows_come_back_as_the_raw_export_with_why(home: Home, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(text_of(header(), [procedure(), pain(), pain(pain_nrs="12")]))
    (tmp_path / "dictionary.csv").write_bytes(dictionary())
    take(
        home,
        tmp_path / "data.csv",
        tmp_path / "dictionary.csv",
        source="redcap",
        zone="Europe/Paris",
        accept_rejects=True,
    )
    assert write_rejected(home, tmp_path / "out") == [("data.csv", 1)]
    back = list(csv.DictReader((tmp_path / "out" / "data.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["pain_nrs"], row["pain_context"]) for row in back] == [("12", "1")]
    assert back[0]["why"].startswith("score_out_of_range")
