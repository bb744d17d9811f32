/*
title = "What became of every score"
grain = "one row per score and procedure it was weighed for"
*/
select
    cast(score_assignments.score_id as varchar) as score_id,
    cast(score_assignments.procedure_id as varchar) as procedure_id,
    score_assignments.timepoint,
    score_assignments.offset_hours,
    score_assignments.offset_days,
    cast(score_assignments.reason as varchar) as reason
from score_assignments
