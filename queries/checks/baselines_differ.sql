/*
title = "Scores before the procedure are not all the same"
category = "plausibility"
severity = "warn"
tolerated_share = 0.6
examined = "recorded baselines, when there are at least 20"
not_applicable = "fewer than 20 baselines are recorded"
remedy = "Ask whether the number is entered by default or in batches."
*/
with common as (
    select
        outcomes.baseline,
        count(*) as uses
    from outcomes
    where outcomes.baseline is not null
    group by outcomes.baseline
)

select
    case when coalesce(sum(common.uses), 0) >= 20 then max(common.uses) else 0 end as violations,
    case when coalesce(sum(common.uses), 0) >= 20 then sum(common.uses) else 0 end as examined
from common
