-- Links that name a number of which nothing is loaded.

insert into row_warnings
with numbers as (
    select
        live_links.source_file_id,
        live_links.source_row,
        live_links.source_line,
        live_links.is_cell,
        live_links.link_kind,
        'number' as field,
        live_links.first_source as source,
        live_links.first_number as number
    from live_links
    union all
    select
        live_links.source_file_id,
        live_links.source_row,
        live_links.source_line,
        live_links.is_cell,
        live_links.link_kind,
        'same_as_number' as field,
        live_links.second_source as source,
        live_links.second_number as number
    from live_links
),

loaded as (
    select
        'patient' as link_kind,
        live_procedures.source,
        live_procedures.patient_id as number
    from live_procedures
    union all
    select
        'procedure' as link_kind,
        live_procedures.source,
        live_procedures.procedure_id as number
    from live_procedures
    union all
    select
        'patient' as link_kind,
        live_pain_scores.source,
        live_pain_scores.patient_id as number
    from live_pain_scores
    union all
    select
        'patient' as link_kind,
        merged_people.source,
        merged_people.patient_id as number
    from merged_people
)

select
    numbers.source_file_id,
    numbers.source_row,
    numbers.source_line,
    numbers.field,
    'link_not_found' as rule,
    case when numbers.is_cell then 'cell' else 'row' end as scope
from numbers
anti join loaded
    on numbers.link_kind = loaded.link_kind and numbers.source = loaded.source and numbers.number = loaded.number
order by numbers.source_file_id, numbers.source_row, numbers.field;
