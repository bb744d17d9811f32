"""Published results: both arms, a source, and a mistake that names its line."""

import re
from datetime import date
from pathlib import Path

import pytest

from data.errors import UsageProblem
from data.settings import read_timepoints
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.published_trials import (
    published_comparisons,
    published_for,
    published_groups,
    read_comparisons,
)

HEADER = (
    "metric,timepoint,study,date,population,treated_numerator,treated_denominator,comparison_name,"
    "comparison_numerator,source\n"
)


def test_what_we_ship_is_valid_and_about_figures_that_exist() -> None:
    assert published_comparisons()
    for one in published_comparisons():
        assert one.timepoint in ("", *read_timepoints().labels)
        assert one.figure_name in read_catalogue()
        assert one.agrees, "its definition was compared with an earlier one of ours"
        assert "doi" in one.source or re.search(r"\d{4};\d+", one.source), "where can it be read?"


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


def test_counts_made_from_percentages_print_as_the_paper_does() -> None:
    """Shin 2023, abstract: 1023 home on the day, 503 admitted, 149 in hospital before; per cent of each group."""
    groups = {1023: (0.68, 6.26), 503: (0.60, 6.76), 149: (2.68, 12.8)}
    deaths = {1023: 7, 503: 3, 149: 4}
    back = {1023: 64, 503: 34, 149: 19}
    for size, (died, readmitted) in groups.items():
        assert round(100 * deaths[size] / size, 2) == died
        assert round(100 * back[size] / size, 2 if readmitted < 10 else 1) == readmitted
    found = {
        one.figure_name: (one.treated_numerator, one.treated_denominator)
        for one in published_groups(["same_day_discharge", "died_30_days", "readmitted_30_days"])
    }
    assert found == {
        "same_day_discharge": (1023, 1023 + 503),
        "died_30_days": (sum(deaths.values()), sum(groups)),
        "readmitted_30_days": (sum(back.values()), sum(groups)),
    }


def test_peer_figures_of_a_home_stand_beside_the_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings").mkdir()
    row = "same_day_discharge,,Ours and five others,2026-01,technique=vertebroplasty,412,530,,,Regional audit 2025\n"
    (tmp_path / "settings" / "benchmarks.csv").write_text(HEADER + row, encoding="utf-8")
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    mine = published_groups(["same_day_discharge"])[-1]
    assert (mine.study, mine.treated_numerator) == ("Ours and five others", 412)
    chosen = Filters.of({"site": ["Lakeside"], "technique": ["balloon_kyphoplasty"], "sex": ["F"]}, date(2026, 1, 1))
    alike = Filters.of({"site": ["Lakeside"], "technique": ["vertebroplasty"]}, date(2026, 1, 1))
    assert mine.narrow_filters(chosen) == alike


def test_a_figure_whose_definition_has_moved_on_is_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.csv"
    row = "same_day_discharge,,X,2026,,1,2,,,S,0\n"
    path.write_text(HEADER.replace("\n", ",definition_version\n") + row, encoding="utf-8")
    assert not read_comparisons(path)[0].agrees


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("mild_pain,follow_up,X,2026,,24,55,sham,,S\n", "give the counts of both arms"),
        ("mild_pain,follow_up,X,2026,,24,55,,,S\n", "give both arms"),
        ("mild_pain,follow_up,X,2026,,many,55,sham,12,S\n", "line 2, treated_numerator"),
        ("mild_pain,follow_up,X,2026,,24,55,sham,12,\n", "source"),
        ("same_day_discharge,,X,last year,,24,55,,,S\n", "date"),
        ("same_day_discharge,,X,2026,,56,55,,,S\n", "more than"),
        ("same_day_discharge,,X,2026,,24,,,,S\n", "treated_denominator"),
        ("same_day_discharge,,X,2026,colour=red,24,55,,,S\n", "population"),
        ("same_day_discharges,,X,2026,,24,55,,,S\n", "there is no figure"),
        ("recovery_hours,,X,2026,,24,55,,,S\n", "no share"),
    ],
)
def test_a_mistake_names_its_line(row: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.csv"
    path.write_text(HEADER + row, encoding="utf-8")
    with pytest.raises(UsageProblem) as problem:
        read_comparisons(path)
    assert words in str(problem.value)
    assert "line 2" in str(problem.value)
