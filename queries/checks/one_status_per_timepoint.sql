/*
title = "pain_outcomes has exactly one row per procedure and timepoint"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
*/
with counted as (
    select
        pain_outcomes.procedure_id,
        pain_outcomes.timepoint,
        count(*) as statuses
    from pain_outcomes
    group by pain_outcomes.procedure_id, pain_outcomes.timepoint
)

select
    count(*) filter (where counted.statuses <> 1) as violations,
    count(*) as examined
from counted
