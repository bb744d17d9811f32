"""The schema: every table and column says what it is, and bad values cannot enter."""

import sqlite3
from pathlib import Path

import duckdb
import pytest

from data.field_sql import schema_sql
from data.journal import Journal


@pytest.fixture
def schema() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(schema_sql())
    return connection


def test_every_table_and_column_has_a_comment(schema: duckdb.DuckDBPyConnection) -> None:
    tables = schema.execute("select table_name from duckdb_tables() where comment is null").fetchall()
    columns = schema.execute(
        "select table_name, column_name from duckdb_columns() where comment is null and not internal"
    )
    assert tables == []
    assert columns.fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into source_files values (1, 's', 'f', 'd', 'k', 'h', 'z', now(), 'utf-8', 3, 1, 1, 1, 1)",
        "insert into source_files values (1, 's', 'f', 'd', 'k', 'h', 'z', now(), 'utf-8', 3, 1, 1, null, 1)",
        "insert into score_assignments values (1, uuid(), 'follow_up', 1, 1, 'not_nearest')",
        "insert into score_assignments values (1, uuid(), null, 1, 1, 'used')",
        "insert into pain_outcomes values (uuid(), 'follow_up', 'missing', 8, 3, 1)",
        "insert into treated_levels values (uuid(), 'T15', null, null, null, null)",
        "insert into pain_scores values (1, uuid(), null, null, false, 11, 'rest', null, null, null, null)",
        "insert into rejected_rows values (1, 1, 2, 'a', 'rule', 'sheet')",
        "insert into senders values ('a', 'guessed', null, null, null)",
        "insert into senders values ('a', null, null, null, 'guessed')",
        "insert into check_results values ('a', 'plausibility', 'maybe', 0, 0)",
    ],
)
def test_what_must_not_be_cannot_be_written(schema: duckdb.DuckDBPyConnection, statement: str) -> None:
    with pytest.raises(duckdb.Error):
        schema.execute(statement)


def test_the_accounting_of_a_file_must_add_up(schema: duckdb.DuckDBPyConnection) -> None:
    schema.execute("insert into source_files values (1, 's', 'f', 'd', 'k', 'h', 'z', now(), 'utf-8', 4, 1, 1, 1, 1)")


def test_events_are_only_ever_added(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    assert journal.events() == []
    first = journal.append("note", "same_day_discharge", {"on": "2026-03-03"}, "lead", words="nurse call introduced")
    journal.append("note", "same_day_discharge", {}, "lead", words="corrected", supersedes=first)
    assert [(event.kind, event.words, event.supersedes) for event in journal.events("note")] == [
        ("note", "nurse call introduced", None),
        ("note", "corrected", first),
    ]
    assert journal.events("load") == []
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_events_cannot_be_changed_or_removed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append("note", "x", {}, "lead", words="words")
    with sqlite3.connect(journal.path) as connection:
        for statement in ("update event set author = 'x'", "delete from event"):
            with pytest.raises(sqlite3.DatabaseError):
                connection.execute(statement)
        connection.execute("delete from free_text")
    connection.close()
    assert journal.events()[0].words is None
