/*
title = "Procedures whose window at the timepoint is closed, also of the dead and the treated again, with a recorded baseline of 4 or more"
grain = "one row per procedure"
excludes = ["not_due", "baseline_missing", "baseline_below_4"]
*/
select
    pain_outcomes.*,
    case
        when pain_outcomes.status = 'not_due' then 'not_due'
        when pain_outcomes.baseline is null then 'baseline_missing'
        when pain_outcomes.baseline < 4 then 'baseline_below_4'
    end as excluded_as
from pain_outcomes
where pain_outcomes.timepoint = $timepoint
