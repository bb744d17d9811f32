/*
title = "What became of the scores weighed for each procedure"
grain = "one row per procedure (null = no procedure) and reason; `scores` counts"
*/
select
    outcomes.outcome_no,
    cast(score_assignments.reason as varchar) as reason,
    count(*) as scores
from score_assignments
left join outcomes on score_assignments.procedure_id = outcomes.procedure_id
group by outcomes.outcome_no, score_assignments.reason
