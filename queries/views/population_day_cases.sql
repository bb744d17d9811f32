/*
title = "Procedures intended as day case; where the sender has no planned stay, outpatients"
grain = "one row per procedure"
excludes = ["setting"]
*/
select
    outcomes.*,
    case
        when outcomes.sends_intended_stay and outcomes.intended_stay = 'day_case' then null
        when not outcomes.sends_intended_stay and outcomes.setting = 'outpatient' then null
        else 'setting'
    end as excluded_as
from outcomes
