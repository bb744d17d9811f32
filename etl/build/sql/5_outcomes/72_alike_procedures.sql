-- Procedures of two sources that look alike and that no link joins: they may be one procedure, counted twice.

insert into row_warnings
with alike as (
    select distinct
        mine.source_file_id,
        mine.source_row,
        mine.source_line,
        mine.is_cell
    from keyed_procedures as mine
    inner join keyed_procedures as theirs
        on
            mine.performed_date = theirs.performed_date
            and mine.sex is not distinct from theirs.sex
            and mine.source <> theirs.source
    where
        abs(mine.age_value - theirs.age_value) <= 1
        and abs(coalesce(date_diff('minute', mine.started_utc, theirs.started_utc), 0)) <= 15
        and (mine.operator = theirs.operator or len(list_intersect(mine.vertebrae, theirs.vertebrae)) > 0)
        -- Where a start is not recorded, both operator and level must speak for it.
        and (
            (mine.started_utc is not null and theirs.started_utc is not null)
            or (mine.operator = theirs.operator and len(list_intersect(mine.vertebrae, theirs.vertebrae)) > 0)
        )
)

select
    alike.source_file_id,
    alike.source_row,
    alike.source_line,
    'procedure_id' as field,
    'looks_like_other_source' as rule,
    case when alike.is_cell then 'cell' else 'row' end as scope
from alike
order by alike.source_file_id, alike.source_row;
