"""From text rows to rows in force: typed values, rules, versions. Every row gets exactly one fate."""

from collections.abc import Sequence

import duckdb

from etl import rules
from etl.build import snapshots
from etl.build.deliveries.observed_facts import list_copies
from etl.build.deliveries.replaced_rows import compare_versions
from etl.build.statements import run_sql, run_text
from etl.sources import canonical
from etl.sources.canonical import Kind

# What people, stays and procedures add to rows, where senders keep those apart.
COMPLETED = {
    "procedures": "2_judge/14_known_procedures.sql",
    "pain_scores": "2_judge/15_known_pain_scores.sql",
    "complications": "2_judge/16_known_complications.sql",
    "contacts": "2_judge/17_known_contacts.sql",
}
# Rows that name only one of procedure and patient get the other one.
NAMES_ONE = {
    "pain_scores": "patient_id is null and procedure_id is not null",
    "complications": "procedure_id is null and patient_id is not null",
    "contacts": "procedure_id is null and patient_id is not null",
}
# Procedures that may be lines of others.
PARTS = "part_of is not null or is_added"
# Kinds in the order in which they are judged; a fact in a cell is judged after the record whose row it stands in.
JUDGED = canonical.ALL_KINDS


def judge_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Give every staged row its fate: `rejects`, `replaced` or `live_<kind>`."""
    run_sql(connection, "2_judge/10_fates.sql")
    for place, kind in enumerate(_sent_kinds(connection)):
        is_sent = _holds_any(connection, f"read_{kind.name}")
        has_cells = is_sent and _holds_any(connection, f"read_{kind.name}", "is_cell")
        _define_typed(connection, kind, is_sent, has_cells)
        if kind is canonical.PROCEDURES:
            run_sql(
                connection,
                "2_judge/18_linked_numbers.sql" if _holds_any(connection, "live_links") else "2_judge/18_no_links.sql",
            )
        if is_sent:
            if has_cells:
                _drop_cells(connection, kind, JUDGED[:place])
            _apply_rules(connection, kind)
            if has_cells:
                _let_another_fact_hold_the_row(connection, kind)
            _settle_versions(connection, kind)
            if has_cells:
                _drop_cells_of_the_dead(connection, kind, JUDGED[:place])
        else:
            _define_live(connection, kind)
            if kind is canonical.PROCEDURES:
                # Also asked of scores, where no procedure is sent.
                run_sql(connection, "2_judge/23_person_deaths.sql")
        if kind is canonical.PEOPLE:
            run_sql(connection, "2_judge/19_people_facts.sql")
        if kind is canonical.STAYS:
            run_sql(connection, "2_judge/18_outer_stays.sql")
        if kind is canonical.PROCEDURES:
            run_sql(connection, "2_judge/22_session_lines.sql")
            if _holds_any(connection, "live_procedures", PARTS):
                run_sql(connection, "2_judge/23_session_parts.sql")
                show_live(connection, kind)
            run_sql(connection, "2_judge/21_patient_facts.sql")
            _join_linked(connection)


def _sent_kinds(connection: duckdb.DuckDBPyConnection) -> Sequence[Kind]:
    """The kinds to judge; counts, the last, only where some were sent: nothing else asks for them."""
    return JUDGED if _holds_any(connection, "read_counts") else JUDGED[:-1]


def _join_linked(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `counted_procedures`: those in force, of which linked ones count as one."""
    if _holds_any(connection, "linked_procedures"):
        run_sql(connection, "2_judge/25_counted_procedures.sql")
    else:
        connection.execute("create or replace temp view counted_procedures as from live_procedures")


def _holds_any(connection: duckdb.DuckDBPyConnection, table: str, what: str = "true") -> bool:
    return bool(connection.execute(f"select 1 from {table} where {what} limit 1").fetchall())


def _define_typed(connection: duckdb.DuckDBPyConnection, kind: Kind, is_sent: bool, has_cells: bool) -> None:
    """Make `typed_<kind>`: what rows say, completed from people and stays, with the terms of their files.

    A view, so that a million rows lie in memory once; a table of its own only where rows are completed or changed.
    """
    table = f"read_{kind.name}"
    is_changed = has_cells or (is_sent and kind is canonical.PROCEDURES and _holds_any(connection, table, PARTS))
    if is_sent and kind.name in COMPLETED and _is_completed(connection, kind):
        run_sql(connection, COMPLETED[kind.name])
        table = f"known_{kind.name}"
    elif is_changed:
        connection.execute(f"create or replace temp table known_{kind.name} as from {table}")
        table = f"known_{kind.name}"
    connection.execute(
        f"create or replace temp view typed_{kind.name} as select known.*, files.source, files.zone, files.received_on"
        f" from {table} as known inner join files on known.source_file_id = files.source_file_id"
    )


def _is_completed(connection: duckdb.DuckDBPyConnection, kind: Kind) -> bool:
    """Whether other records add anything to rows of this kind."""
    parts = {"procedures": ("live_people", "live_stays"), "pain_scores": ("merged_people",)}.get(kind.name, ())
    names_one = kind.name in NAMES_ONE and _holds_any(connection, f"read_{kind.name}", NAMES_ONE[kind.name])
    return names_one or any(_holds_any(connection, part) for part in parts)


def _define_live(connection: duckdb.DuckDBPyConnection, kind: Kind, also_gone: str = "") -> None:
    """Make `live_<kind>`: the rows in force, those of `typed_<kind>` that are not in `gone_<kind>`."""
    connection.execute(
        f"create or replace temp table gone_{kind.name} as"
        f" select source_file_id, source_row, place from rejects where kind = '{kind.name}'{also_gone}"
    )
    show_live(connection, kind)


def show_live(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Make the view of the rows in force; where none is gone, nothing is looked up."""
    without_gone = (
        f" anti join gone_{kind.name} as gone on typed.source_file_id = gone.source_file_id"
        " and typed.source_row = gone.source_row and typed.place = gone.place"
    )
    connection.execute(
        f"create or replace temp view live_{kind.name} as select typed.* from typed_{kind.name} as typed"
        f"{without_gone if _holds_any(connection, f'gone_{kind.name}') else ''}"
    )


def _live_rows(kinds: Sequence[str]) -> str:
    """SQL: file and row of all records that hold a row of these tables, and of the lines joined into one."""
    parts = [f"select source_file_id, source_row from {one} where not is_cell" for one in kinds]
    return " union all ".join([*parts, "select source_file_id, source_row from live_session_lines"])


def _drop_cells(connection: duckdb.DuckDBPyConnection, kind: Kind, judged: Sequence[Kind]) -> None:
    """Take out facts in cells of rows whose record is not in force."""
    live = _live_rows([f"known_{kind.name}", *(f"live_{one.name}" for one in judged)])
    connection.execute(
        f"delete from known_{kind.name} where is_cell"
        f" and (source_file_id, source_row) not in (select (source_file_id, source_row) from ({live}))"
    )


def _drop_cells_of_the_dead(connection: duckdb.DuckDBPyConnection, kind: Kind, judged: Sequence[Kind]) -> None:
    """Take out facts in cells of rows of this kind that are not in force."""
    live = _live_rows([f"live_{one.name}" for one in (*judged, kind)])
    connection.execute(
        f"insert into gone_{kind.name} select source_file_id, source_row, place from live_{kind.name} where is_cell"
        f" and (source_file_id, source_row) not in (select (source_file_id, source_row) from ({live}))"
    )
    show_live(connection, kind)


def _subject_of_kind(kind: Kind) -> str:
    """What the conditions of a kind are asked of."""
    if kind is not canonical.PAIN_SCORES:
        return f"typed_{kind.name}"
    return (
        "(select typed_pain_scores.*, coalesce(patient_facts.died_on, person_deaths.died_on) as patient_died_on"
        " from typed_pain_scores"
        " left join patient_facts on typed_pain_scores.source = patient_facts.source"
        " and typed_pain_scores.patient_id = patient_facts.patient_id"
        " left join person_deaths on typed_pain_scores.source = person_deaths.source"
        " and typed_pain_scores.patient_id = person_deaths.patient_id)"
    )


def _apply_rules(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    run_text(
        connection,
        "insert into rejects select ?, source_file_id, source_row, source_line, broken.place, field, rule,"
        " case when is_cell then 'cell' else 'row' end from"
        " (select source_file_id, source_row, source_line, place, is_cell,"
        f" {rules.first_reject(kind.name)} as broken from {_subject_of_kind(kind)}) as broken"
        f" join {rules.rule_book_sql(kind.name, 'reject')} as book on broken.broken = book.place",
        [kind.name],
    )
    if kind is canonical.PROCEDURES:
        run_sql(connection, "2_judge/23_person_deaths.sql")
        run_sql(connection, "2_judge/24_procedures_after_death.sql")


def _let_another_fact_hold_the_row(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Where a row holds several facts of one kind and the first is rejected, the next good one holds the row.

    The bad one is then only a bad cell: in wide files it takes nothing else with it.
    """
    table = f"known_{kind.name}"
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
    """Find what becomes of rows that share a sender's number, and define what is in force."""
    connection.execute(
        "create or replace temp view passed as select typed.source_file_id, typed.source_row, typed.source_line,"
        f" typed.place, typed.is_cell, typed.source, typed.{kind.number} as number,"
        f" hash(typed.source, typed.{kind.number}) as number_hash, typed.updated_utc, typed.is_withdrawn,"
        f" typed.is_void, typed.content from typed_{kind.name} as typed anti join"
        f" (select source_file_id, source_row, place from rejects where kind = '{kind.name}') as rejected"
        " on typed.source_file_id = rejected.source_file_id and typed.source_row = rejected.source_row"
        " and typed.place = rejected.place"
    )
    may_be_absent = snapshots.set_absent_aside(connection, kind)
    run_sql(connection, "2_judge/20_repeated.sql")
    if may_be_absent or _holds_any(connection, "repeated"):
        _settle_repeated(connection, kind, may_be_absent)
    else:
        _define_live(connection, kind)


def _settle_repeated(connection: duckdb.DuckDBPyConnection, kind: Kind, may_be_absent: bool) -> None:
    run_sql(connection, "2_judge/20_versions.sql")
    if _holds_any(connection, "new_files"):
        compare_versions(connection, kind.name)
        list_copies(connection, kind.name)
    if may_be_absent:
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
    if kind is canonical.PROCEDURES:
        # A procedure that is no treatment is set aside as such, whatever its status says.
        connection.execute(
            "update rejects set rule = record_status, field = null from typed_procedures as typed"
            " where rejects.kind = 'procedures' and rule = 'status_not_loaded' and record_status = 'other_measure'"
            " and rejects.source_file_id = typed.source_file_id and rejects.source_row = typed.source_row"
            " and rejects.place = typed.place"
        )
    also_gone = " union all select source_file_id, source_row, place from version_fates where fate <> 'rejected'"
    _define_live(connection, kind, also_gone)


def write_warnings(connection: duckdb.DuckDBPyConnection) -> None:
    """Remarks on rows in force: those the row itself shows, then those that need its surroundings."""
    for kind in _sent_kinds(connection):
        if not _holds_any(connection, f"read_{kind.name}"):
            continue
        run_text(
            connection,
            "insert into row_warnings select source_file_id, source_row, source_line, field, rule,"
            " case when is_cell then 'cell' else 'row' end from"
            f" (select *, {rules.all_warnings(kind.name)} as remarks from live_{kind.name}) as remarked"
            f" join {rules.rule_book_sql(kind.name, 'warn')} as book"
            " on remarked.remarks & (cast(1 as hugeint) << book.place) <> 0"
            " where remarked.remarks <> 0 order by book.place, source_file_id, source_row, remarked.place",
        )
    run_sql(connection, "5_outcomes/70_row_warnings.sql")
    run_sql(connection, "5_outcomes/71_person_remarks.sql")
    if len(connection.execute("from sources limit 2").fetchall()) > 1:
        run_sql(connection, "5_outcomes/72_alike_procedures.sql")
    if _holds_any(connection, "live_links") or _holds_any(connection, "said_merges"):
        run_sql(connection, "5_outcomes/73_links_and_merges.sql")
