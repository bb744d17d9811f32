"""Delimited text: exact rows and lines, whatever the habits of the program that wrote it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import FileRefused
from etl.readers.delimited import csv as csv_reader
from etl.readers.delimited.csv import read_header
from etl.readers.delimited.csv import read_table as read
from etl.readers.redcap.data_dictionary import is_dictionary


def cells(content: bytes, delimiter: str = ",") -> list[list[str | None]]:
    extract = read(content, "a.csv", delimiter)
    columns = [extract.rows.column(str(place)).to_pylist() for place in range(len(extract.header))]
    return [list(row) for row in zip(*columns, strict=True)]


def lines(content: bytes) -> list[int]:
    return read(content, "a.csv").rows.column("source_line").to_pylist()


def test_rows_and_lines_of_a_plain_file() -> None:
    content = b"a,b\n1,2\n3,4\n"
    assert cells(content) == [["1", "2"], ["3", "4"]]
    assert lines(content) == [2, 3]


@pytest.mark.parametrize("content", [b"a,b\r\n1,2\r\n3,4\r\n", b"a,b\n1,2\n3,4", b"\xef\xbb\xbfa,b\n1,2\n3,4\n"])
def test_line_ends_last_line_and_byte_order_mark_do_not_matter(content: bytes) -> None:
    assert cells(content) == [["1", "2"], ["3", "4"]]


def test_a_line_break_inside_quotes_belongs_to_the_cell() -> None:
    content = b'a,b\n"x\ny",2\n3,4\n'
    assert cells(content) == [["x\ny", "2"], ["3", "4"]]
    assert lines(content) == [2, 4]


def test_blank_lines_are_not_rows() -> None:
    content = b"a,b\n\n1,2\n \n3,4\n\n"
    assert cells(content) == [["1", "2"], ["3", "4"]]
    assert lines(content) == [3, 5]


def test_a_row_of_another_width_is_kept_and_marked() -> None:
    extract = read(b"a,b\n1\n2,3,4\n5,6\n", "a.csv")
    assert extract.rows.column("has_other_width").to_pylist() == [True, True, False]
    assert cells(b"a,b\n1\n2,3,4\n5,6\n") == [["1", None], ["2", "3"], ["5", "6"]]


def test_leading_zeros_and_words_for_missing_stay_text() -> None:
    assert cells(b"a,b\n007,None\nNA,1e5\n") == [["007", "None"], ["NA", "1e5"]]


def test_windows_text_is_read_and_said_so() -> None:
    extract = read("a,b\nMünster,2\n".encode("cp1252"), "a.csv")
    assert extract.rows.column("0").to_pylist() == ["Münster"]
    assert "windows-1252" in extract.encoding


def test_utf_16_with_a_byte_order_mark_is_read() -> None:
    assert cells("a,b\nMünster,2\n".encode("utf-16")) == [["Münster", "2"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (b"a,b\n1,2\n3,\x004\n", "line 3"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "line 3"),
        (b"PK\x03\x04rest", "workbook"),
        (b"a,b\n1,\x81\n", "no known text"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "cannot be read"),
        (b"a," * 3000 + b"b\n" + b"1," * 3000 + b"2\n", "columns"),
    ],
)
def test_what_is_no_table_is_refused_with_where_and_why(content: bytes, words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content, "a.csv")
    assert words in str(refused.value)
    assert "a.csv" in str(refused.value)


def test_a_first_line_that_is_no_header_is_no_header() -> None:
    assert read_header(b"x" * 300_000, "a.csv", ",") == ()
    assert read_header(b'"unclosed\n', "a.csv", ",") == ()


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=("Cs",)), max_size=6)


@given(rows=st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=12))
def test_every_row_that_python_writes_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["a", "b", "c"])
    writer.writerows(kept or [("1", "2", "3")])
    assert cells(text.getvalue().encode()) == [list(row) for row in kept or [("1", "2", "3")]]


PLAIN = "".join(f"{place},{'x' * (place % 7)}\n" for place in range(200))


@pytest.mark.parametrize(
    "rows", [PLAIN, PLAIN.removesuffix("\n"), PLAIN.replace("\n", "\r\n"), PLAIN.replace("x", "é")]
)
def test_a_file_in_parts_has_the_rows_of_the_whole(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = f"a,b\n{rows}".encode()
    whole = read(content, "a.csv").rows
    monkeypatch.setattr(csv_reader, "PART", 64)
    parts = list(csv_reader.read_parts(content, "a.csv"))
    assert len(parts) > 10
    assert read(content, "a.csv").rows.equals(whole)
    assert whole.column("source_row").to_pylist() == list(range(1, 201))


def test_lines_that_only_together_have_the_right_number_of_cells_are_told_apart() -> None:
    extract = read(b"a,b\n1,2,3\n4\n5,6\n", "a.csv")
    assert extract.rows.column("has_other_width").to_pylist() == [True, True, False]


def test_what_begins_with_a_lone_carriage_return_in_a_line_is_no_dictionary() -> None:
    assert is_dictionary(b"Variable / Field Name,Form Name\r\nx,y\r\n")
    assert not is_dictionary(b"procedure_id,note\rP1,x\n")
    assert not is_dictionary(b"procedure_id,no\rte,site\n")
