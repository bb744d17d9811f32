"""From text rows to rows in force: typed values, rules, versions. Every row gets exactly one fate."""

from collections.abc import Sequence

import duckdb

from data.storage.sql_statements import read_statements
from etl import rules
from etl.build import snapshots
from etl.build.deliveries.observed_facts import list_copies
from etl.build.deliveries.replaced_rows import compare_versions
from etl.build.statements import SQL, run_sql, run_text
from etl.sources import canonical
from etl.sources.canonical import Kind

EACH_KIND = read_statements(SQL / "2_judge" / "each_kind.sql")
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
            _run(connection, "list_rejected_rows", kind)
            show_live(connection, kind)
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
        run_text(connection, EACH_KIND["take_as_counted"])


def _holds_any(connection: duckdb.DuckDBPyConnection, table: str, what: str = "true") -> bool:
    return bool(connection.execute(f"select 1 from {table} where {what} limit 1").fetchall())


def _run(connection: duckdb.DuckDBPyConnection, statement: str, kind: Kind, **parts: str) -> None:
    """Run a statement of `each_kind.sql` for a kind; `parts` are names in it that stand for SQL of this moment."""
    sql = EACH_KIND[statement]
    for name, part in parts.items():
        sql = sql.replace(name, part)
    run_text(connection, sql.replace("of_kind", kind.name).replace("sender_number", kind.number))


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
        _run(connection, "copy_rows", kind)
        table = f"known_{kind.name}"
    _run(connection, "define_typed_rows", kind, rows_of_kind=table)


def _is_completed(connection: duckdb.DuckDBPyConnection, kind: Kind) -> bool:
    """Whether other records add anything to rows of this kind."""
    parts = {"procedures": ("live_people", "live_stays"), "pain_scores": ("merged_people",)}.get(kind.name, ())
    names_one = kind.name in NAMES_ONE and _holds_any(connection, f"read_{kind.name}", NAMES_ONE[kind.name])
    return names_one or any(_holds_any(connection, part) for part in parts)


def show_live(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Make `live_<kind>`, the rows in force: those of `typed_<kind>` that are not in `gone_<kind>`.

    Where none is gone, nothing is looked up.
    """
    is_any_gone = _holds_any(connection, f"gone_{kind.name}")
    _run(connection, "define_live_rows" if is_any_gone else "define_all_rows_live", kind)


def _holding_rows(tables: Sequence[str]) -> str:
    """SQL: file and row of all records that hold a row of these tables, and of the lines joined into one."""
    parts = [EACH_KIND["holding_rows"].replace("records_of_kind", one) for one in tables]
    return " union all ".join([*parts, EACH_KIND["holding_lines"]])


def _drop_cells(connection: duckdb.DuckDBPyConnection, kind: Kind, judged: Sequence[Kind]) -> None:
    """Take out facts in cells of rows whose record is not in force."""
    holding = _holding_rows([f"known_{kind.name}", *(f"live_{one.name}" for one in judged)])
    _run(connection, "drop_cells", kind, holding_rows=f"({holding})")


def _drop_cells_of_the_dead(connection: duckdb.DuckDBPyConnection, kind: Kind, judged: Sequence[Kind]) -> None:
    """Take out facts in cells of rows of this kind that are not in force."""
    holding = _holding_rows([f"live_{one.name}" for one in (*judged, kind)])
    _run(connection, "list_cells_of_the_dead", kind, holding_rows=f"({holding})")
    show_live(connection, kind)


def _apply_rules(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    is_score = kind is canonical.PAIN_SCORES
    _run(
        connection,
        "reject_by_rules",
        kind,
        judged_rows=f"({EACH_KIND['scores_with_deaths']})" if is_score else f"typed_{kind.name}",
        first_reject=rules.first_reject(kind.name),
        rule_book=rules.rule_book_sql(kind.name, "reject"),
    )
    if kind is canonical.PROCEDURES:
        run_sql(connection, "2_judge/23_person_deaths.sql")
        run_sql(connection, "2_judge/24_procedures_after_death.sql")


def _let_another_fact_hold_the_row(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Where a row holds several facts of one kind and the first is rejected, the next good one holds the row.

    The bad one is then only a bad cell: in wide files it takes nothing else with it.
    """
    for statement in ("list_holders", "reject_the_cell_only", "let_holders_hold"):
        _run(connection, statement, kind)


def _settle_versions(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Find what becomes of rows that share a sender's number, and define what is in force."""
    _run(connection, "define_passed_rows", kind)
    may_be_absent = snapshots.set_absent_aside(connection, kind)
    run_sql(connection, "2_judge/20_repeated.sql")
    if may_be_absent or _holds_any(connection, "repeated"):
        _settle_repeated(connection, kind, may_be_absent)
    else:
        _run(connection, "list_rejected_rows", kind)
    show_live(connection, kind)


def _settle_repeated(connection: duckdb.DuckDBPyConnection, kind: Kind, may_be_absent: bool) -> None:
    run_sql(connection, "2_judge/20_versions.sql")
    if _holds_any(connection, "new_files"):
        compare_versions(connection, kind.name)
        list_copies(connection, kind.name)
    if may_be_absent:
        _run(connection, "withdraw_absent_rows", kind)
    _run(connection, "reject_by_version", kind)
    _run(connection, "list_replaced_rows", kind)
    if kind is canonical.PROCEDURES:
        # A procedure that is no treatment is set aside as such, whatever its status says.
        _run(connection, "set_other_measures_aside", kind)
    _run(connection, "list_rows_not_in_force", kind)


def write_warnings(connection: duckdb.DuckDBPyConnection) -> None:
    """Remarks on rows in force: those the row itself shows, then those that need its surroundings."""
    for kind in _sent_kinds(connection):
        if _holds_any(connection, f"read_{kind.name}"):
            warnings, book = rules.all_warnings(kind.name), rules.rule_book_sql(kind.name, "warn")
            _run(connection, "warn_by_rules", kind, all_warnings=warnings, rule_book=book)
    run_sql(connection, "5_outcomes/70_row_warnings.sql")
    run_sql(connection, "5_outcomes/71_person_remarks.sql")
    if len(connection.execute("from sources limit 2").fetchall()) > 1:
        run_sql(connection, "5_outcomes/72_alike_procedures.sql")
    if _holds_any(connection, "live_links") or _holds_any(connection, "said_merges"):
        run_sql(connection, "5_outcomes/73_links_and_merges.sql")
