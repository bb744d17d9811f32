"""Text is read as declared or not at all. Each case is a trap that a library's own guess falls into."""

import duckdb
import pytest

from data.errors import FileRefused
from etl.readers import Wanted
from etl.readers.delimited import csv
from etl.sources import declared_text
from etl.sources.declared_text import Clock

CLOCK = Clock("America/New_York", "2026-06-01")


def asked(sql: str, text: str | None) -> object:
    with duckdb.connect() as connection:
        return connection.execute(f"select {sql} from (select cast(? as varchar) as x)", [text]).fetchall()[0][0]


def moment(text: str | None, *formats: str, words: dict[str, str] | None = None, zone: str | None = None) -> object:
    return asked(
        declared_text.moment_text("x", formats, words=words or {}, clock=CLOCK, zone=zone, no_midnight=False), text
    )


@pytest.mark.parametrize(
    ("text", "form", "want"),
    [
        ("7/3/2023", "%m/%d/%Y", "2023-07-03"),
        ("2/30/2025", "%m/%d/%Y", None),
        ("7/3/2023 please", "%m/%d/%Y", None),
        ("13/02/2024", "%m/%d/%Y", None),
        ("2024-01-05 10:00 PM", "%Y-%m-%d %I:%M %p", "2024-01-05T22:00:00"),
        ("2024-01-05 10:00 PM", "iso", None),
        ("1/5/2026 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p", "2026-01-05T00:00:00"),
        ("13:05 PM", "%I:%M %p", None),
        ("9:05", "%H:%M", "09:05:00"),
        ("25:05", "%H:%M", None),
        ("24-01-05", "iso", None),
        ("infinity", "iso", None),
        ("epoch", "iso", None),
        ("T12", "iso", None),
        ("7-8", "%d-%m-%Y", None),
        ("2024-02-30", "iso", None),
        ("2024-01-05T08:30", "iso", "2024-01-05T08:30:00"),
        ("2024-01-05T23:00:00-05:00", "iso", "2024-01-05T23:00:00"),
        ("2024-01-06T04:00:00Z", "iso", "2024-01-05T23:00:00"),
        ("2024-01-06T04:00:00.123+00:00", "iso", "2024-01-05T23:00:00"),
        ("5.3.24", "%d.%m.%y", "2024-03-05"),
        ("5.3.35", "%d.%m.%y", "1935-03-05"),
        ("5.3.68", "%d.%m.%y", "1968-03-05"),
        ("45027", "excel", "2023-04-11"),
        ("4502", "excel", None),
        ("２０２６年１月５日", "%Y年%m月%d日", "2026-01-05"),
        (" 7/3/2023\u00a0 ", "%m/%d/%Y", "2023-07-03"),
        (None, "iso", None),
    ],
)
def test_a_moment_is_read_in_its_declared_form_or_not_at_all(text: str, form: str, want: str | None) -> None:
    assert moment(text, form) == want


def test_a_date_that_fits_two_declared_forms_with_two_meanings_is_not_read() -> None:
    both = ("%d/%m/%Y", "%m/%d/%Y")
    assert moment("01/02/2024", *both) is None
    assert moment("13/02/2024", *both) == "2024-02-13"
    assert moment("02/02/2024", *both) == "2024-02-02"


def test_declared_words_are_read_and_other_zones_become_local() -> None:
    assert moment("5 Mär 2026", "%d %b %Y", words={"Mär": "Mar"}) == "2026-03-05"
    assert moment("2026-03-05 18:00", "iso", zone="UTC") == "2026-03-05T13:00:00"


@pytest.mark.parametrize("text", ["0x10", "1_000", "NaN", "inf", "7,5,1", "1.000,5"])
def test_what_is_no_number_with_a_decimal_comma_stays_as_it_is(text: str) -> None:
    assert asked(declared_text.number_text("x", ","), text) == text


def test_numbers_and_their_zeros() -> None:
    assert asked(declared_text.number_text("x", ","), "7,5") == "7.5"
    assert asked(declared_text.pad_zeros("x", 8), "123") == "00000123"
    assert asked(declared_text.pad_zeros("x", 3), "12345") == "12345"
    assert asked(declared_text.pad_zeros("x", 8), "A-1") == "A-1"


def test_codes_are_compared_without_case_and_the_first_that_fits_counts() -> None:
    codes = {"OP #": "osteoporotic", "*100%_*": "metastasis", "none": "", "*": "other"}
    found = {
        text: asked(declared_text.code_meaning("x", codes), text)
        for text in ("op  #", "a 100%_b", "a 100xyb", "None", None)
    }
    assert found == {
        "op  #": "osteoporotic", "a 100%_b": "metastasis", "a 100xyb": "other", "None": None, None: None,
    }  # fmt: skip
    assert asked(declared_text.code_meaning("x", {"it's": "yes"}), "IT'S") == "yes"


def test_a_condition_on_an_empty_cell_is_false_and_never_unknown() -> None:
    assert asked(declared_text.is_one_of("x", ("final", "amended*")), None) is False
    assert asked(declared_text.is_one_of("x", ("final", "amended*")), "Amended later") is True


WANTED = Wanted(headings=frozenset({"mrn", "date", "score"}), written=("MRN", "Date", "Score"))


def table(content: bytes, **options: str) -> tuple[list[list[str]], list[int], str]:
    extract = csv.read_tables(content, "a.csv", csv.Options(kind="csv", **options), WANTED)[0]
    columns = [extract.rows.column(str(place)).to_pylist() for place in range(len(extract.header))]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return rows, extract.rows.column("source_line").to_pylist(), extract.encoding


def test_title_lines_blank_lines_and_rows_of_empty_cells_are_no_rows() -> None:
    content = b'Report "x", of 2026\nby me\n\nMRN,Date,Score\n\n007,NA,None\n,,\n"a\nb",2,3\n , ,\n'
    rows, lines, _ = table(content)
    assert rows == [["007", "NA", "None"], ["a\nb", "2", "3"]]
    assert lines == [6, 8]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_that_shows_the_headings_is_taken(delimiter: str) -> None:
    content = delimiter.join(["MRN", "Date", "Score"]) + "\r\n" + delimiter.join(["1", "2,5", "3;4"]) + "\r\n"
    if delimiter in ",;":
        content = content.replace("2,5", '"2,5"').replace("3;4", '"3;4"')
    assert table(content.encode())[0] == [["1", "2,5", "3;4"]]


def test_old_line_ends_and_marks_and_encodings() -> None:
    assert table(b"MRN,Date,Score\r1,2,3\r4,5,6\r")[0] == [["1", "2", "3"], ["4", "5", "6"]]
    assert table("MRN,Date,Score\n1,2,3\n".encode("utf-16"))[2] == "utf-16, by its byte order mark"
    assert table("MRN,Date,Score\n€,2,3\n".encode("cp1252"))[0] == [["€", "2", "3"]]
    assert "windows-1252" in table("MRN,Date,Score\n€,2,3\n".encode("cp1252"))[2]
    rows, _, how = table("MRN,Date,Score\nŁ,2,3\n".encode("cp1250"), encoding="cp1250")
    assert rows == [["Ł", "2", "3"]]
    assert "as its source declares" in how
    with pytest.raises(FileRefused, match="is no encoding"):
        table(b"MRN,Date,Score\n\xff,2,3\n", encoding="klingon")


def test_an_unclosed_quote_refuses_the_file_and_names_the_line() -> None:
    with pytest.raises(FileRefused, match="line 3"):
        table(b'MRN,Date,Score\n1,2,3\n"4,5,6\n7,8,9\n')


def test_a_file_without_the_headings_has_no_table() -> None:
    assert csv.read_tables(b"a,b\n1,2\n", "a.csv", csv.Options(kind="csv"), WANTED) == []


def test_a_value_stands_once_in_the_statement_made_of_it() -> None:
    assert declared_text.later_moment("VALUE", "AMOUNT", "hours").count("VALUE") == 1
    assert declared_text.later_moment("VALUE", "AMOUNT", "hours").count("AMOUNT") == 1
    assert (
        declared_text.moment_text("x", ("%d.%m.%Y", "iso"), words={}, clock=CLOCK, zone=None, no_midnight=False).count(
            "list_distinct"
        )
        == 1
    )
