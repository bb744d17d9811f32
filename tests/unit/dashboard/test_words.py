"""Sentences about what is shown, and text of the records in places that read Markdown."""

from datetime import date

import pytest

from dashboard.text.phrases import choice_sentence, plain_text
from queries.catalogue.filters import Filters
from queries.figures.cohort import Extent

SHOWN = Extent(412, 389, date(2024, 3, 4), date(2026, 8, 27))


@pytest.mark.parametrize(
    ("values", "date_from", "date_to", "words"),
    [
        ({}, None, None, "Both sites, all techniques, March 2024 – August 2026"),
        ({"site": ["Riverside"], "setting": ["outpatient"]}, None, None,
         "Riverside, outpatients, all techniques, March 2024 – August 2026"),
        ({"technique": ["vertebroplasty"]}, date(2025, 1, 1), date(2025, 6, 30),
         "Both sites, vertebroplasty, January 2025 – June 2025"),
        ({}, date(2025, 1, 15), None, "Both sites, all techniques, 15 January 2025 – 27 August 2026"),
        ({}, date(2025, 2, 1), date(2025, 2, 28), "Both sites, all techniques, February 2025"),
        ({"age_band": ["70–79", "80–89"], "sex": ["F"], "weekday": ["Friday"], "asa_class": ["3"]}, None, None,
         "Both sites, aged 70–79 or 80–89, women, ASA class 3, on a Friday, all techniques, March 2024 – August 2026"),
    ],
)  # fmt: skip
def test_what_is_shown_is_said_in_one_sentence(
    values: dict[str, list[str]], date_from: date | None, date_to: date | None, words: str
) -> None:
    sentence = choice_sentence(Filters.of(values, date_from, date_to), SHOWN, sites=2, techniques=3)
    assert sentence == f"{words}: 412 procedures in 389 patients."


def test_one_is_not_said_in_the_plural_and_a_single_site_not_at_all() -> None:
    one = Extent(1, 1, date(2026, 1, 12), date(2026, 1, 12))
    assert choice_sentence(Filters(), one, sites=1, techniques=1) == "January 2026: 1 procedure in 1 patient."


def test_a_choice_of_dates_that_holds_nobody_is_said_as_chosen() -> None:
    nobody = Extent(0, 0, None, None)
    for dates, words in (
        ((date(2030, 1, 1), None), "From 1 January 2030"),
        ((None, date(1990, 1, 1)), "To 1 January 1990"),
        ((date(2030, 1, 1), date(2030, 1, 31)), "January 2030"),
    ):
        sentence = choice_sentence(Filters.of({}, *dates), nobody, sites=1, techniques=1)
        assert sentence == f"{words}: 0 procedures in 0 patients."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("St. Mary's - East (A)", "St. Mary's - East (A)"),
        ("**bold** [link](http://x) :red[x]", "\\*\\*bold\\*\\* \\[link\\](http:\u2060//x) \\:red\\[x\\]"),
        ("<script>", r"\<script\>"),
        ("# no heading", r"\# no heading"),
        ("12:30, a: b", "12\\:30, a: b"),
    ],
)
def test_text_of_the_records_is_shown_as_it_is_written(text: str, shown: str) -> None:
    assert plain_text(text) == shown
