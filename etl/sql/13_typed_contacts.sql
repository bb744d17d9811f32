-- Contact rows with typed values beside the text.

create or replace temp table typed_contacts as
with readings as (
    select
        text_contacts.*,
        files.source,
        files.zone,
        files.received_on,
        as_local_time(text_contacts.happened_at) as happened_local,
        as_date(text_contacts.happened_at) as happened_date_sent,
        as_local_time(text_contacts.updated_at) as updated_local
    from text_contacts
    inner join files on text_contacts.source_file_id = files.source_file_id
)

select
    readings.*,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    coalesce(readings.happened_date_sent, cast(readings.happened_local as date)) as happened_date,
    as_utc(readings.happened_local, readings.zone) as happened_utc,
    as_utc(readings.updated_local, readings.zone) as updated_utc
from readings;
