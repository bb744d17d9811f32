-- Procedure rows with typed values beside the text: a typed value is null where the text is empty or unreadable.
-- What a row leaves open is filled from the person and the stay in force, where a sender keeps those apart.

create or replace temp table typed_procedures as
with filled as (
    select
        text_procedures.* exclude (
            patient_id, sex, died_on, arrived_at, discharged_at, setting, disposition, born_on
        ),
        files.source,
        files.zone,
        files.received_on,
        text_procedures.born_on,
        coalesce(merged_people.survivor, text_procedures.patient_id) as patient_id,
        coalesce(text_procedures.sex, people_facts.sex) as sex,
        coalesce(text_procedures.died_on, cast(people_facts.died_date as varchar)) as died_on,
        coalesce(as_date(text_procedures.born_on), people_facts.born_date) as born_date,
        coalesce(
            text_procedures.arrived_at, case when live_stays.arrived_local is not null then live_stays.arrived_at end
        ) as arrived_at,
        coalesce(text_procedures.discharged_at, live_stays.discharged_at) as discharged_at,
        coalesce(text_procedures.setting, live_stays.setting) as setting,
        coalesce(text_procedures.disposition, live_stays.disposition) as disposition
    from text_procedures
    inner join files on text_procedures.source_file_id = files.source_file_id
    left join merged_people
        on files.source = merged_people.source and text_procedures.patient_id = merged_people.patient_id
    left join people_facts
        on
            files.source = people_facts.source
            and coalesce(merged_people.survivor, text_procedures.patient_id) = people_facts.patient_id
    left join live_stays
        on files.source = live_stays.source and text_procedures.stay_id = live_stays.stay_id
),

readings as (
    select
        filled.*,
        as_date(filled.performed_on) as performed_date_sent,
        as_local_time(filled.started_at) as started_local,
        as_local_time(filled.ended_at) as ended_local,
        as_local_time(filled.arrived_at) as arrived_local,
        as_local_time(filled.recovery_ready_at) as recovery_ready_local,
        as_local_time(filled.discharged_at) as discharged_local,
        as_date(filled.discharged_at) as discharged_date_sent,
        as_local_time(filled.pre_call_at) as pre_call_local,
        as_local_time(filled.updated_at) as updated_local,
        as_date(filled.died_on) as died_date,
        as_date(filled.resumed_activity_on) as resumed_activity_date,
        as_date(filled.readmitted_on) as readmitted_date,
        as_number(filled.age_years) as age_sent,
        as_number(filled.asa_class) as asa_value,
        as_number(filled.cement_ml) as cement_value,
        level_readings.vertebrae,
        level_readings.problem as level_problem,
        level_readings.is_expanded as levels_expanded
    from filled
    left join level_readings on filled.levels = level_readings.written
)

select
    readings.*,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    coalesce(readings.performed_date_sent, cast(readings.started_local as date)) as performed_date,
    coalesce(
        readings.age_sent,
        date_sub(
            'year',
            readings.born_date,
            coalesce(readings.performed_date_sent, cast(readings.started_local as date))
        )
    ) as age_value,
    coalesce(readings.discharged_date_sent, cast(readings.discharged_local as date)) as discharged_date,
    as_utc(readings.started_local, readings.zone) as started_utc,
    as_utc(readings.ended_local, readings.zone) as ended_utc,
    as_utc(readings.arrived_local, readings.zone) as arrived_utc,
    as_utc(readings.recovery_ready_local, readings.zone) as recovery_ready_utc,
    as_utc(readings.discharged_local, readings.zone) as discharged_utc,
    as_utc(readings.pre_call_local, readings.zone) as pre_call_utc,
    as_utc(readings.updated_local, readings.zone) as updated_utc
from readings;
