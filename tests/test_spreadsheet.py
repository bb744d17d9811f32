"""No cell of ours is run by a spreadsheet, and what we put before it comes off again."""

import csv
import io
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.export import to_csv, write
from data import Home
from data.spreadsheet import DANGEROUS, NEUTRALISED, neutral, original
from tests.records import Records, loaded

TRIGGERS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1",
    "\u3000@x", "＝1+1", "＋1", "－1", "＠x", "  －2+3", "'=1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\")", "−1",
]  # fmt: skip
HARMLESS = ["Riverside", "4+", "60–69", "'quoted", "a=b", "1-2", "", "’tis", "site=A&to=2026-01-31", "=".join("ab")]
TEXT = st.text(st.sampled_from("=+-@\t\r\n\0 '\u200b＝a1\"、,"), max_size=8) | st.text(max_size=8)


@pytest.mark.parametrize("text", TRIGGERS)
def test_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays(text: str) -> None:
    assert neutral(text) == text == original(text)


@given(TEXT)
def test_every_text_comes_back(text: str) -> None:
    assert original(neutral(text)) == text


@given(st.lists(TEXT, min_size=1, max_size=20))
def test_the_patterns_mean_the_same_to_the_warehouse(texts: list[str]) -> None:
    texts = [text.replace("\0", "") for text in texts]
    rows = duckdb.execute(
        "select regexp_replace(text, ?, '''\\1'), regexp_replace(text, ?, '\\1') from (select unnest(?) as text)",
        [DANGEROUS, NEUTRALISED, texts],
    ).fetchall()
    assert rows == [(neutral(text), original(text)) for text in texts]


def test_numbers_stay_numbers_and_cells_read_back() -> None:
    table = pd.DataFrame(
        {"=name": [*TRIGGERS], "value": [-3.5] * len(TRIGGERS), "whole": pd.array([-1] * len(TRIGGERS))}
    )
    rows = list(csv.reader(io.StringIO(to_csv(table), newline="")))
    assert rows[0] == ["'=name", "value", "whole"]
    assert [original(row[0]) for row in rows[1:]] == TRIGGERS
    assert {(row[1], row[2]) for row in rows[1:]} == {("-3.5", "-1")}


def test_the_loader_takes_our_apostrophe_off(home: Home) -> None:
    records = Records()
    records.procedure(site="'=Riverside", operator="'O'Brien")
    assert loaded(home, records).rows("select site, operator from procedures") == [("=Riverside", "'O'Brien")]


def test_excel_knows_the_encoding(tmp_path: Path) -> None:
    write("a\n", tmp_path / "plain.csv")
    write("a\n", tmp_path / "excel.csv", for_excel=True)
    assert (tmp_path / "plain.csv").read_bytes() == b"a\n"
    assert (tmp_path / "excel.csv").read_bytes() == b"\xef\xbb\xbfa\n"
