-- Procedure rows as values. What a row leaves open is filled later from the person and the stay in force.

insert into read_procedures by name
with readings as (
    select
        text_procedures.*,
        files.zone,
        as_date(text_procedures.born_on) as born_date,
        as_date(text_procedures.performed_on) as performed_date_sent,
        coalesce(
            as_date(text_procedures.performed_on), cast(as_local_time(text_procedures.started_at) as date)
        ) as performed_date,
        as_local_time(text_procedures.started_at) as started_local,
        as_local_time(text_procedures.ended_at) as ended_local,
        as_local_time(text_procedures.arrived_at) as arrived_local,
        as_local_time(text_procedures.recovery_ready_at) as recovery_ready_local,
        as_local_time(text_procedures.discharged_at) as discharged_local,
        as_local_time(text_procedures.pre_call_at) as pre_call_local,
        as_local_time(text_procedures.updated_at) as updated_local,
        coalesce(
            as_date(text_procedures.discharged_at), cast(as_local_time(text_procedures.discharged_at) as date)
        ) as discharged_date,
        as_date(text_procedures.died_on) as died_date,
        as_number(text_procedures.age_years) as age_sent,
        level_readings.vertebrae,
        level_readings.problem as level_problem,
        level_readings.is_expanded as levels_expanded
    from text_procedures
    inner join files on text_procedures.source_file_id = files.source_file_id
    left join level_readings on text_procedures.levels = level_readings.written
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.procedure_id, readings.patient_id, readings.sex, readings.age_years, readings.died_on,
        readings.site, readings.operator, readings.performed_on, readings.started_at, readings.ended_at,
        readings.arrived_at, readings.recovery_ready_at, readings.discharged_at, readings.pre_call_at,
        readings.levels, readings.record_status, readings.updated_at, readings.stay_id, readings.born_on,
        readings.part_of, readings.is_added,
        /*each procedures: readings.{name},*/
        readings.cells_hash
    ) as content,
    hash(
        readings.procedure_id, readings.age_years, readings.site, readings.operator, readings.performed_on,
        readings.started_at, readings.ended_at, readings.recovery_ready_at, readings.pre_call_at, readings.levels,
        readings.record_status, readings.updated_at, readings.stay_id, readings.part_of, readings.is_added,
        /*each procedures uncompleted: readings.{name},*/
        readings.cells_hash
    ) as others,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    readings.procedure_id,
    readings.patient_id,
    readings.stay_id,
    readings.part_of,
    readings.is_added is not null as is_added,
    as_choice(readings.sex, try_cast(upper(readings.sex) as sex)) as sex,
    is_unread(readings.sex, try_cast(upper(readings.sex) as sex)) as sex_unread,
    readings.born_date,
    coalesce(
        readings.age_sent, date_sub('year', readings.born_date, readings.performed_date)
    ) as age_value,
    is_unread(readings.age_years, readings.age_sent) as age_years_unread,
    readings.died_date,
    is_unread(readings.died_on, readings.died_date) as died_on_unread,
    readings.site,
    readings.operator,
    readings.performed_date,
    is_unread(readings.performed_on, readings.performed_date_sent) as performed_on_unread,
    real_utc(readings.started_local, readings.zone) as started_utc,
    cast(readings.started_local as date) as started_date,
    case when not never_was(readings.started_local, readings.zone) then hour(readings.started_local) end as started_hour,
    is_unread(readings.started_at, readings.started_local) as started_at_unread,
    never_was(readings.started_local, readings.zone) as started_at_in_gap,
    clock_changed(readings.started_local, readings.zone) as started_at_ambiguous,
    real_utc(readings.ended_local, readings.zone) as ended_utc,
    cast(readings.ended_local as date) as ended_date,
    is_unread(readings.ended_at, readings.ended_local) as ended_at_unread,
    never_was(readings.ended_local, readings.zone) as ended_at_in_gap,
    clock_changed(readings.ended_local, readings.zone) as ended_at_ambiguous,
    real_utc(readings.arrived_local, readings.zone) as arrived_utc,
    cast(readings.arrived_local as date) as arrived_date,
    is_unread(readings.arrived_at, readings.arrived_local) as arrived_at_unread,
    never_was(readings.arrived_local, readings.zone) as arrived_at_in_gap,
    real_utc(readings.recovery_ready_local, readings.zone) as recovery_ready_utc,
    cast(readings.recovery_ready_local as date) as recovery_ready_date,
    is_unread(readings.recovery_ready_at, readings.recovery_ready_local) as recovery_ready_at_unread,
    never_was(readings.recovery_ready_local, readings.zone) as recovery_ready_at_in_gap,
    clock_changed(readings.recovery_ready_local, readings.zone) as recovery_ready_at_ambiguous,
    real_utc(readings.discharged_local, readings.zone) as discharged_utc,
    readings.discharged_date,
    is_unread(readings.discharged_at, readings.discharged_date) as discharged_at_unread,
    never_was(readings.discharged_local, readings.zone) as discharged_at_in_gap,
    clock_changed(readings.discharged_local, readings.zone) as discharged_at_ambiguous,
    real_utc(readings.pre_call_local, readings.zone) as pre_call_utc,
    cast(readings.pre_call_local as date) as pre_call_date,
    is_unread(readings.pre_call_at, readings.pre_call_local) as pre_call_at_unread,
    never_was(readings.pre_call_local, readings.zone) as pre_call_at_in_gap,
    /*each procedures: {reading}*/
    readings.vertebrae,
    readings.level_problem,
    readings.levels_expanded
from readings;
