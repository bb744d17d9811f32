/*
title = "Procedures whose patient left the hospital alive, with 7 days of records after that"
grain = "one row per procedure"
excludes = ["not_due", "died"]
*/
select
    outcomes.procedure_id,
    case
        when outcomes.disposition = 'died' then 'died'
        when outcomes.observed_days < coalesce(outcomes.discharge_day, 0) + 7 then 'not_due'
    end as excluded_as
from outcomes
