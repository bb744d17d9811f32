/*
title = "The score that would be used if the window at a timepoint had other ends"
grain = "one row per procedure that counts for responders at the timepoint and has such a score"
*/
with candidates as (
    select
        outcomes.outcome_no,
        outcomes.baseline,
        pain_scores.score,
        row_number() over (
            partition by outcomes.outcome_no
            order by abs(score_assignments.offset_hours - $target_hours), pain_scores.measured_at, pain_scores.score_id
        ) as place
    from population_responders
    inner join outcomes on population_responders.procedure_id = outcomes.procedure_id
    inner join score_assignments on outcomes.procedure_id = score_assignments.procedure_id
    inner join pain_scores on score_assignments.score_id = pain_scores.score_id
    where
        population_responders.excluded_as is null
        and pain_scores.score is not null
        and cast(pain_scores.context as varchar) = outcomes.baseline_context
        and score_assignments.reason <> 'after_retreatment'
        and score_assignments.offset_hours > 0
        and (
            ($in_hours and score_assignments.offset_hours between $low and $high)
            or (not $in_hours and score_assignments.offset_days between $low and $high)
        )
)

select
    candidates.outcome_no,
    case when 2 * (candidates.baseline - candidates.score) >= candidates.baseline then 1 else 0 end as is_halved
from candidates
where candidates.place = 1
