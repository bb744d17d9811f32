-- What senders say of people apart from their procedures. A date of birth may be a year or a month only.

create or replace temp table typed_people as
with readings as (
    select
        text_people.* exclude (row_id),
        coalesce(text_people.row_id, text_people.patient_id) as row_id,
        files.source,
        files.zone,
        files.received_on,
        as_date(text_people.born_on) as born_date,
        coalesce(as_date(text_people.died_on), cast(as_local_time(text_people.died_on) as date)) as died_date,
        as_local_time(text_people.updated_at) as updated_local
    from text_people
    inner join files on text_people.source_file_id = files.source_file_id
)

select
    readings.*,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    as_utc(readings.updated_local, readings.zone) as updated_utc
from readings;
