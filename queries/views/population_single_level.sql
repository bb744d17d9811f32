/*
title = "Single-level procedures of patients who came from home"
grain = "one row per procedure on exactly one vertebra"
excludes = ["setting"]
*/
select
    outcomes.*,
    case
        when outcomes.setting in ('outpatient', 'admitted_for_procedure') then null
        else 'setting'
    end as excluded_as
from outcomes
where outcomes.level_count = 1
