-- Where rows go that are not loaded. Rows that are no record at all are there from the start.

create or replace temp table rejects as
select
    'set aside' as kind,
    set_aside.source_file_id,
    set_aside.source_row,
    set_aside.source_line,
    0 as place,
    set_aside.field,
    set_aside.rule,
    'row' as scope
from set_aside;

create or replace temp table replaced (
    source_file_id integer, source_row integer, source_line integer, fate varchar, reason varchar
);

-- None until procedures are judged: cells of people and stays are asked about before.
create or replace temp table live_session_lines as
select * from session_lines
where false;
