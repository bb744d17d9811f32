/*
title = "Records in force by file and month, with remarks on their rows"
grain = "one row per file and month that has any"
*/
with dated as (
    select
        procedures.source_file_id,
        procedures.source_row,
        procedures.performed_on as happened_on
    from procedures
    union all
    select
        cast(floor(pain_scores.score_id / 1e11) as integer) as source_file_id,
        cast(floor(pain_scores.score_id % 100000000000 / 1e2) as integer) as source_row,
        pain_scores.measured_on as happened_on
    from pain_scores
    union all
    select
        cast(floor(complications.complication_id / 1e11) as integer) as source_file_id,
        cast(floor(complications.complication_id % 100000000000 / 1e2) as integer) as source_row,
        complications.occurred_on as happened_on
    from complications
    union all
    select
        cast(floor(contacts.contact_id / 1e11) as integer) as source_file_id,
        cast(floor(contacts.contact_id % 100000000000 / 1e2) as integer) as source_row,
        contacts.happened_on
    from contacts
),

remarked as (
    select
        row_warnings.source_file_id,
        row_warnings.source_row,
        count(*) as remarks
    from row_warnings
    group by row_warnings.source_file_id, row_warnings.source_row
)

select
    dated.source_file_id,
    source_files.name,
    source_files.kind,
    cast(date_trunc('month', dated.happened_on) as date) as month,
    count(*) as records,
    coalesce(sum(remarked.remarks), 0) as remarks
from dated
inner join source_files on dated.source_file_id = source_files.source_file_id
left join remarked
    on dated.source_file_id = remarked.source_file_id and dated.source_row = remarked.source_row
where dated.happened_on is not null
group by dated.source_file_id, source_files.name, source_files.kind, date_trunc('month', dated.happened_on)
