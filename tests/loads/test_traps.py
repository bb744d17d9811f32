"""What was seen to go wrong on this stack, each by its number in the reference of traps: none of it happens here."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from data.errors import FileRefused
from data.home import PROJECT, SCHEMA, Home
from etl.build.versions_and_rules import run_sql
from etl.generations.publish import in_service
from etl.parse.levels import read_levels
from etl.parse.scores import read_score
from etl.parse.times import read_time
from etl.readers.delimited.csv import read_table
from etl.readers.delimited.encoding import to_utf8
from etl.sources.declared_text import Clock, moment_text
from queries.warehouse import open_current
from tests.grids import sample
from tests.records import Records, take

WRITE_SIDE = [*(PROJECT / "etl").rglob("*.py"), *(PROJECT / "etl").rglob("*.sql")]
OVERLAPS = (
    ("America/New_York", "2024-11-03 01:30"),
    ("Europe/London", "2024-10-27 01:30"),
    ("Australia/Sydney", "2024-04-07 02:30"),
)
GAPS = (
    ("America/New_York", "2024-03-10 02:30"),
    ("Europe/London", "2024-03-31 01:30"),
    ("Australia/Sydney", "2024-10-06 02:30"),
)


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        run_sql(connection, "1_read/01_macros.sql")
        yield connection


def asked(engine: duckdb.DuckDBPyConnection, sql: str, *values: object) -> object:
    return engine.execute(f"select {sql}", list(values)).fetchall()[0][0]


def used(pattern: str) -> list[str]:
    return [path.name for path in WRITE_SIDE if re.search(pattern, path.read_text(encoding="utf-8"), re.IGNORECASE)]


def cells(content: bytes) -> list[tuple[str | None, ...]]:
    extract = read_table(content, "a.csv")
    return [tuple(row[str(place)] for place in range(len(extract.header))) for row in extract.rows.to_pylist()]


def test_1_columns_are_found_by_name_not_by_place(home: Home, tmp_path: Path) -> None:
    records = Records()
    records.procedure("2026-01-12", site="Riverside", operator="A. Moreau")
    path = records.write(tmp_path / "in") / "procedures.csv"
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("".join(",".join(reversed(line)) + "\n" for line in lines), encoding="utf-8")
    take(home, path)
    assert open_current(home).rows("select site, operator from procedures") == [("Riverside", "A. Moreau")]


@pytest.mark.parametrize("written", ["2024-01-05 10:00 PM", "2024-01-05 10:00 and more", "2024-01-05 10:00 x"])
def test_2_a_word_behind_a_time_is_not_dropped(written: str, engine: duckdb.DuckDBPyConnection) -> None:
    assert asked(engine, "as_local_time(?)", written) is None
    assert read_time(written).problem == "date_unreadable"


@pytest.mark.parametrize("session", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_3_an_offset_is_kept_whatever_the_session(session: str, engine: duckdb.DuckDBPyConnection) -> None:
    engine.execute(f"set timezone = '{session}'")
    sql = moment_text(
        "written", ("iso",), words={}, clock=Clock("Europe/London", "2026-01-01"), zone=None, no_midnight=False
    )
    query = f"{sql} from (select '2024-01-05T23:00:00-05:00' as written)"
    assert str(asked(engine, query)).startswith("2024-01-06T04:00:00")
    assert read_time("2024-01-05T23:00:00-05:00").local("Europe/London").on.isoformat() == "2024-01-06"


@pytest.mark.parametrize("written", sample(["0x10", "1_000", "NaN", "inf", "1e3", "7,6", "٧", " 7"], 3))
def test_4_what_only_a_cast_would_take_is_no_number(written: str, engine: duckdb.DuckDBPyConnection) -> None:
    assert asked(engine, "as_number(?)", written) is None


def test_4_nothing_is_rounded(engine: duckdb.DuckDBPyConnection) -> None:
    assert str(asked(engine, "as_number('7.6')")) == "7.600"
    assert asked(engine, "as_number('7.5555')") is None
    assert read_score("7.555").problem == "score_unreadable"


@pytest.mark.parametrize(
    "written", sample(["24-01-05", "infinity", "epoch", "2024-02-30", "2024-1-5", "+2024-01-05"], 3)
)
def test_4_what_only_a_cast_would_take_is_no_date(written: str, engine: duckdb.DuckDBPyConnection) -> None:
    assert asked(engine, "as_date(?)", written) is None


def test_4_a_birth_in_35_is_not_in_the_future(engine: duckdb.DuckDBPyConnection) -> None:
    sql = moment_text(
        "written", ("%d/%m/%y",), words={}, clock=Clock("Europe/London", "2026-01-01"), zone=None, no_midnight=False
    )
    assert str(asked(engine, f"{sql} from (select '05/01/35' as written)")).startswith("1935-01-05")
    assert read_time("05/01/35", ("%d/%m/%y",), pivot=26).on == datetime(1935, 1, 5, tzinfo=UTC).date()
    assert read_time("05/01/35", ("%d/%m/%y",)).problem


def test_5_and_6_rejects_are_never_left_to_the_engine() -> None:
    assert used(r"store_rejects|reject_errors|\bread_csv_auto\b|from read_csv|sniff_csv") == []


def test_7_an_unterminated_quote_swallows_no_good_row_silently() -> None:
    with pytest.raises(FileRefused, match="line 3"):
        cells(b'a,b\n1,2\n"3,4\n5,6\n7,8\n')


def test_8_long_and_short_rows_are_marked_not_cut_or_padded() -> None:
    assert read_table(b"a,b\n1\n2,3,4\n5,6\n", "a.csv").rows.column("has_other_width").to_pylist() == [
        True,
        True,
        False,
    ]


def test_9_blank_lines_are_no_rows_and_move_no_line_number() -> None:
    rows = read_table(b"a,b\n\n1,2\n\n\n3,4\n", "a.csv").rows
    assert rows.column("source_row").to_pylist() == [1, 2]
    assert rows.column("source_line").to_pylist() == [3, 6]


def test_10_windows_text_needs_no_extension_of_the_engine() -> None:
    assert to_utf8("Müller, 5 €".encode("cp1252"), "a.csv")[0].decode() == "Müller, 5 €"
    assert used(r"\b(install|load) (encodings|excel|httpfs|postgres|sqlite)\b") == []


def test_11_the_encoding_is_decided_by_rule_and_said() -> None:
    text = "plain words " * 500 + " café 5 €"
    decoded, words = to_utf8(text.encode("cp1252"), "a.csv")
    assert decoded.decode() == text
    assert "windows-1252" in words
    assert used(r"charset_normalizer|chardet") == ["code_pages.py"]


def test_12_no_table_holds_a_time_with_a_zone() -> None:
    assert not re.search(r"timestamptz|with time zone", SCHEMA.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.parametrize(("zone", "written"), sample(OVERLAPS + GAPS, 3))
def test_13_changed_clocks_are_read_as_zoneinfo_reads_them_and_flagged(
    zone: str, written: str, engine: duckdb.DuckDBPyConnection
) -> None:
    expected = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    assert asked(engine, "as_utc(cast(? as timestamp), ?)", written, zone) == expected
    flag = "never_was" if (zone, written) in GAPS else "clock_changed"
    assert asked(engine, f"{flag}(cast(? as timestamp), ?)", written, zone) is True
    assert asked(engine, "clock_changed(cast(? as timestamp), ?)", f"{written[:10]} 12:30", zone) is False


def test_14_words_for_nothing_and_leading_zeros_stay_text() -> None:
    assert cells(b"complication,mrn\nNone,007\nNA,00\nnull,1e5\n") == [("None", "007"), ("NA", "00"), ("null", "1e5")]


def test_15_no_date_is_inferred(engine: duckdb.DuckDBPyConnection) -> None:
    for written in ("T12", "7-8", "01/02", "yesterday", "45000"):
        assert read_time(written).problem
    both = moment_text(
        "written",
        ("%d/%m/%Y", "%m/%d/%Y"),
        words={},
        clock=Clock("Europe/London", "2026-01-01"),
        zone=None,
        no_midnight=False,
    )
    for order in (("01/02/2024", "13/02/2024"), ("13/02/2024", "01/02/2024")):
        found = {one: asked(engine, f"{both} from (select ? as written)", one) for one in order}
        assert found["01/02/2024"] is None
        assert str(found["13/02/2024"]).startswith("2024-02-13")
    assert read_levels("T12").vertebrae == ("T12",)
    assert used(r"\b(dateutil|dateparser|to_datetime|read_csv\(.*parse_dates)\b") == []


def test_16_rows_and_lines_are_counted_apart() -> None:
    rows = read_table(b'a,b\n"x\ny\nz",2\n3,4\n', "a.csv").rows
    assert list(zip(rows.column("source_row").to_pylist(), rows.column("source_line").to_pylist(), strict=True)) == [
        (1, 2), (2, 5),
    ]  # fmt: skip


def test_17_to_20_generations_are_new_files_with_nothing_beside_them(home: Home, tmp_path: Path) -> None:
    records = Records()
    row = records.procedure("2026-01-12", operator="first")
    records.procedures.append(dict(row))
    take(home, records.write(tmp_path / "one"))
    before, first = open_current(home), in_service(home)
    also = open_current(home)
    later = Records()
    later.procedure("2026-01-13", procedure_id="P9", operator="second")
    take(home, later.write(tmp_path / "two"))
    assert also.rows("select operator from procedures") == [("first",)]
    after = open_current(home)
    assert before.path != after.path
    assert in_service(home) != first
    assert before.rows("select operator from procedures") == [("first",)]
    assert len(after.rows("select operator from procedures")) == 2
    assert list(home.generations.glob("*.wal")) == []
    assert after.rows("select reason from replaced_rows") == [("identical",)]
    assert used(r"\bmerge into\b") == []


def test_21_the_engine_is_pinned_to_the_major_version_that_wrote_the_files() -> None:
    pinned = re.search(r"^duckdb==(\d+)", (PROJECT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned
    assert pinned[1] == duckdb.__version__.split(".")[0] == "2"
