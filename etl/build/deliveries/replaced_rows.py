"""What a new file replaces of earlier ones, and whether it can be a later version of them at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from data.errors import FileRefused
from etl.build.statements import insert_rows, run_sql

FEWEST_ROWS = 5
MOST_CHANGED = 0.2


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """What became of the rows that two files share by number.

    `rows` of `earlier_file` give way to new ones, `rows_lost` new ones are older than what is there. Of both:
    `…identity_changed`, where patient, sex, age, day of the procedure or site are others.
    """

    file: str
    earlier_file: str
    rows: int
    identity_changed: int
    rows_lost: int
    lost_identity_changed: int


def watch_new(connection: duckdb.DuckDBPyConnection, new: Iterable[int]) -> None:
    """Name the files that are new in this load, in `new_files`, and forget what was compared before."""
    connection.execute("create or replace temp table new_files (source_file_id integer)")
    insert_rows(connection, "new_files", [(one,) for one in new])
    connection.execute(
        "create or replace temp table contests (kind varchar, new_file integer, new_row integer, new_place integer,"
        " old_file integer, old_row integer, old_place integer, is_lost boolean)"
    )


def compare_versions(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Put rows of new files beside the earlier rows of their number, for the kind whose versions were settled."""
    if connection.execute("select 1 from repeated limit 1").fetchall():
        connection.execute("set variable judged_kind = ?", [kind])
        run_sql(connection, "2_judge/26_contests.sql")


def list_replaced(connection: duckdb.DuckDBPyConnection, names: dict[int, str]) -> dict[int, tuple[Replaced, ...]]:
    """New file → what it replaces, by earlier file. `names` gives the name of every file."""
    if not connection.execute("select 1 from contests limit 1").fetchall():
        return {}
    run_sql(connection, "2_judge/27_replaced.sql")
    listed: dict[int, tuple[Replaced, ...]] = {}
    for new, earlier, *counts in connection.execute("from replacements").fetchall():
        keys = ("rows", "identity_changed", "rows_lost", "lost_identity_changed")
        pair = Replaced(file=names[new], earlier_file=names[earlier], **dict(zip(keys, counts, strict=True)))
        listed[new] = (*listed.get(new, ()), pair)
    return listed


def refusal_of(name: str, replaced: Sequence[Replaced]) -> FileRefused | None:
    """Why this file cannot hold later versions of those rows; None where it may."""
    won = (sum(one.rows for one in replaced), sum(one.identity_changed for one in replaced))
    lost = (sum(one.rows_lost for one in replaced), sum(one.lost_identity_changed for one in replaced))
    for rows, changed in (won, lost, (won[0] + lost[0], won[1] + lost[1])):
        if rows >= FEWEST_ROWS and changed > MOST_CHANGED * rows:
            return FileRefused(
                name,
                f"of {rows} rows with a number that is loaded already, {changed} are of another person, day or site",
                "Check that it is the right hospital's and the right month's file; if it corrects them all,"
                " load it with --accept-replaced",
            )
    return None
