/*
title = "What a list of procedures shows"
grain = "one row per procedure asked for"
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
    outcomes.source,
    cast(outcomes.baseline as double) as pain_before,
    cast(early.score as double) as pain_hours_24_72,
    cast(later.score as double) as pain_follow_up,
    cast(early.status as varchar) as status_hours_24_72,
    cast(later.status as varchar) as status_follow_up,
    outcomes.recovery_hours,
    outcomes.discharge_day,
    outcomes.disposition,
    outcomes.death_day,
    outcomes.serious_complication_day,
    outcomes.unclassified_event_day,
    outcomes.complication_day
from outcomes
left join pain_outcomes as early on outcomes.procedure_id = early.procedure_id and early.timepoint = 'hours_24_72'
left join pain_outcomes as later on outcomes.procedure_id = later.procedure_id and later.timepoint = 'follow_up'
where list_contains($places, outcomes.outcome_no)
