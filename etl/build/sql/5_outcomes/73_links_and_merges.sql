-- Links and merges that find nothing, or may join what is not one: each is told on the row that says it.

-- Each link twice: from either of its numbers to the other.
create or replace temp view link_sides as
select
    live_links.source_file_id,
    live_links.source_row,
    live_links.source_line,
    live_links.is_cell,
    live_links.link_kind,
    live_links.first_source as source,
    live_links.first_number as number,
    live_links.second_source as other_source,
    live_links.second_number as other_number,
    'number' as field
from live_links
union all
select
    live_links.source_file_id,
    live_links.source_row,
    live_links.source_line,
    live_links.is_cell,
    live_links.link_kind,
    live_links.second_source as source,
    live_links.second_number as number,
    live_links.first_source as other_source,
    live_links.first_number as other_number,
    'same_as_number' as field
from live_links;

-- Numbers of which nothing is loaded.
insert into row_warnings
with loaded as (
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
    link_sides.source_file_id,
    link_sides.source_row,
    link_sides.source_line,
    link_sides.field,
    'link_not_found' as rule,
    case when link_sides.is_cell then 'cell' else 'row' end as scope
from link_sides
anti join loaded
    on link_sides.link_kind = loaded.link_kind and link_sides.source = loaded.source and link_sides.number = loaded.number
order by link_sides.source_file_id, link_sides.source_row, link_sides.field;

-- Merges in a circle or into several, links to several of one system, linked procedures days apart.
insert into row_warnings
with several as (
    select
        said_merges.source,
        said_merges.patient_id
    from said_merges
    group by said_merges.source, said_merges.patient_id
    having min(said_merges.survivor) <> max(said_merges.survivor)
),

joined_numbers as (
    select distinct
        said_merges.source_file_id,
        said_merges.source_row,
        said_merges.source_line,
        said_merges.field,
        said_merges.is_cell,
        case when several.patient_id is null then 'merged_in_circle' else 'merged_into_several' end as rule
    from said_merges
    left join several on said_merges.source = several.source and said_merges.patient_id = several.patient_id
    left join merged_people
        on said_merges.source = merged_people.source and said_merges.patient_id = merged_people.patient_id
    where several.patient_id is not null or merged_people.is_in_circle
),

forks as (
    select
        link_sides.link_kind,
        link_sides.source,
        link_sides.number,
        link_sides.other_source
    from link_sides
    where link_sides.source <> link_sides.other_source
    group by link_sides.link_kind, link_sides.source, link_sides.number, link_sides.other_source
    having count(distinct link_sides.other_number) > 1
),

performed as (
    select
        live_procedures.source,
        live_procedures.procedure_id as number,
        live_procedures.performed_date
    from live_procedures
)

select
    joined_numbers.source_file_id,
    joined_numbers.source_row,
    joined_numbers.source_line,
    joined_numbers.field,
    joined_numbers.rule,
    case when joined_numbers.is_cell then 'cell' else 'row' end as scope
from joined_numbers
union all
select
    link_sides.source_file_id,
    link_sides.source_row,
    link_sides.source_line,
    link_sides.field,
    'linked_to_several' as rule,
    case when link_sides.is_cell then 'cell' else 'row' end as scope
from link_sides
inner join forks
    on
        link_sides.link_kind = forks.link_kind
        and link_sides.source = forks.source
        and link_sides.number = forks.number
        and link_sides.other_source = forks.other_source
union all
select
    link_sides.source_file_id,
    link_sides.source_row,
    link_sides.source_line,
    link_sides.field,
    'linked_days_apart' as rule,
    case when link_sides.is_cell then 'cell' else 'row' end as scope
from link_sides
inner join performed as mine on link_sides.source = mine.source and link_sides.number = mine.number
inner join performed as theirs on link_sides.other_source = theirs.source and link_sides.other_number = theirs.number
where
    link_sides.link_kind = 'procedure'
    and link_sides.field = 'number'
    and abs(date_diff('day', mine.performed_date, theirs.performed_date)) > 3
order by source_file_id, source_row, field, rule;
