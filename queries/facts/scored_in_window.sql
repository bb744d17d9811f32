/*
title = "Procedures with a score in a window, and when it was asked last"
grain = "one row per procedure"
*/
select
    cast(score_assignments.procedure_id as varchar) as procedure_id,
    max(pain_scores.measured_on) as last_on
from score_assignments
inner join pain_scores on score_assignments.score_id = pain_scores.score_id
where
    pain_scores.score is not null
    and score_assignments.offset_days between $first_day and $last_day
group by score_assignments.procedure_id
