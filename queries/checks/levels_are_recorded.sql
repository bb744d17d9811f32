/*
title = "Procedures whose treated vertebrae are known"
category = "completeness"
severity = "warn"
tolerated_share = 0.05
*/
select
    count(*) filter (where outcomes.level_count is null) as violations,
    count(*) as examined
from outcomes
