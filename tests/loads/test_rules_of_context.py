"""Every condition on people and stays, and on events that name only the patient, has a row that breaks it."""

from pathlib import Path

import pytest

from data.home import Home
from etl import rules
from etl.operations.status import read_status
from tests.loads.test_other_habits import load

TOML = """
title = "Lists of people and stays"
time_zone = "Europe/London"
[formats]
date = "iso"
date_time = "iso"
[[file]]
name = "people"
[[file.record]]
kind = "people"
columns = { row_id = "row_id", patient_id = "patient_id", sex = "sex", born_on = "born_on", died_on = "died_on", is_dead = "is_dead", record_status = "record_status", updated_at = "updated_at" }
[[file]]
name = "stays"
[[file.record]]
kind = "stays"
columns = { stay_id = "stay_id", patient_id = "patient_id", arrived_at = "arrived_at", discharged_at = "discharged_at", setting = "setting", disposition = "disposition", record_status = "record_status", updated_at = "updated_at" }
[[file]]
name = "complications"
[[file.record]]
kind = "complications"
columns = { complication_id = "complication_id", patient_id = "patient_id", occurred_on = "occurred_on", type = "type" }
[[file]]
name = "contacts"
[[file.record]]
kind = "contacts"
columns = { contact_id = "contact_id", patient_id = "patient_id", happened_at = "happened_at", kind = "kind" }
"""  # noqa: E501
LATER = "2027-01-01"
# A row without a fault of each kind; a breaker changes one cell of it.
SOUND = {
    "people": {"row_id": "1", "patient_id": "A", "sex": "F", "born_on": "1941-02-03", "died_on": "",
               "is_dead": "", "record_status": "", "updated_at": "2026-01-01T08:00"},
    "stays": {"stay_id": "1", "patient_id": "A", "arrived_at": "2026-01-12T07:00", "discharged_at": "2026-01-12",
              "setting": "outpatient", "disposition": "home", "record_status": "", "updated_at": "2026-01-13T08:00"},
    "complications": {"complication_id": "1", "patient_id": "A", "occurred_on": "2026-01-13", "type": "infection"},
    "contacts": {"contact_id": "1", "patient_id": "A", "happened_at": "2026-01-13", "kind": "early_call"},
}  # fmt: skip
BREAKERS = {
    ("people", "column_count", None): {"updated_at": "2026-01-01T08:00,too,many"},
    ("people", "id_missing", "patient_id"): {"patient_id": ""},
    ("people", "number_rounded", "patient_id"): {"patient_id": "1.23457E+11"},
    ("people", "number_stands_for_none", "patient_id"): {"patient_id": "UNKNOWN"},
    ("people", "status_unknown", "record_status"): {"record_status": "gone"},
    ("people", "date_unreadable", "updated_at"): {"updated_at": "yesterday"},
    ("people", "future_date", "updated_at"): {"updated_at": f"{LATER}T08:00"},
    ("people", "date_unreadable", "born_on"): {"born_on": "3 Feb"},
    ("people", "date_unreadable", "died_on"): {"died_on": "2026-02-30"},
    ("people", "future_date", "born_on"): {"born_on": LATER},
    ("people", "future_date", "died_on"): {"died_on": LATER},
    ("people", "unknown_value", "sex"): {"sex": "2"},
    ("people", "unknown_value", "is_dead"): {"is_dead": "perhaps"},
    ("stays", "column_count", None): {"updated_at": "2026-01-13T08:00,too"},
    ("stays", "id_missing", "stay_id"): {"stay_id": ""},
    ("stays", "number_rounded", "stay_id"): {"stay_id": "1.23457E+11"},
    ("stays", "number_stands_for_none", "stay_id"): {"stay_id": "n/a"},
    ("stays", "status_unknown", "record_status"): {"record_status": "gone"},
    ("stays", "date_unreadable", "updated_at"): {"updated_at": "x"},
    ("stays", "future_date", "updated_at"): {"updated_at": f"{LATER}T08:00"},
    ("stays", "date_unreadable", "arrived_at"): {"arrived_at": "7 am"},
    ("stays", "date_unreadable", "discharged_at"): {"discharged_at": "2026-13-01"},
    ("stays", "future_date", "arrived_at"): {"arrived_at": f"{LATER}T08:00"},
    ("stays", "future_date", "discharged_at"): {"discharged_at": LATER},
    ("stays", "unknown_value", "setting"): {"setting": "ward 3"},
    ("stays", "unknown_value", "disposition"): {"disposition": "elsewhere"},
    ("stays", "stay_ends_early", "discharged_at"): {"discharged_at": "2026-01-11"},
    ("stays", "time_does_not_exist", "arrived_at"): {"arrived_at": "2026-03-29T01:30", "discharged_at": "2026-03-30"},
    ("stays", "time_does_not_exist", "discharged_at"): {"discharged_at": "2026-03-29T01:30"},
    ("complications", "procedure_not_found", "patient_id"): {},
    ("contacts", "procedure_not_found", "patient_id"): {},
}


def delivered(kind: str, changes: dict[str, str]) -> bytes:
    cells = SOUND[kind] | changes
    return f"{','.join(cells)}\n{','.join(cells.values())}\n".encode()


def test_every_condition_has_an_example_that_breaks_it() -> None:
    asked = {(kind, one.rule, one.field) for kind in ("people", "stays") for one in rules.conditions_of_kind(kind)}
    assert asked == {one for one in BREAKERS if one[0] in ("people", "stays")}


def test_examples_break_exactly_the_rule_they_are_for(home: Home, tmp_path: Path) -> None:
    files = {f"{place:02}.csv": delivered(one[0], changes) for place, (one, changes) in enumerate(BREAKERS.items())}
    files = {name: content.replace(b"\n1,", f"\n{name[:2]},".encode(), 1) for name, content in files.items()}
    load(home, tmp_path / "in", "lists", TOML, files)
    for told, (kind, rule, field) in zip(read_status(home)["files"], BREAKERS, strict=True):
        found = {(one["rule"], one["field"]) for one in (*told["rejected"], *told["warned"])}
        assert found == {(rule, field)}, (told["name"], kind)


@pytest.mark.parametrize("kind", ["people", "stays"])
def test_sound_rows_break_none(kind: str, home: Home, tmp_path: Path) -> None:
    load(home, tmp_path / "in", "lists", TOML, {"a.csv": delivered(kind, {})})
    assert [(one["rejected"], one["warned"]) for one in read_status(home)["files"]] == [([], [])]
