"""Several rows of a file that are one session, such as billing lines: one procedure with all their levels."""

import duckdb


def join_lines(connection: duckdb.DuckDBPyConnection, source_file_id: int, names: tuple[str, ...]) -> None:
    """Make one row of the lines of a session: the first line stands for all, with the levels of every one.

    Of every other column the first line that says something counts. Which lines belong to which first one is kept in
    `session_lines`; they share its fate.
    """
    gathered = {
        "levels": "string_agg(levels, ';' order by source_row) filter (where levels is not null) as levels",
        # A session is an added line only where all of it is.
        "is_added": "case when bool_and(is_added is not null) then 'yes' end as is_added",
    }
    said = [
        gathered.get(name) or f"first({name} order by source_row) filter (where {name} is not null) as {name}"
        for name in names
        if name != "procedure_id"
    ]
    connection.execute(
        "create or replace temp table sessions as select procedure_id, min(source_row) as first_row,"
        f" count(*) as lines, hash(list(cells_hash order by source_row)) as cells_hash, {', '.join(said)}"
        " from text_procedures where source_file_id = ? and procedure_id is not null and not is_cell"
        " and not has_other_width group by procedure_id having count(*) > 1",
        [source_file_id],
    )
    of_a_session = (
        "text_procedures.source_file_id = ? and text_procedures.procedure_id = sessions.procedure_id"
        " and not text_procedures.is_cell and not text_procedures.has_other_width"
    )
    connection.execute(
        "insert into session_lines select source_file_id, source_row, source_line, first_row from text_procedures"
        f" inner join sessions on {of_a_session} and source_row <> first_row",
        [source_file_id],
    )
    connection.execute(
        f"delete from text_procedures using sessions where {of_a_session} and source_row <> first_row",
        [source_file_id],
    )
    columns = [name for name in names if name != "procedure_id"]
    changes = ", ".join(f"{name} = sessions.{name}" for name in (*columns, "cells_hash"))
    connection.execute(f"update text_procedures set {changes} from sessions where {of_a_session}", [source_file_id])
    connection.execute("drop table sessions")
