/*
title = "Records in force by file, month and site"
grain = "one row per kind, file, month (null = undated) and site that has any; a score is of the sites it was weighed for"
*/
with placed as (
    select
        'procedures' as kind,
        procedures.source_file_id,
        procedures.site,
        procedures.performed_on as happened_on,
        procedures.source_row as record
    from procedures
    union all
    select
        'pain_scores' as kind,
        cast(floor(pain_scores.score_id / 1e11) as integer) as source_file_id,
        procedures.site,
        pain_scores.measured_on as happened_on,
        pain_scores.score_id as record
    from pain_scores
    inner join score_assignments on pain_scores.score_id = score_assignments.score_id
    inner join procedures on score_assignments.procedure_id = procedures.procedure_id
    union all
    select
        'complications' as kind,
        cast(floor(complications.complication_id / 1e11) as integer) as source_file_id,
        procedures.site,
        complications.occurred_on as happened_on,
        complications.complication_id as record
    from complications
    inner join procedures on complications.procedure_id = procedures.procedure_id
    union all
    select
        'contacts' as kind,
        cast(floor(contacts.contact_id / 1e11) as integer) as source_file_id,
        procedures.site,
        contacts.happened_on,
        contacts.contact_id as record
    from contacts
    inner join procedures on contacts.procedure_id = procedures.procedure_id
)

select
    placed.source_file_id,
    source_files.name,
    placed.kind,
    cast(source_files.received_at as date) as received_on,
    placed.site,
    cast(date_trunc('month', placed.happened_on) as date) as month,
    count(distinct placed.record) as records
from placed
inner join source_files on placed.source_file_id = source_files.source_file_id
where placed.site is not null
group by
    placed.source_file_id, source_files.name, placed.kind, cast(source_files.received_at as date),
    placed.site, date_trunc('month', placed.happened_on)
