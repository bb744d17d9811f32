/*
title = "Procedures whose patient came from home and left the hospital alive, with 30 days of records after that"
grain = "one row per procedure"
excludes = ["setting", "not_due", "died"]
*/
select
    outcomes.*,
    case
        when outcomes.setting is null or outcomes.setting not in ('outpatient', 'admitted_for_procedure') then 'setting'
        when outcomes.disposition = 'died' then 'died'
        when outcomes.observed_days < coalesce(outcomes.discharge_day, 0) + 30 then 'not_due'
    end as excluded_as
from outcomes
