"""Every form in which dates and times come: what reads it, and that the load reads it too."""

import duckdb
import pytest

from etl.propose.column_moments import ENGLISH, replaced, replacements
from etl.propose.column_profile import profile_column
from etl.propose.heading_meanings import read_words
from etl.sources import declared_text

CASES = [
    ("Datum", ["31.01.2026", "01.02.2026"], "dates", "%d.%m.%Y"),
    ("Date", ["01/31/2026", "02/01/2026"], "dates", "%m/%d/%Y"),
    ("Date", ["31/01/26"], "dates", "%d/%m/%y"),
    ("Date", ["20260131", "20260201"], "dates", "%Y%m%d"),
    ("Date", ["46053", "46054"], "dates", "excel"),
    ("Date", ["31 Jan 2026", "1 May 2026"], "dates", "%d %b %Y"),
    ("Date", ["January 31, 2026"], "dates", "%B %d, %Y"),
    ("Date", ["31 janvier 2026", "1 août 2026"], "dates", "%d %b %Y"),
    ("Date", ["31 janv. 2026", "1 mai 2026", "2 oct. 2026"], "dates", "%d %b %Y"),
    ("Datum", ["31. Januar 2026", "1. März 2026"], "dates", "%d. %b %Y"),
    ("Datum", ["31-MRT-26", "01-OKT-26"], "dates", "%d-%b-%y"),
    ("Fecha", ["31 de enero de 2026", "1 de agosto de 2026"], "dates", "%d de %b de %Y"),
    ("Data", ["31 gen 2026", "1 ago 2026"], "dates", "%d %b %Y"),
    ("Data", ["31/dez/2026", "01/fev/2026"], "dates", "%d/%b/%Y"),
    ("Hora", ["9:05 a. m.", "12:13 p. m."], "times", "%I:%M %p"),
    ("Time", ["0905", "1430"], "times", "%H%M"),
    ("Heure", ["9h05", "14h30"], "times", "%Hh%M"),
    ("Uhrzeit", ["09.05 Uhr"], "times", "%H.%M Uhr"),
    ("Time", ["9:05PM"], "times", "%I:%M%p"),
    ("Recorded", ["202601310905"], "date_times", "%Y%m%d%H%M"),
    ("Recorded", ["31.01.2026 09:05"], "date_times", "%d.%m.%Y %H:%M"),
    ("Recorded", ["01/31/2026 9:05:00 AM"], "date_times", "%m/%d/%Y %I:%M:%S %p"),
    ("Recorded", ["2026-01-31T09:05:00Z", "2026-01-31T09:05:00.123+01:00"], "date_times", "iso"),
    ("Recorded", ["31 Jan 2026 09:05"], "date_times", "%d %b %Y %H:%M"),
]


@pytest.mark.parametrize(("heading", "cells", "which", "form"), CASES, ids=[one[1][0] for one in CASES])
def test_a_form_is_found_and_the_load_reads_it(heading: str, cells: list[str], which: str, form: str) -> None:
    seen = profile_column(heading, cells)
    assert (seen.moment, seen.forms(which)) == (which, [form])
    clock = declared_text.Clock("Europe/Berlin", "2027-06-01")
    sql = declared_text.moment_text(
        "written", (form,), words=seen.replacements, clock=clock, zone=None, no_midnight=False
    )
    for cell in cells:
        read = duckdb.execute(f"select {sql} from (select ? as written)", [cell]).fetchone()
        assert read is not None
        assert read[0] is not None, cell


@pytest.mark.parametrize("language", read_words()["months"])
def test_the_names_of_all_months_are_replaced_by_the_right_ones_in_every_case(language: str) -> None:
    for names in read_words()["months"][language]:
        for case in (str.lower, str.capitalize, str.upper):
            for end in ("", "."):
                texts = [f"1 {case(name)}{end} 2026" for name in names.split()]
                words = replacements(texts)
                read = [replaced(text, words).split()[1] for text in texts]
                is_right = [
                    one.rstrip(".").lower() in (month.lower(), month[:3].lower())
                    for one, month in zip(read, ENGLISH, strict=True)
                ]
                assert all(is_right), (language, read)


@pytest.mark.parametrize("heading", ["MRN", "Case", "CPT", "Levels"])
def test_digits_alone_are_no_date_where_the_heading_does_not_speak_of_one(heading: str) -> None:
    assert profile_column(heading, ["20260131", "22510", "0905"]).moment == ""
    assert profile_column(heading, ["22510", "22511"]).moment == ""
