/*
title = "As population_window, of those with an answer to RMDQ before"
grain = "one row per procedure with an answer to RMDQ in the 30 days before"
excludes = ["not_due", "died", "retreated"]
*/
select
    pain_outcomes.*,
    case
        when pain_outcomes.status in ('recorded', 'missing') then null
        else cast(pain_outcomes.status as varchar)
    end as excluded_as
from pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.timepoint = $timepoint and outcomes.baseline_rmdq is not null
