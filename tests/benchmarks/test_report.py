"""Measuring one part leaves the others' numbers as they were."""

from data.home import PROJECT
from tests.benchmarks.report import replace, section

REPORT = "# Benchmarks\n\nWords.\n\n## Loads\n\nold\n\n## Signals\n\n| a |\n"


def test_a_section_replaces_the_one_of_its_title_only() -> None:
    fresh = section("Loads", "Once.", [("load", "7 s", "≤ 8 s")])
    assert replace(REPORT, fresh) == REPORT.replace("## Loads\n\nold\n", fresh)
    assert replace(replace(REPORT, fresh), fresh) == replace(REPORT, fresh)


def test_a_new_section_goes_to_the_end() -> None:
    fresh = section("Exports", "Once.", [])
    assert replace(REPORT, fresh) == REPORT + "\n" + fresh


def test_the_report_in_the_project_is_as_it_would_be_written() -> None:
    report = (PROJECT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    *_, last = report.split("\n## ")
    assert replace(report, "## " + last) == report
