/*
title = "Times until ready to go home between 0 and 24 hours"
category = "plausibility"
severity = "warn"
tolerated_share = 0.05
examined = "procedures with an end and a time of being ready"
not_applicable = "the times are not recorded"
remedy = "Look at ended_at and recovery_ready_at: a wrong day, or the time of leaving in place of being ready."
*/
select
    count(*) filter (where outcomes.recovery_out_of_range) as violations,
    count(*) filter (where outcomes.recovery_out_of_range or outcomes.recovery_hours is not null) as examined
from outcomes
