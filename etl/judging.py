"""From text rows to rows in force: typed values, rules, versions. Every row gets exactly one fate."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from etl import canonical, rules, snapshots
from etl.canonical import Kind

SQL = Path(__file__).parent / "sql"
TYPED = {
    "people": "08_typed_people.sql",
    "stays": "09_typed_stays.sql",
    "procedures": "10_typed_procedures.sql",
    "pain_scores": "11_typed_pain_scores.sql",
    "complications": "12_typed_complications.sql",
    "contacts": "13_typed_contacts.sql",
}
# Rows about something else are read and set aside; they say nothing about the quality of a file.
BENIGN_REJECTS = ("totals_row", "other_measure", "excluded_person")
# Kinds in the order in which they are judged; a fact in a cell is judged after the record whose row it stands in.
JUDGED = canonical.ALL_KINDS


def run_sql(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one file of `etl/sql/`."""
    connection.execute((SQL / name).read_text(encoding="utf-8"))


def judge(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every staged row its fate: `rejects`, `replaced` or `live_<kind>`."""
    connection.execute(
        "create or replace temp table rejects (kind varchar, source_file_id integer, source_row integer,"
        " source_line integer, place integer, field varchar, rule varchar, scope varchar)"
    )
    connection.execute(
        "insert into rejects select 'set aside', source_file_id, source_row, source_line, 0, field, rule, 'row'"
        " from set_aside"
    )
    connection.execute(
        "create or replace temp table replaced (source_file_id integer, source_row integer, source_line integer,"
        " fate varchar, reason varchar)"
    )
    for place, kind in enumerate(JUDGED):
        run_sql(connection, TYPED[kind.name])
        _drop_cells(connection, f"typed_{kind.name}", JUDGED[:place], f"typed_{kind.name}")
        _apply_rules(connection, kind)
        _let_another_fact_hold_the_row(connection, kind)
        _settle_versions(connection, kind)
        _drop_cells(connection, f"live_{kind.name}", JUDGED[:place], f"live_{kind.name}")
        if kind is canonical.PEOPLE:
            run_sql(connection, "19_people_facts.sql")
        if kind is canonical.PROCEDURES:
            run_sql(connection, "22_session_lines.sql")
            run_sql(connection, "21_patient_facts.sql")


def _drop_cells(connection: duckdb.DuckDBPyConnection, table: str, judged: Sequence[Kind], own: str) -> None:
    """Take out facts in cells of rows that are not in force; `own` holds the rows of the same kind."""
    if not connection.execute(f"select bool_or(is_cell) from {table}").fetchall()[0][0]:
        return
    holding = (own, *(f"live_{one.name}" for one in judged))
    parts = [f"select source_file_id, source_row from {one} where not is_cell" for one in holding]
    live = " union all ".join([*parts, "select source_file_id, source_row from live_session_lines"])
    connection.execute(
        f"delete from {table} where is_cell"
        f" and (source_file_id, source_row) not in (select (source_file_id, source_row) from ({live}))"
    )


def _subject(kind: Kind) -> str:
    """What the conditions of a kind are asked of."""
    if kind is not canonical.PAIN_SCORES:
        return f"typed_{kind.name}"
    return (
        "(select typed_pain_scores.*, coalesce(patient_facts.died_on, people_facts.died_date) as patient_died_on"
        " from typed_pain_scores"
        " left join patient_facts on typed_pain_scores.source = patient_facts.source"
        " and typed_pain_scores.patient_id = patient_facts.patient_id"
        " left join people_facts on typed_pain_scores.source = people_facts.source"
        " and typed_pain_scores.patient_id = people_facts.patient_id)"
    )


def _apply_rules(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    connection.execute(
        "insert into rejects select ?, source_file_id, source_row, source_line, broken.place, field, rule,"
        " case when is_cell then 'cell' else 'row' end from"
        " (select source_file_id, source_row, source_line, place, is_cell,"
        f" {rules.first_reject(kind.name)} as broken from {_subject(kind)}) as broken"
        f" join {rules.book(kind.name, 'reject')} as book on broken.broken = book.place",
        [kind.name],
    )


def _let_another_fact_hold_the_row(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Where a row holds several facts of one kind and the first is rejected, the next good one holds the row.

    The bad one is then only a bad cell: in wide files it takes nothing else with it.
    """
    table = f"typed_{kind.name}"
    if not connection.execute(f"select bool_or(is_cell) from {table}").fetchall()[0][0]:
        return
    bad = "(select source_file_id, source_row, place, scope from rejects where kind = $kind)"
    connection.execute(
        "create or replace temp table holders as select source_file_id, source_row, min(place) as place"
        f" from {table} anti join {bad} as bad using (source_file_id, source_row, place)"
        f" semi join (from {bad} where scope = 'row') as heads using (source_file_id, source_row)"
        " where is_cell group by source_file_id, source_row",
        {"kind": kind.name},
    )
    connection.execute(
        "update rejects set scope = 'cell' from holders where kind = ? and scope = 'row'"
        " and rejects.source_file_id = holders.source_file_id and rejects.source_row = holders.source_row",
        [kind.name],
    )
    connection.execute(
        f"update {table} set is_cell = false from holders where {table}.source_file_id = holders.source_file_id"
        f" and {table}.source_row = holders.source_row and {table}.place = holders.place"
    )


def _settle_versions(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    passed = (
        f"from typed_{kind.name} as typed anti join"
        f" (select source_file_id, source_row, place from rejects where kind = '{kind.name}') as rejected"
        " on typed.source_file_id = rejected.source_file_id and typed.source_row = rejected.source_row"
        " and typed.place = rejected.place"
    )
    connection.execute(
        "create or replace temp table candidates as select typed.source_file_id, typed.source_row,"
        f" typed.source_line, typed.place, typed.is_cell, typed.source, typed.{kind.number} as number,"
        " typed.updated_utc, typed.is_withdrawn, typed.is_void,"
        f" hash({', '.join(f'typed.{name}' for name in (*kind.text_columns, 'cells_hash'))}) as content {passed}"
    )
    withdrawn = snapshots.set_absent_aside(connection, kind)
    run_sql(connection, "20_versions.sql")
    if withdrawn:
        connection.execute(
            "insert into version_fates select source_file_id, source_row, source_line, place, is_cell, 'superseded',"
            " 'withdrawn' from absent"
        )
    connection.execute(
        "insert into rejects select ?, source_file_id, source_row, source_line, place,"
        " case reason when 'status_not_loaded' then 'record_status' else ? end, reason,"
        " case when is_cell then 'cell' else 'row' end from version_fates where fate = 'rejected'",
        [kind.name, kind.number],
    )
    connection.execute(
        "insert into replaced select source_file_id, source_row, source_line, fate, reason from version_fates"
        " where fate <> 'rejected' and not is_cell"
    )
    connection.execute(
        f"create or replace temp table live_{kind.name} as select typed.* {passed} anti join version_fates"
        " on typed.source_file_id = version_fates.source_file_id and typed.source_row = version_fates.source_row"
        " and typed.place = version_fates.place"
    )


def reject_counts(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """File → rejected rows that count towards refusing it."""
    marks = ", ".join("?" * len(BENIGN_REJECTS))
    found = connection.execute(
        f"select source_file_id, count(*) from rejects where scope = 'row' and rule not in ({marks})"
        " group by source_file_id",
        list(BENIGN_REJECTS),
    )
    return dict(found.fetchall())


def write_warnings(connection: duckdb.DuckDBPyConnection) -> None:
    """Remarks on rows in force: those the row itself shows, then those that need its surroundings."""
    for kind in JUDGED:
        connection.execute(
            "insert into row_warnings select source_file_id, source_row, source_line, field, rule,"
            " case when is_cell then 'cell' else 'row' end from"
            f" (select *, {rules.all_warnings(kind.name)} as remarks from live_{kind.name}) as remarked"
            f" join {rules.book(kind.name, 'warn')} as book on remarked.remarks & (1 << book.place) <> 0"
            " where remarked.remarks <> 0 order by book.place, source_file_id, source_row, remarked.place"
        )
    run_sql(connection, "70_row_warnings.sql")
