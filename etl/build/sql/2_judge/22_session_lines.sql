-- Lines that were joined into one procedure share what becomes of its first line.

insert into rejects
select
    rejects.kind,
    session_lines.source_file_id,
    session_lines.source_row,
    session_lines.source_line,
    0 as place,
    rejects.field,
    rejects.rule,
    'row' as scope
from session_lines
inner join rejects
    on
        session_lines.source_file_id = rejects.source_file_id
        and session_lines.first_row = rejects.source_row
        and rejects.scope = 'row';

insert into replaced
select
    session_lines.source_file_id,
    session_lines.source_row,
    session_lines.source_line,
    replaced.fate,
    replaced.reason
from session_lines
inner join replaced
    on
        session_lines.source_file_id = replaced.source_file_id
        and session_lines.first_row = replaced.source_row;

create or replace temp table live_session_lines as
select
    session_lines.source_file_id,
    session_lines.source_row,
    session_lines.source_line
from session_lines
inner join live_procedures
    on
        session_lines.source_file_id = live_procedures.source_file_id
        and session_lines.first_row = live_procedures.source_row;
