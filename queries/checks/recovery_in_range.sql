/*
title = "Times until ready to go home between 0 and 24 hours"
category = "plausibility"
severity = "warn"
tolerated_share = 0.05
*/
select
    count(*) filter (where outcomes.recovery_out_of_range) as violations,
    count(*) filter (where outcomes.recovery_out_of_range or outcomes.recovery_hours is not null) as examined
from outcomes
