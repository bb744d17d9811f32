/*
title = "Procedures with a score in a window"
grain = "one row per procedure"
*/
select distinct outcomes.outcome_no
from score_assignments
inner join pain_scores on score_assignments.score_id = pain_scores.score_id
inner join outcomes on score_assignments.procedure_id = outcomes.procedure_id
where
    pain_scores.score is not null
    and score_assignments.offset_days between $first_day and $last_day
