-- Procedure rows with typed values beside the text: a typed value is null where the text is empty or unreadable.

create or replace temp table typed_procedures as
with readings as (
    select
        text_procedures.*,
        files.source,
        files.zone,
        files.received_on,
        as_date(text_procedures.performed_on) as performed_date_sent,
        as_local_time(text_procedures.started_at) as started_local,
        as_local_time(text_procedures.ended_at) as ended_local,
        as_local_time(text_procedures.arrived_at) as arrived_local,
        as_local_time(text_procedures.recovery_ready_at) as recovery_ready_local,
        as_local_time(text_procedures.discharged_at) as discharged_local,
        as_date(text_procedures.discharged_at) as discharged_date_sent,
        as_local_time(text_procedures.pre_call_at) as pre_call_local,
        as_local_time(text_procedures.updated_at) as updated_local,
        as_date(text_procedures.died_on) as died_date,
        as_date(text_procedures.resumed_activity_on) as resumed_activity_date,
        as_date(text_procedures.readmitted_on) as readmitted_date,
        as_number(text_procedures.age_years) as age_value,
        as_number(text_procedures.asa_class) as asa_value,
        as_number(text_procedures.cement_ml) as cement_value,
        level_readings.vertebrae,
        level_readings.problem as level_problem,
        level_readings.is_expanded as levels_expanded
    from text_procedures
    inner join files on text_procedures.source_file_id = files.source_file_id
    left join level_readings on text_procedures.levels = level_readings.written
)

select
    readings.*,
    lower(readings.record_status) = 'withdrawn' is true as is_withdrawn,
    coalesce(readings.performed_date_sent, cast(readings.started_local as date)) as performed_date,
    coalesce(readings.discharged_date_sent, cast(readings.discharged_local as date)) as discharged_date,
    as_utc(readings.started_local, readings.zone) as started_utc,
    as_utc(readings.ended_local, readings.zone) as ended_utc,
    as_utc(readings.arrived_local, readings.zone) as arrived_utc,
    as_utc(readings.recovery_ready_local, readings.zone) as recovery_ready_utc,
    as_utc(readings.discharged_local, readings.zone) as discharged_utc,
    as_utc(readings.pre_call_local, readings.zone) as pre_call_utc,
    as_utc(readings.updated_local, readings.zone) as updated_utc
from readings;
