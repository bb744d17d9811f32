/*
title = "Procedures of random keys, of procedures or of patients"
grain = "one row per procedure"
*/
select
    outcomes.outcome_no,
    outcomes.site
from outcomes
where
    list_contains($procedures, cast(outcomes.procedure_id as varchar))
    or list_contains($patients, cast(outcomes.patient_key as varchar))
