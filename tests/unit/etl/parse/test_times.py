"""Dates and times from text: only by declared formats, with a regular expression before each cast."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.parse.times import change_of_clocks, precision_of, read_time

US = ("%m/%d/%Y", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p")
UK = ("%d/%m/%Y", "%d/%m/%Y %H:%M")
GERMAN = {"januar": 1, "mär": 3, "märz": 3, "mai": 5, "okt": 10, "oktober": 10, "dez": 12, "dezember": 12}


@pytest.mark.parametrize(
    ("written", "formats", "text"),
    [
        ("2024-01-05", ("%Y-%m-%d",), "2024-01-05"),
        ("2024-01-05T22:05", ("%Y-%m-%dT%H:%M",), "2024-01-05T22:05"),
        ("1/5/2024", US, "2024-01-05"),
        ("01/05/2024 10:05 PM", US, "2024-01-05T22:05"),
        ("1/5/2024 12:00 AM", US, "2024-01-05T00:00"),
        ("1/5/2024 12:30 PM", US, "2024-01-05T12:30"),
        ("1/5/2024 1:02:03 a.m.", US, "2024-01-05T01:02:03"),
        ("1/5/2024 10:05PM", US, "2024-01-05T22:05"),
        ("1/5/2024  10:05\u00a0PM", US, "2024-01-05T22:05"),
        ("5/1/2024", UK, "2024-01-05"),
        ("05/01/2024 22:05", UK, "2024-01-05T22:05"),
        ("05.01.2024", ("%d.%m.%Y",), "2024-01-05"),
        ("5 Jan 2024", ("%d %b %Y",), "2024-01-05"),
        ("5-JAN-2024", ("%d-%b-%Y",), "2024-01-05"),
        ("January 5, 2024", ("%b %d, %Y",), "2024-01-05"),
        ("20240105", ("%Y%m%d",), "2024-01-05"),
        ("2024-01-05T23:00:00-05:00", ("%Y-%m-%dT%H:%M:%S%z",), "2024-01-05T23:00-05:00"),
        ("2024-01-05T23:00:00Z", ("%Y-%m-%dT%H:%M:%S%z",), "2024-01-05T23:00+00:00"),
        ("2024-02-29", ("%Y-%m-%d",), "2024-02-29"),
        ("５/１/2024", UK, "2024-01-05"),
    ],
)
def test_a_declared_format_is_read(written: str, formats: tuple[str, ...], text: str) -> None:
    assert read_time(written, formats).text == text


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("2024-01-05 10:00 PM", ("%Y-%m-%d %H:%M",)),
        ("2024-01-05 and more", ("%Y-%m-%d",)),
        ("24-01-05", ("%Y-%m-%d",)),
        ("infinity", ("%Y-%m-%d",)),
        ("13/45/2024", US),
        ("2/30/2025 9:00 AM", US),
        ("13/1/2024", US),
        ("1/5/2024 13:00 PM", US),
        ("1/5/2024 0:30 AM", US),
        ("yesterday", US),
        ("2023-02-29", ("%Y-%m-%d",)),
        ("2024-01-05T24:00", ("%Y-%m-%dT%H:%M",)),
        ("2024-01-05T10:60", ("%Y-%m-%dT%H:%M",)),
        ("2024-01-05T23:00+25:00", ("%Y-%m-%dT%H:%M%z",)),
        ("5/1/24", ("%d/%m/%y",)),
        ("5 Okt 2024", ("%d %b %Y",)),
        ("٥/١/2024", UK),
        ("T12", UK),
        ("7-8", UK),
        ("45000", UK),
        ("", UK),
    ],
)
def test_anything_else_is_not_a_date(written: str, formats: tuple[str, ...]) -> None:
    reading = read_time(written, formats)
    assert (reading.problem, reading.on, reading.text) == ("date_unreadable", None, None)


def test_two_formats_that_disagree_make_a_date_unreadable() -> None:
    both = ("%d/%m/%Y", "%m/%d/%Y")
    assert read_time("13/02/2024", both).text == "2024-02-13"
    assert read_time("02/02/2024", both).text == "2024-02-02"
    assert read_time("01/02/2024", both).reason == "ambiguous"


def test_two_digit_years_need_a_declared_pivot() -> None:
    assert read_time("5/1/35", ("%d/%m/%y",), pivot=30).text == "1935-01-05"
    assert read_time("5/1/26", ("%d/%m/%y",), pivot=30).text == "2026-01-05"


def test_months_of_other_languages_are_read_where_they_are_declared() -> None:
    assert read_time("5. Okt. 2024", ("%d. %b %Y",), months=GERMAN).text == "2024-10-05"
    assert read_time("5. März 2024", ("%d. %b %Y",), months=GERMAN).text == "2024-03-05"


def test_a_clock_that_means_nothing_leaves_the_date_where_the_mapping_says_so() -> None:
    unknown = ("00:00:00", "23:59:59")
    assert read_time("2024-01-05 00:00:00", unknown_times=unknown).text == "2024-01-05"
    assert read_time("2024-01-05 23:59:59", unknown_times=unknown).text == "2024-01-05"
    assert read_time("2024-01-05 00:01:00", unknown_times=unknown).text == "2024-01-05T00:01"
    assert read_time("2024-01-05 00:00:00").text == "2024-01-05T00:00"


def test_the_date_of_a_moment_is_the_date_at_the_hospital() -> None:
    moment = read_time("2024-01-05T23:00:00-05:00")
    assert moment.local("America/New_York").text == "2024-01-05T23:00-05:00"
    assert moment.local("Australia/Sydney").text == "2024-01-06T15:00+11:00"
    assert moment.local("Europe/London").on.isoformat() == "2024-01-06"
    assert read_time("2024-01-05T23:00").local("Europe/London").text == "2024-01-05T23:00"


def test_the_offset_tells_the_two_hours_apart_when_clocks_go_back() -> None:
    summer = read_time("2024-04-07T02:30:00+11:00").local("Australia/Sydney")
    winter = read_time("2024-04-07T02:30:00+10:00").local("Australia/Sydney")
    assert (summer.at, winter.at) == (winter.at, summer.at)
    assert (summer.offset, winter.offset) == (660, 600)


@pytest.mark.parametrize(
    ("at", "zone", "change"),
    [
        ("2024-11-03T01:30", "America/New_York", "overlap"),
        ("2024-03-10T02:30", "America/New_York", "gap"),
        ("2024-10-27T01:30", "Europe/London", "overlap"),
        ("2024-03-31T01:30", "Europe/London", "gap"),
        ("2024-04-07T02:30", "Australia/Sydney", "overlap"),
        ("2024-10-06T02:30", "Australia/Sydney", "gap"),
        ("2024-04-07T01:45", "Australia/Lord_Howe", "overlap"),
        ("2024-06-01T01:30", "America/New_York", None),
    ],
)
def test_hours_that_happen_twice_or_never_are_known(at: str, zone: str, change: str | None) -> None:
    assert change_of_clocks(datetime.fromisoformat(at), zone) == change


@pytest.mark.parametrize(
    ("written", "known"),
    [("2024", "year"), ("2024-05", "month"), ("2024-05-01", "date"), ("2024-05-01T10:00", "minute"),
     ("2024-05-01T10:00:00Z", "second"), ("2024-5", None), ("24", None)],
)  # fmt: skip
def test_how_much_a_text_says_is_known(written: str, known: str | None) -> None:
    assert precision_of(written) == known


def test_an_unknown_directive_is_an_error_of_the_mapping() -> None:
    with pytest.raises(ValueError, match="%Q"):
        read_time("2024", ("%Q",))


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_what_a_format_writes_it_reads_back(at: datetime) -> None:
    at = at.replace(microsecond=0)
    for one in ("%Y-%m-%dT%H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "%d %b %Y %H:%M:%S"):
        assert read_time(at.strftime(one), (one,)).at == at


@given(st.text(max_size=20))
def test_every_text_is_a_date_or_a_problem(written: str) -> None:
    reading = read_time(written)
    assert (reading.on is None) == (reading.problem is not None)
