/*
title = "The score that would be used if the window at a timepoint had other ends"
grain = "one row per procedure that counts for responders at the timepoint and has such a score"
*/
with candidates as (
    select
        outcomes.outcome_no,
        outcomes.baseline,
        pain_scores.score,
        pain_scores.score_id,
        score_assignments.offset_hours,
        abs(score_assignments.offset_hours - $target_hours) as distance
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
),

nearest as (
    select
        candidates.outcome_no,
        min(candidates.distance) as distance
    from candidates
    group by candidates.outcome_no
),

-- Of two that are as near, one before and one after the target: the earlier.
earliest as (
    select
        candidates.outcome_no,
        min(candidates.offset_hours) as offset_hours
    from candidates
    inner join nearest on candidates.outcome_no = nearest.outcome_no and candidates.distance = nearest.distance
    group by candidates.outcome_no
),

first_ones as (
    select
        candidates.outcome_no,
        min(candidates.score_id) as score_id
    from candidates
    inner join earliest
        on candidates.outcome_no = earliest.outcome_no and candidates.offset_hours = earliest.offset_hours
    group by candidates.outcome_no
)

select
    candidates.outcome_no,
    case when 2 * (candidates.baseline - candidates.score) >= candidates.baseline then 1 else 0 end as is_halved
from candidates
inner join first_ones on candidates.outcome_no = first_ones.outcome_no and candidates.score_id = first_ones.score_id
