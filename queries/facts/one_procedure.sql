/*
title = "One procedure with the times of its day"
grain = "one row"
*/
select
    outcomes.outcome_no,
    cast(outcomes.procedure_id as varchar) as procedure_id,
    cast(outcomes.patient_key as varchar) as patient_key,
    outcomes.site,
    outcomes.operator,
    outcomes.performed_on,
    outcomes.technique,
    outcomes.indication,
    outcomes.setting,
    outcomes.intended_stay,
    outcomes.sedation,
    outcomes.baseline_context,
    outcomes.source,
    outcomes.as_of,
    outcomes.disposition,
    outcomes.delay_reason,
    procedures.arrived_at,
    procedures.started_at,
    procedures.ended_at,
    procedures.recovery_ready_at,
    procedures.discharged_at,
    procedures.discharged_on,
    procedures.pre_call_at,
    procedures.pre_call_on,
    procedures.resumed_activity_on,
    procedures.readmitted_on,
    /*each procedures: procedures.{name} as field_{name},*/
    procedures.sequence_no,
    patients.died_on,
    outcomes.next_procedure_day,
    source_files.time_zone
from outcomes
inner join procedures on outcomes.procedure_id = procedures.procedure_id
left join patients on outcomes.patient_key = patients.patient_key
left join source_files on procedures.source_file_id = source_files.source_file_id
where outcomes.procedure_id = cast($procedure as uuid)
