"""Deliveries that hold everything: what the newest one no longer holds is withdrawn, and one that shrank is looked at.

A full delivery is all files that one load took in for one source. The newest is the one with the latest `updated_at`
among its rows; where rows carry none, the one received last. So the order of loading does not matter where rows say
when they were last changed.
"""

from collections.abc import Iterable

import duckdb

from etl.build.staging import StagedFile
from etl.sources import Source
from etl.sources.canonical import KINDS, Kind

# The date that says whether a record lies within the dates of a delivery.
DATES = {
    "procedures": "performed_date",
    "pain_scores": "measured_date",
    "complications": "occurred_date",
    "contacts": "happened_date",
}
SHRINK = 0.5


def list_snapshots(
    connection: duckdb.DuckDBPyConnection, staged: Iterable[StagedFile], sources: Iterable[Source]
) -> None:
    """List the files of sources that send everything, in `snapshots`."""
    connection.execute(
        "create or replace temp table snapshots"
        " (source_file_id integer, source varchar, received_at varchar, is_everything boolean)"
    )
    scopes = {one.name: one.snapshot.scope for one in sources if one.snapshot.mode == "full"}
    for one in staged:
        source = one.delivery.source
        if source in scopes:
            row = [one.source_file_id, source, one.delivery.received_at, scopes[source] == "all"]
            connection.execute("insert into snapshots values (?, ?, ?, ?)", row)


def _ranked_sql(kind: Kind) -> str:
    """SQL: one row per full delivery that holds this kind: its rows, its dates, and its age (1 = the newest)."""
    return (
        "(select snapshots.source, snapshots.received_at, any_value(snapshots.is_everything) as is_everything,"
        f" count(*) as rows, min({DATES[kind.name]}) as first_on, max({DATES[kind.name]}) as last_on,"
        " row_number() over (partition by snapshots.source order by max(typed.updated_utc) desc nulls last,"
        " snapshots.received_at desc) as age"
        f" from snapshots join typed_{kind.name} as typed on snapshots.source_file_id = typed.source_file_id"
        " group by snapshots.source, snapshots.received_at)"
    )


def _holds_snapshots(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.execute("select count(*) from snapshots").fetchall()[0][0])


def set_absent_aside(connection: duckdb.DuckDBPyConnection, kind: Kind) -> bool:
    """Make `candidates` of `passed` without what the newest full delivery no longer holds; whether any may be `absent`.

    A record that is there and breaks a rule is not absent: what was known of it stays.
    """
    if kind.name not in DATES or not _holds_snapshots(connection):
        connection.execute("create or replace temp view candidates as from passed")
        return False
    connection.execute(
        "create or replace temp table absent as select candidates.* from passed as candidates"
        f" join typed_{kind.name} as typed on candidates.source_file_id = typed.source_file_id"
        " and candidates.source_row = typed.source_row and candidates.place = typed.place"
        " join snapshots on candidates.source_file_id = snapshots.source_file_id"
        f" join (select * from {_ranked_sql(kind)} where age = 1) as newest on snapshots.source = newest.source"
        " where snapshots.received_at <> newest.received_at"
        f" and (newest.is_everything or typed.{DATES[kind.name]} between newest.first_on and newest.last_on)"
        f" and not exists (select 1 from typed_{kind.name} as present join snapshots as theirs"
        " on present.source_file_id = theirs.source_file_id where theirs.source = newest.source"
        f" and theirs.received_at = newest.received_at and present.{kind.number} = candidates.number)"
    )
    connection.execute(
        "create or replace temp view candidates as from passed where (source_file_id, source_row, place) not in"
        " (select (source_file_id, source_row, place) from absent)"
    )
    return True


def find_shrunk(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[int, int]]:
    """Files of the newest full delivery → its rows and those of the one before, where it has fewer than half."""
    found: dict[int, tuple[int, int]] = {}
    if not _holds_snapshots(connection):
        return found
    for kind in (one for one in KINDS if one.name in DATES):
        rows = connection.execute(
            f"with ranked as (select * from {_ranked_sql(kind)}), before as ("
            " select newest.source, newest.received_at, newest.rows, count(*) as rows_before"
            " from ranked as newest join ranked as earlier on newest.source = earlier.source and earlier.age = 2"
            " join snapshots on earlier.source = snapshots.source and earlier.received_at = snapshots.received_at"
            f" join typed_{kind.name} as typed on snapshots.source_file_id = typed.source_file_id"
            f" where newest.age = 1 and (newest.is_everything or typed.{DATES[kind.name]}"
            " between newest.first_on and newest.last_on) group by all)"
            " select distinct snapshots.source_file_id, before.rows, before.rows_before from before join snapshots"
            " on before.source = snapshots.source and before.received_at = snapshots.received_at"
            f" join typed_{kind.name} as typed on snapshots.source_file_id = typed.source_file_id"
            " where before.rows < before.rows_before * ?",
            [SHRINK],
        ).fetchall()
        found |= {source_file_id: (now, before) for source_file_id, now, before in rows}
    return found
