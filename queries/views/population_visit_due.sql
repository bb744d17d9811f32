/*
title = "Procedures more than 14 days ago, the patient alive and not treated again by then"
grain = "one row per procedure"
excludes = ["not_due", "died", "retreated"]
*/
select
    outcomes.*,
    case
        when outcomes.observed_days <= 14 then 'not_due'
        when outcomes.next_procedure_day <= 14 then 'retreated'
        when outcomes.death_day <= 14 then 'died'
    end as excluded_as
from outcomes
