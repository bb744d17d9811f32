/*
title = "Every score weighed for one procedure, and what became of it"
grain = "one row per score"
*/
select
    pain_scores.measured_on,
    pain_scores.measured_at,
    pain_scores.time_known,
    pain_scores.score,
    cast(pain_scores.context as varchar) as context,
    pain_scores.missing_reason,
    /*each pain_scores: pain_scores.{name} as field_{name},*/
    score_assignments.timepoint,
    score_assignments.offset_days,
    score_assignments.offset_hours,
    cast(score_assignments.reason as varchar) as reason
from score_assignments
inner join pain_scores on score_assignments.score_id = pain_scores.score_id
where score_assignments.procedure_id = cast($procedure as uuid)
