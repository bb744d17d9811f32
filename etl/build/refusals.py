"""Why a whole file is refused: too many rejects, or a delivery of everything that lost half of it."""

import duckdb

from data.errors import FileRefused
from etl.build.staging import StagedFile
from etl.build.statements import SQL

# Rows about something else, or waiting for a procedure, say nothing about the quality of a file.
BENIGN_REJECTS = ("totals_row", "other_measure", "excluded_person", "procedure_not_found")
MOST_REJECTS = 0.2
# Fewer records of a kind may all be wrong by chance.
FEWEST_OF_A_KIND = 5


def refuse_rejects(staged: StagedFile, rejected: int, accept_rejects: bool, strict: bool) -> FileRefused | None:
    """Why a file with so many rejected rows is refused; None where it is taken."""
    share = rejected / max(1, staged.rows_read)
    if strict and rejected:
        return FileRefused(
            staged.name,
            f"{rejected} of {staged.rows_read} rows rejected, and --strict allows none",
            "Correct the rows listed above, or load without --strict",
        )
    if share > MOST_REJECTS and not accept_rejects:
        return FileRefused(
            staged.name,
            f"{rejected} of {staged.rows_read} rows rejected, more than {MOST_REJECTS:.0%}",
            "Correct the file; if the rejects are right, load it with --accept-rejects",
        )
    return None


def list_lost_kinds(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, int]]:
    """New file → a kind of which every record was rejected, and how many those are."""
    sql = (SQL / "2_judge/29_lost_kinds.sql").read_text(encoding="utf-8")
    found = connection.execute(sql, {"benign": list(BENIGN_REJECTS), "fewest": FEWEST_OF_A_KIND}).fetchall()
    return {file_id: (kind, records) for file_id, kind, records in found}


def refuse_lost(staged: StagedFile, lost: tuple[str, int] | None) -> FileRefused | None:
    """Why a file is refused that loses all its records of a kind, however many others it holds."""
    if lost is None:
        return None
    return FileRefused(
        staged.name,
        f"all {lost[1]} records of {lost[0]} rejected",
        "Correct the file; if the rejects are right, load it with --accept-rejects",
    )


def refuse_shrunk(staged: StagedFile, rows: tuple[int, int] | None) -> FileRefused | None:
    """Why a delivery of everything with so few rows is refused. `rows`: its own, and those of the one before."""
    if rows is None:
        return None
    return FileRefused(
        staged.name,
        f"this delivery of everything has {rows[0]} rows, fewer than half of the {rows[1]} of the one before",
        "Check that the export is whole; if so many records are really gone, load it with --accept-shrink",
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
