"""What a chart could have seen is read from the table, and never promises too much."""

import re
from pathlib import Path

import pytest

from data.errors import UsageProblem
from data.home import SETTINGS
from data.settings import read_trends
from queries.catalogue.metrics import read_catalogue
from queries.trends import present
from queries.trends.power import found_within_a_year, read_power
from queries.trends.trend import make_trend
from tests.series import monthly, monthly_values

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


def test_a_mean_says_what_would_have_been_seen_as_a_share_of_one_half_would() -> None:
    """Patients differ by one unit: 20 points of a share are 0.4 of a mean."""
    metric = read_catalogue()["mean_levels"]
    found = make_trend(monthly_values([1.5, 1.7, 1.6] * 8, [12] * 24), metric, step="month", gate="plain")
    told = found_within_a_year(12, 50, 20)
    assert found.reason == "no_change"
    assert found.sentence == (
        f"No change seen; a change from 1.6 {metric.unit} to 2.0 {metric.unit} would be seen within a year in about "
        f"{told} of 100 such departments."
    )


def sentence_of(yes: list[int], n: list[int]) -> str:
    return make_trend(monthly(yes, n), read_catalogue()["day_case_completed"], step="month", gate="plain").sentence


def test_few_cases_say_that_all_but_a_large_change_would_be_missed() -> None:
    assert sentence_of([1, 2] * 15, [2, 2] * 15) == (
        "No change seen; with about 2 a month all but a large change would be missed."
    )


def test_months_without_cases_count_in_the_usual_number() -> None:
    """Twelve in every other month are six a month."""
    sparse = sentence_of([8, 0] * 15, [12, 0] * 15)
    asked = re.findall(r"to (\d+) % would be seen within a year in about (\d+) of 100", sparse)
    (changed, told), *_ = asked
    assert int(told) == found_within_a_year(6, 66.7, int(changed) - 66.7)


def test_the_table_of_another_threshold_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    other = read_trends().model_copy(update={"verdict": read_trends().verdict.model_copy(update={"threshold": 4.5})})
    monkeypatch.setattr(present, "read_trends", lambda: other)
    assert "all but a large change would be missed" in sentence_of([8, 7] * 15, [12, 12] * 15)
