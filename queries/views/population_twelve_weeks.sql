/*
title = "Osteoporotic fractures with at least 84 days of records after them, alive and not treated again by then"
grain = "one row per procedure for an osteoporotic fracture"
excludes = ["not_due", "died", "retreated"]
*/
select
    outcomes.*,
    case
        when outcomes.observed_days < 84 then 'not_due'
        when outcomes.next_procedure_day <= 84 then 'retreated'
        when outcomes.death_day <= 84 then 'died'
    end as excluded_as
from outcomes
where outcomes.indication = 'osteoporotic'
