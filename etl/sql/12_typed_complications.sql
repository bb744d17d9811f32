-- Complication rows with typed values beside the text.

create or replace temp table typed_complications as
with readings as (
    select
        text_complications.*,
        files.source,
        files.zone,
        files.received_on,
        as_date(text_complications.occurred_on) as occurred_date,
        as_local_time(text_complications.updated_at) as updated_local,
        try_cast(lower(text_complications.scale) as severity_scale) as scale_value,
        upper(text_complications.severity) as severity_written
    from text_complications
    inner join files on text_complications.source_file_id = files.source_file_id
)

select
    readings.*,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    case
        when readings.scale_value = 'sir' and readings.severity_written in ('A', 'B', 'C', 'D', 'E', 'F')
            then readings.severity_written
        when readings.scale_value = 'cirse' and readings.severity_written in ('1', '2', '3', '4', '5', '6')
            then readings.severity_written
    end as severity_value
from readings;
