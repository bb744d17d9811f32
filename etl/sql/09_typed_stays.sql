-- Stays in hospital that a procedure names: when the patient came and left, and from where to where.

create or replace temp table typed_stays as
with readings as (
    select
        text_stays.*,
        files.source,
        files.zone,
        files.received_on,
        as_local_time(text_stays.arrived_at) as arrived_local,
        as_date(text_stays.arrived_at) as arrived_date_sent,
        as_local_time(text_stays.discharged_at) as discharged_local,
        as_date(text_stays.discharged_at) as discharged_date_sent,
        as_local_time(text_stays.updated_at) as updated_local
    from text_stays
    inner join files on text_stays.source_file_id = files.source_file_id
)

select
    readings.*,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    coalesce(readings.arrived_date_sent, cast(readings.arrived_local as date)) as arrived_date,
    coalesce(readings.discharged_date_sent, cast(readings.discharged_local as date)) as discharged_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc
from readings;
