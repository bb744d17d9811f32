"""No cell of ours is run by a spreadsheet, and what we put before it comes off again."""

import csv
import io
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports.figures_csv import mark_text, to_csv
from data.home import Home
from data.spreadsheet_text import DANGEROUS, NEUTRALISED, neutral_text, original_text
from etl.operations.rejected_rows import write_rejected
from queries.warehouse import open_current
from tests.loads.test_other_habits import load as give_files
from tests.records import Records, loaded, take

TRIGGERS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1",
    "\u3000@x", "＝1+1", "＋1", "－1", "＠x", "  －2+3", "'=1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\")", "−1",
]  # fmt: skip
HARMLESS = ["Riverside", "4+", "60–69", "'quoted", "a=b", "1-2", "", "’tis", "site=A&to=2026-01-31", "=".join("ab")]
TEXT = st.text(st.sampled_from("=+-@\t\r\n\0 '\u200b＝a1\"、,"), max_size=8) | st.text(max_size=8)


@pytest.mark.parametrize("text", TRIGGERS)
def test_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutral_text(text) == f"'{text}"
    assert original_text(neutral_text(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays(text: str) -> None:
    assert neutral_text(text) == text == original_text(text)


@given(TEXT)
def test_every_text_comes_back(text: str) -> None:
    assert original_text(neutral_text(text)) == text


@given(st.lists(TEXT, min_size=1, max_size=20))
def test_the_patterns_mean_the_same_to_the_warehouse(texts: list[str]) -> None:
    texts = [text.replace("\0", "") for text in texts]
    rows = duckdb.execute(
        "select regexp_replace(text, ?, '''\\1'), regexp_replace(text, ?, '\\1') from (select unnest(?) as text)",
        [DANGEROUS, NEUTRALISED, texts],
    ).fetchall()
    assert rows == [(neutral_text(text), original_text(text)) for text in texts]


def test_numbers_stay_numbers_and_cells_read_back() -> None:
    table = pd.DataFrame(
        {"=name": [*TRIGGERS], "value": [-3.5] * len(TRIGGERS), "whole": pd.array([-1] * len(TRIGGERS))}
    )
    rows = list(csv.reader(io.StringIO(to_csv(table), newline="")))
    assert rows[0] == ["'=name", "value", "whole"]
    assert [original_text(row[0]) for row in rows[1:]] == TRIGGERS
    assert {(row[1], row[2]) for row in rows[1:]} == {("-3.5", "-1")}


def test_the_loader_takes_our_apostrophe_off(home: Home) -> None:
    records = Records()
    records.procedure(site="'=Riverside", operator="'O'Brien")
    assert loaded(home, records).rows("select site, operator from procedures") == [("=Riverside", "'O'Brien")]


def test_excel_knows_the_encoding() -> None:
    assert mark_text("a\n", for_excel=False).encode() == b"a\n"
    assert mark_text("a\n", for_excel=True).encode() == b"\xef\xbb\xbfa\n"


def test_rejected_rows_cannot_run_and_load_again_as_they_were_sent(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure()
    records.procedure(site='=HYPERLINK("http://x")', operator=" @SUM(A1)", cement_ml="-3", performed_on="never")
    records.procedure(site="＝1+1", operator="'=kept", performed_on="never")
    take(home, records.write(tmp_path / "in"), accept_rejects=True)
    assert write_rejected(home, tmp_path / "back") == [("procedures.csv", 2)]
    with (tmp_path / "back" / "procedures.csv").open(encoding="utf-8", newline="") as file:
        back = list(csv.DictReader(file))
    assert [row["site"] for row in back] == ['\'=HYPERLINK("http://x")', "'＝1+1"]
    assert [row["operator"] for row in back] == ["'@SUM(A1)", "'=kept"]
    assert back[0]["cement_ml"] == "-3"
    text = (tmp_path / "back" / "procedures.csv").read_text(encoding="utf-8").replace("never", "2026-01-12")
    corrected = tmp_path / "corrected"
    corrected.mkdir()
    (corrected / "procedures.csv").write_text(text.replace(",-3,", ",3,"), encoding="utf-8")
    take(home, corrected)
    told = open_current(home).rows("select site, operator from procedures where site <> 'Riverside' order by site")
    assert told == [("=1+1", "=kept"), ('=HYPERLINK("http://x")', "@SUM(A1)")]


MAPPED = """
title = "Elsewhere"
time_zone = "Europe/Paris"
[formats]
date = "%Y-%m-%d"
[[file]]
name = "cases"
[[file.record]]
kind = "procedures"
[file.record.columns]
procedure_id = "=case"
patient_id = "person"
performed_on = "day"
site = "ward"
"""


def test_a_mapped_file_comes_back_the_same_way(home: Home, tmp_path: Path) -> None:
    content = b"=case,person,day,ward\n+a,P1,2026-01-05,=one\n-b,P2,never,@two\n"
    give_files(home, tmp_path / "in", "elsewhere", MAPPED, {"cases.csv": content})
    assert write_rejected(home, tmp_path / "back") == [("cases.csv", 1)]
    text = (tmp_path / "back" / "cases.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0].startswith("'=case,person")
    assert text.splitlines()[1].startswith("'-b,P2,never,'@two,")
    (tmp_path / "back" / "cases.csv").write_text(text.replace("never", "2026-01-06"), encoding="utf-8")
    take(home, tmp_path / "back", source="elsewhere", zone="Europe/Paris")
    assert open_current(home).rows("select site from procedures order by site") == [("=one",), ("@two",)]
