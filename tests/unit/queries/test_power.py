"""What a chart could have seen is read from the table, and never promises too much."""

from pathlib import Path

import pytest

from data.errors import UsageProblem
from data.home import SETTINGS
from queries.trends.power import found_within_a_year, read_power

HEAD = "# made by\nvolume,rate,change,found_per_cent\n"


def test_the_cell_that_is_no_easier_answers() -> None:
    cells = {(row.volume, row.rate, row.change): row.found_per_cent for row in read_power(SETTINGS / "power.csv")}
    assert found_within_a_year(12, 60, 15) == cells[12, 60, 15]
    assert found_within_a_year(14.5, 64, 17) == cells[12, 60, 15]
    assert found_within_a_year(400, 64, 90 - 64) == cells[40, 60, 25]
    assert found_within_a_year(12, 90, -15) == cells[12, 90, -15]


def test_rates_below_one_half_mirror_those_above() -> None:
    assert found_within_a_year(12, 36, -15) == found_within_a_year(12, 64, 15)


@pytest.mark.parametrize(
    ("volume", "rate", "change"), [(2, 64, 15), (12, 64, 5), (12, 64, 0), (12, 90, 15), (12, 5, -6)]
)
def test_what_was_not_simulated_has_no_answer(volume: float, rate: float, change: float) -> None:
    assert found_within_a_year(volume, rate, change) is None


def test_more_cases_and_larger_changes_are_found_more_often() -> None:
    by_volume = [found_within_a_year(volume, 64, 15) for volume in (5, 12, 20, 40)]
    by_change = [found_within_a_year(12, 64, change) for change in (10, 15, 20, 25)]
    for found in (by_volume, by_change):
        assert found == sorted(found)
        assert found[0] < 50 < found[-1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5,64,15,often\n", "row 1, found_per_cent"),
        ("5,64,15,20\n5,40,15,20\n", "row 2, rate"),
        ("5,64,15\n", "row 1, found_per_cent"),
    ],
)
def test_a_mistake_names_file_row_and_column(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "power.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"power\.csv") as problem:
        read_power(path)
    assert words in str(problem.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="missing"):
        read_power(tmp_path / "power.csv")
