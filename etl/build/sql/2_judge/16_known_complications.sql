-- A complication may name the patient and not the procedure: then it is of the latest procedure at or before it.

create or replace temp table known_complications as
with named as (
    select
        files.source,
        read_complications.source_file_id,
        read_complications.source_row,
        read_complications.place,
        read_complications.occurred_date,
        coalesce(merged_people.survivor, read_complications.patient_id) as patient_id
    from read_complications
    inner join files on read_complications.source_file_id = files.source_file_id
    left join merged_people
        on files.source = merged_people.source and read_complications.patient_id = merged_people.patient_id
    where read_complications.procedure_id is null
),

ranked as (
    select
        named.source_file_id,
        named.source_row,
        named.place,
        live_procedures.procedure_id,
        row_number() over (
            partition by named.source_file_id, named.source_row, named.place
            order by
                live_procedures.performed_date desc, live_procedures.started_utc desc,
                live_procedures.procedure_id asc
        ) as nearness
    from named
    inner join live_procedures
        on named.source = live_procedures.source and named.patient_id = live_procedures.patient_id
    where live_procedures.performed_date <= named.occurred_date
)

select
    read_complications.* replace (
        coalesce(read_complications.procedure_id, ranked.procedure_id) as procedure_id
    )
from read_complications
left join ranked
    on
        read_complications.source_file_id = ranked.source_file_id
        and read_complications.source_row = ranked.source_row
        and read_complications.place = ranked.place
        and ranked.nearness = 1;
