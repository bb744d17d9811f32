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
    outcomes.source
from outcomes
where list_contains($places, outcomes.outcome_no)
