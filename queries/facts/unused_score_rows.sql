/*
title = "Every score that is used at no timepoint, and why"
grain = "one row per score and procedure that it was weighed for (null = none)"
*/
select
    outcomes.outcome_no,
    cast(outcomes.procedure_id as varchar) as procedure_id,
    outcomes.performed_on,
    outcomes.site,
    pain_scores.measured_on,
    score_assignments.offset_days as days_after,
    cast(pain_scores.score as double) as score,
    cast(pain_scores.context as varchar) as context,
    cast(score_assignments.reason as varchar) as reason,
    pain_scores.score_id
from score_assignments
inner join pain_scores on score_assignments.score_id = pain_scores.score_id
left join outcomes on score_assignments.procedure_id = outcomes.procedure_id
where score_assignments.timepoint is null
