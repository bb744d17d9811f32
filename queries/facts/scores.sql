/*
title = "The scores before and at one timepoint, with their dates"
grain = "one row per procedure"
*/
with used as (
    select
        score_assignments.procedure_id,
        score_assignments.timepoint,
        pain_scores.measured_on
    from score_assignments
    inner join pain_scores on score_assignments.score_id = pain_scores.score_id
    where score_assignments.timepoint is not null
)

select
    outcomes.outcome_no,
    cast(pain_outcomes.status as varchar) as window_status,
    pain_outcomes.score,
    /*each pain_scores windows: pain_outcomes.{name} as {name}_then,*/
    pain_outcomes.offset_hours as score_hours,
    used_before.measured_on as baseline_on,
    used_then.measured_on as score_on
from outcomes
left join pain_outcomes
    on outcomes.procedure_id = pain_outcomes.procedure_id and pain_outcomes.timepoint = $timepoint
left join used as used_before
    on outcomes.procedure_id = used_before.procedure_id and used_before.timepoint = 'baseline'
left join used as used_then
    on outcomes.procedure_id = used_then.procedure_id and used_then.timepoint = $timepoint
where $everyone or list_contains($places, outcomes.outcome_no)
