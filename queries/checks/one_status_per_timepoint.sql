/*
title = "pain_outcomes has exactly one row per procedure and timepoint"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
examined = "procedures and timepoints"
not_applicable = "there are no procedures"
remedy = "This is a mistake in the program: keep the generation before, and report it."
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
