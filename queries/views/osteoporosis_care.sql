/*
title = "Whether bone density is known and a decision made within 12 weeks"
grain = "one row per procedure of which anything of it is recorded"
*/
select
    outcomes.procedure_id,
    coalesce(outcomes.bone_density_day between -365 and 84, false) as has_bone_density,
    coalesce(outcomes.osteoporosis_drug in ('already_taken', 'declined', 'not_indicated'), false)
    or coalesce(outcomes.osteoporosis_drug = 'started' and coalesce(outcomes.osteoporosis_drug_day, 0) <= 84, false)
    or coalesce(outcomes.osteoporosis_drug_day <= 84, false)
    or coalesce(outcomes.osteoporosis_referred_day <= 84, false) as is_decided
from outcomes
where
    outcomes.bone_density_day is not null
    or outcomes.osteoporosis_drug in ('started', 'already_taken', 'declined', 'not_indicated', 'none')
    or outcomes.osteoporosis_drug_day is not null
    or outcomes.osteoporosis_referred_day is not null
