/*
title = "As population_window, with a recorded baseline of 4 or more"
grain = "one row per procedure"
excludes = ["not_due", "died", "retreated", "baseline_missing", "baseline_below_4"]
*/
select
    pain_outcomes.*,
    case
        when pain_outcomes.status not in ('recorded', 'missing') then cast(pain_outcomes.status as varchar)
        when pain_outcomes.baseline is null then 'baseline_missing'
        when pain_outcomes.baseline < 4 then 'baseline_below_4'
    end as excluded_as
from pain_outcomes
where pain_outcomes.timepoint = $timepoint
