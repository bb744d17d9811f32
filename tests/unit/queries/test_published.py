"""Published results: both arms, a source, and a mistake that names its line."""

from pathlib import Path

import pytest

from data.errors import UsageProblem
from data.settings import read_timepoints
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.published_trials import published_comparisons, published_for, read_comparisons

HEADER = "metric,timepoint,study,treated_numerator,treated_denominator,comparison_name,comparison_numerator,source\n"


def test_what_we_ship_is_valid_and_about_figures_that_exist() -> None:
    assert published_comparisons()
    for one in published_comparisons():
        assert one.timepoint in read_timepoints().labels
        assert f"{one.metric}_{one.timepoint}" in read_catalogue()
        assert "doi" in one.source


def test_percentages_come_from_those_who_had_a_score() -> None:
    """VAPOUR prints 44 % and 21 % of 61 and 59 patients: they only hold for the 55 and 57 with a score."""
    one = published_for("mild_pain", "follow_up")[0]
    assert round(100 * one.treated_numerator / one.treated_denominator) == 44
    assert round(100 * one.comparison_numerator / one.comparison_denominator) == 21


def test_differences_are_those_that_the_paper_prints() -> None:
    """VERTOS IV, BMJ 2018, abstract."""
    found = {one.timepoint: (one.difference, one.lower, one.upper) for one in published_for("pain_score")}
    assert found == {
        "hours_24_72": (-0.43, -1.17, 0.31), "follow_up": (-0.11, -0.85, 0.63), "month_1": (0.41, -0.33, 1.15),
        "month_3": (0.21, -0.54, 0.96), "month_6": (0.39, -0.37, 1.15), "month_12": (0.45, -0.37, 1.24),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("mild_pain,follow_up,X,24,55,sham,,S\n", "give the counts of both arms"),
        ("mild_pain,follow_up,X,many,55,sham,12,S\n", "line 2, treated_numerator"),
        ("mild_pain,follow_up,X,24,55,sham,12,\n", "source"),
    ],
)
def test_a_mistake_names_its_line(row: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.csv"
    path.write_text(HEADER + row, encoding="utf-8")
    with pytest.raises(UsageProblem) as problem:
        read_comparisons(path)
    assert words in str(problem.value)
    assert "line 2" in str(problem.value)
