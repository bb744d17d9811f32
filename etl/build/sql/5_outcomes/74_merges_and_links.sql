-- Merges and links that may join what is not one: each is told on the row that says it.

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

sides as (
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
    from live_links
),

forks as (
    select
        sides.link_kind,
        sides.source,
        sides.number,
        sides.other_source
    from sides
    where sides.source <> sides.other_source
    group by sides.link_kind, sides.source, sides.number, sides.other_source
    having count(distinct sides.other_number) > 1
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
    sides.source_file_id,
    sides.source_row,
    sides.source_line,
    sides.field,
    'linked_to_several' as rule,
    case when sides.is_cell then 'cell' else 'row' end as scope
from sides
inner join forks
    on
        sides.link_kind = forks.link_kind
        and sides.source = forks.source
        and sides.number = forks.number
        and sides.other_source = forks.other_source
union all
select
    sides.source_file_id,
    sides.source_row,
    sides.source_line,
    sides.field,
    'linked_days_apart' as rule,
    case when sides.is_cell then 'cell' else 'row' end as scope
from sides
inner join performed as mine on sides.source = mine.source and sides.number = mine.number
inner join performed as theirs on sides.other_source = theirs.source and sides.other_number = theirs.number
where
    sides.link_kind = 'procedure'
    and sides.field = 'number'
    and abs(date_diff('day', mine.performed_date, theirs.performed_date)) > 3
order by source_file_id, source_row, field, rule;
