/*
title = "Procedures for which a score of a month was weighed"
grain = "one row per procedure and month of the scores"
*/
select distinct
    outcomes.outcome_no,
    cast(date_trunc('month', pain_scores.measured_on) as date) as month
from outcomes
inner join score_assignments on outcomes.procedure_id = score_assignments.procedure_id
inner join pain_scores on score_assignments.score_id = pain_scores.score_id
where pain_scores.measured_on is not null
