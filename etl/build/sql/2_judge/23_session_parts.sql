-- Lines that are a part of another procedure: by its number (`part_of`), or as a line that adds a level (`is_added`) to a
-- procedure of the same person on the same day. They are lines of that session, with their levels.

create or replace temp table session_parts as
with recursive days as (
    select
        live_procedures.source,
        live_procedures.patient_id,
        live_procedures.performed_date
    from live_procedures
    where live_procedures.part_of is not null or live_procedures.is_added
),

lines as (
    select
        live_procedures.source,
        live_procedures.source_file_id,
        live_procedures.source_row,
        live_procedures.source_line,
        live_procedures.place,
        live_procedures.procedure_id,
        live_procedures.patient_id,
        live_procedures.performed_date,
        live_procedures.stay_id,
        live_procedures.started_utc,
        live_procedures.part_of,
        live_procedures.is_added
    from live_procedures
    semi join days
        on
            live_procedures.source = days.source
            and live_procedures.patient_id = days.patient_id
            and live_procedures.performed_date = days.performed_date
),

-- What each line may be a part of, the likeliest first: its parent; of parts whose parent does not count, the first;
-- for an added line a procedure of that day, of the same stay if there is one; of added lines alone, the first.
pairs as (
    select
        lines.source,
        lines.procedure_id,
        heads.procedure_id as head_id,
        case
            when list_contains(string_split(lines.part_of, '; '), heads.procedure_id) then 1
            when lines.part_of = heads.part_of and heads.procedure_id < lines.procedure_id then 2
            when lines.is_added and not heads.is_added then 3
            when lines.is_added and heads.is_added and heads.procedure_id < lines.procedure_id then 4
        end as nearness,
        (lines.stay_id = heads.stay_id) is true as is_same_stay,
        heads.started_utc
    from lines
    inner join lines as heads
        on
            lines.source = heads.source
            and lines.patient_id = heads.patient_id
            and lines.performed_date = heads.performed_date
            and lines.procedure_id <> heads.procedure_id
    where lines.part_of is not null or lines.is_added
),

nearest as (
    select
        pairs.source,
        pairs.procedure_id,
        pairs.head_id,
        row_number() over (
            partition by pairs.source, pairs.procedure_id
            order by pairs.nearness asc, pairs.is_same_stay desc, pairs.started_utc asc nulls last, pairs.head_id asc
        ) as choice
    from pairs
    where pairs.nearness is not null
),

-- A part of a part is a part of the whole. Parts in a circle are parts of nothing.
steps as (
    select
        nearest.source,
        nearest.procedure_id,
        nearest.head_id,
        1 as step
    from nearest
    where nearest.choice = 1
    union all
    select
        steps.source,
        steps.procedure_id,
        nearest.head_id,
        steps.step + 1 as step
    from steps
    inner join nearest on steps.source = nearest.source and steps.head_id = nearest.procedure_id and nearest.choice = 1
    where steps.step < 20
),

ends as (
    select
        steps.source,
        steps.procedure_id,
        steps.head_id
    from steps
    anti join nearest on steps.source = nearest.source and steps.head_id = nearest.procedure_id
)

select
    lines.source_file_id,
    lines.source_row,
    lines.source_line,
    lines.place,
    heads.source_file_id as head_file,
    heads.source_row as head_row,
    heads.place as head_place
from ends
inner join lines on ends.source = lines.source and ends.procedure_id = lines.procedure_id
inner join lines as heads on ends.source = heads.source and ends.head_id = heads.procedure_id;

create or replace temp table gathered_levels as
select
    session_parts.head_file,
    session_parts.head_row,
    session_parts.head_place,
    list_sort(list_distinct(flatten(list(parts.vertebrae) filter (where parts.vertebrae is not null)))) as vertebrae
from session_parts
inner join known_procedures as parts
    on
        session_parts.source_file_id = parts.source_file_id
        and session_parts.source_row = parts.source_row
        and session_parts.place = parts.place
group by session_parts.head_file, session_parts.head_row, session_parts.head_place;

update known_procedures
set
    vertebrae = list_distinct(list_concat(known_procedures.vertebrae, gathered_levels.vertebrae)),
    level_problem = null
from gathered_levels
where
    known_procedures.source_file_id = gathered_levels.head_file
    and known_procedures.source_row = gathered_levels.head_row
    and known_procedures.place = gathered_levels.head_place
    and gathered_levels.vertebrae is not null;

insert into gone_procedures
select
    session_parts.source_file_id,
    session_parts.source_row,
    session_parts.place
from session_parts;

insert into live_session_lines
select
    session_parts.source_file_id,
    session_parts.source_row,
    session_parts.source_line
from session_parts;
