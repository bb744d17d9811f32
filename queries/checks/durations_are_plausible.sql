/*
title = "Procedures last between 10 minutes and 5 hours"
category = "plausibility"
severity = "warn"
tolerated_share = 0.05
examined = "procedures with start and end"
not_applicable = "start or end is not recorded"
remedy = "Check started_at and ended_at: they may be scheduled times, or times in the room."
*/
select
    count(*) filter (where outcomes.procedure_minutes < 10 or outcomes.procedure_minutes > 300) as violations,
    count(*) as examined
from outcomes
where outcomes.procedure_minutes is not null
