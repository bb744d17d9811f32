/*
title = "No patient has two procedures on one day"
category = "plausibility"
severity = "warn"
tolerated_share = 0.01
examined = "patients and days with a procedure"
not_applicable = "there are no procedures"
remedy = "Check that they are two sessions; lines of one session belong into one row."
*/
with days as (
    select
        procedures.patient_key,
        procedures.performed_on,
        count(*) as sessions
    from procedures
    group by procedures.patient_key, procedures.performed_on
)

select
    count(*) filter (where days.sessions > 1) as violations,
    count(*) as examined
from days
