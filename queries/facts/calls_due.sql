/*
title = "Who is in or near a window and has no score in it yet: alive, not treated again"
grain = "one row per procedure"
*/
with scored as (
    select distinct score_assignments.procedure_id
    from score_assignments
    inner join pain_scores on score_assignments.score_id = pain_scores.score_id
    where
        pain_scores.score is not null
        and score_assignments.offset_days between $first_day and $last_day
)

select
    outcomes.outcome_no,
    cast(outcomes.procedure_id as varchar) as procedure_id,
    cast(outcomes.patient_key as varchar) as patient_key,
    outcomes.site,
    outcomes.performed_on,
    outcomes.source,
    outcomes.as_of,
    outcomes.baseline,
    outcomes.baseline_context,
    source_files.time_zone
from outcomes
inner join procedures on outcomes.procedure_id = procedures.procedure_id
inner join patients on outcomes.patient_key = patients.patient_key
left join source_files on procedures.source_file_id = source_files.source_file_id
left join scored on outcomes.procedure_id = scored.procedure_id
where
    date_diff('day', outcomes.performed_on, cast($today as date)) between $first_day - 1 and $last_day
    and scored.procedure_id is null
    and patients.died_on is null
    and not outcomes.death_day_unknown
    and outcomes.next_procedure_day is null
