-- Complication rows as values. `type_unread` is true also where none is written.

insert into read_complications by name
with readings as (
    select
        text_complications.*,
        files.zone,
        as_date(text_complications.occurred_on) as occurred_date,
        as_local_time(text_complications.updated_at) as updated_local,
        try_cast(lower(text_complications.type) as complication_type) as type_value,
        try_cast(lower(text_complications.scale) as severity_scale) as scale_value,
        upper(text_complications.severity) as severity_written
    from text_complications
    inner join files on text_complications.source_file_id = files.source_file_id
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.complication_id, readings.procedure_id, readings.patient_id, readings.occurred_on, readings.type,
        readings.severity, readings.scale, readings.record_status, readings.updated_at, readings.vertebra,
        readings.reviewed,
        /*each complications: readings.{name},*/
        readings.cells_hash
    ) as content,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    readings.complication_id,
    readings.procedure_id,
    readings.patient_id,
    readings.occurred_date,
    is_unread(readings.occurred_on, readings.occurred_date) as occurred_on_unread,
    coalesce(readings.type_value, 'unknown') as type,
    readings.type_value is null as type_unread,
    as_choice(readings.scale, readings.scale_value) as scale,
    case
        when readings.scale_value = 'sir' and readings.severity_written in ('A', 'B', 'C', 'D', 'E', 'F')
            then readings.severity_written
        when readings.scale_value = 'cirse' and readings.severity_written in ('1', '2', '3', '4', '5', '6')
            then readings.severity_written
    end as severity,
    /*each complications: {reading}*/
    try_cast(upper(readings.vertebra) as vertebra) as vertebra,
    as_yes_no(readings.reviewed) as reviewed
from readings;
