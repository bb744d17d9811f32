-- A contact may name the patient and not the procedure: then it is of the latest procedure at or before it; what
-- happens before a procedure is of the next one at or after it, else of the latest before.

create or replace temp table known_contacts as
with named as (
    select
        files.source,
        read_contacts.source_file_id,
        read_contacts.source_row,
        read_contacts.place,
        read_contacts.happened_date,
        cast(read_contacts.kind as varchar) in ('pre_call', 'consultation') as is_before,
        coalesce(merged_people.survivor, read_contacts.patient_id) as patient_id
    from read_contacts
    inner join files on read_contacts.source_file_id = files.source_file_id
    left join merged_people
        on files.source = merged_people.source and read_contacts.patient_id = merged_people.patient_id
    where read_contacts.procedure_id is null
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
                named.is_before and live_procedures.performed_date < named.happened_date,
                abs(live_procedures.performed_date - named.happened_date),
                live_procedures.procedure_id
        ) as nearness
    from named
    inner join live_procedures
        on named.source = live_procedures.source and named.patient_id = live_procedures.patient_id
    where named.is_before or live_procedures.performed_date <= named.happened_date
)

select
    read_contacts.* replace (
        coalesce(read_contacts.procedure_id, ranked.procedure_id) as procedure_id
    )
from read_contacts
left join ranked
    on
        read_contacts.source_file_id = ranked.source_file_id
        and read_contacts.source_row = ranked.source_row
        and read_contacts.place = ranked.place
        and ranked.nearness = 1;
