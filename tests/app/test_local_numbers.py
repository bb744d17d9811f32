"""The senders' own numbers: for those who may see them, and clear words when they are not there."""

from pathlib import Path

import pandas as pd
import pytest

from dashboard.access.rights import AccessDenied, Viewer
from dashboard.view.local_numbers import local_numbers
from data.errors import StorageProblem
from data.home import Home
from queries.warehouse import open_current
from tests.records import Records, loaded

LEAD = Viewer("lead", "lead")


def records_of(home: Home) -> pd.DataFrame:
    return open_current(home).frame(
        "select cast(procedure_id as varchar) as procedure_id, cast(patient_key as varchar) as patient_key, site"
        " from outcomes order by outcome_no"
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("numbers"))


@pytest.fixture(scope="module")
def records(home: Home) -> pd.DataFrame:
    made = Records()
    made.procedure("2026-01-12", procedure_id="OPS-7", patient_id="MRN-1")
    made.procedure("2026-01-13", procedure_id="OPS-8", patient_id="MRN-2", site="Lakeside")
    loaded(home, made)
    return records_of(home)


def test_the_senders_numbers_stand_beside_the_random_keys(home: Home, records: pd.DataFrame) -> None:
    told = local_numbers(LEAD, home, records)
    assert list(told["procedure_number"]) == ["OPS-7", "OPS-8"]
    assert list(told["patient_number"]) == ["MRN-1", "MRN-2"]
    assert list(told.index) == list(records["procedure_id"])


@pytest.mark.parametrize("role", ["viewer", "quality", "admin"])
def test_without_the_right_no_number_is_told(role: str, home: Home, records: pd.DataFrame) -> None:
    with pytest.raises(AccessDenied):
        local_numbers(Viewer("x", role), home, records)  # type: ignore[arg-type]
    with pytest.raises(AccessDenied):
        local_numbers(Viewer("x", role), home, records[:0])  # type: ignore[arg-type]


def test_the_right_ends_at_the_site(home: Home, records: pd.DataFrame) -> None:
    reader = Viewer("c", "coordinator", frozenset({"Riverside"}))
    assert list(local_numbers(reader, home, records[:1])["procedure_number"]) == ["OPS-7"]
    with pytest.raises(AccessDenied):
        local_numbers(reader, home, records)
    with pytest.raises(AccessDenied):
        local_numbers(reader, home, records[:1].assign(site=None))


def test_absent_or_unreadable_numbers_are_clear_words(records: pd.DataFrame, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    with pytest.raises(StorageProblem, match="not kept on this computer"):
        local_numbers(LEAD, other, records)
    other.private.mkdir(parents=True)
    other.identities.write_bytes(b"not parquet")
    with pytest.raises(StorageProblem, match="cannot be read"):
        local_numbers(LEAD, other, records)


def test_an_unknown_key_has_no_number(home: Home, records: pd.DataFrame) -> None:
    stranger = records[:1].assign(procedure_id="00000000-0000-0000-0000-000000000001")
    assert list(local_numbers(LEAD, home, stranger)["procedure_number"]) == [""]
