/*
title = "Procedures with 365 days of records after them, unless the patient died within them untreated"
grain = "one row per procedure"
excludes = ["not_due", "died"]
*/
select
    outcomes.*,
    case
        when outcomes.observed_days < 365 then 'not_due'
        when outcomes.death_day <= 365 then 'died'
    end as excluded_as
from outcomes
