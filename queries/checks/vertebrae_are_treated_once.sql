/*
title = "No vertebra is treated again within 30 days"
category = "plausibility"
severity = "warn"
tolerated_share = 0.02
examined = "treated vertebrae"
not_applicable = "no vertebra is recorded"
remedy = "Check the levels and dates of both procedures."
*/
with treated as (
    select
        procedures.procedure_id,
        procedures.patient_key,
        procedures.sequence_no,
        procedures.performed_on,
        treated_levels.vertebra
    from treated_levels
    inner join procedures on treated_levels.procedure_id = procedures.procedure_id
),

again as (
    select distinct
        later.procedure_id,
        later.vertebra
    from treated as later
    inner join treated as earlier
        on
            later.patient_key = earlier.patient_key
            and later.vertebra = earlier.vertebra
            and later.sequence_no > earlier.sequence_no
            and date_diff('day', earlier.performed_on, later.performed_on) <= 30
)

select
    (
        select count(*)
        from again
    ) as violations,
    count(*) as examined
from treated
