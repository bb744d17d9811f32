-- Contact rows as values. `kind_unread` is true also where none is written.

insert into read_contacts by name
with readings as (
    select
        text_contacts.*,
        files.zone,
        as_local_time(text_contacts.happened_at) as happened_local,
        coalesce(as_date(text_contacts.happened_at), cast(as_local_time(text_contacts.happened_at) as date)) as happened_date,
        as_local_time(text_contacts.updated_at) as updated_local,
        try_cast(lower(text_contacts.kind) as contact_kind) as kind_value
    from text_contacts
    inner join files on text_contacts.source_file_id = files.source_file_id
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.contact_id, readings.procedure_id, readings.patient_id, readings.kind, readings.happened_at,
        readings.record_status, readings.updated_at,
        /*each contacts: readings.{name},*/
        readings.cells_hash
    ) as content,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    readings.contact_id,
    readings.procedure_id,
    readings.patient_id,
    real_utc(readings.happened_local, readings.zone) as happened_utc,
    readings.happened_date,
    is_unread(readings.happened_at, readings.happened_date) as happened_at_unread,
    never_was(readings.happened_local, readings.zone) as happened_at_in_gap,
    /*each contacts: {reading}*/
    coalesce(readings.kind_value, 'unknown') as kind,
    readings.kind_value is null as kind_unread
from readings;
