/*
title = "Procedures whose window at the timepoint is closed, alive and not treated again by its end"
grain = "one row per procedure"
excludes = ["not_due", "died", "retreated"]
*/
select
    pain_outcomes.*,
    case
        when pain_outcomes.status in ('recorded', 'missing') then null
        else cast(pain_outcomes.status as varchar)
    end as excluded_as
from pain_outcomes
where pain_outcomes.timepoint = $timepoint
