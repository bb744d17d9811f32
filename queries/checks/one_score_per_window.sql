/*
title = "No window uses more than one score"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
examined = "windows with a score"
not_applicable = "no window has a score"
remedy = "This is a mistake in the program: keep the generation before, and report it."
*/
with counted as (
    select
        score_assignments.procedure_id,
        score_assignments.timepoint,
        count(*) as used
    from score_assignments
    where score_assignments.timepoint is not null
    group by score_assignments.procedure_id, score_assignments.timepoint
)

select
    count(*) filter (where counted.used <> 1) as violations,
    count(*) as examined
from counted
