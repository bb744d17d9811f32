/*
title = "Whether the patient left for home on the day of the procedure"
grain = "one row per procedure; null = day of leaving not recorded"
*/
select
    outcomes.procedure_id,
    case
        when outcomes.disposition = 'died' then false
        when outcomes.discharge_day is null then null
        when outcomes.discharge_day = 0 and coalesce(outcomes.disposition, 'unknown') <> 'other_hospital' then true
        else false
    end as went_home
from outcomes
