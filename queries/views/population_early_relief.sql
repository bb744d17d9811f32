/*
title = "Patients who came from home with a recorded baseline of 4 or more"
grain = "one row per procedure"
excludes = ["setting", "baseline_missing", "baseline_below_4"]
*/
select
    outcomes.*,
    case
        when outcomes.setting is null or outcomes.setting not in ('outpatient', 'admitted_for_procedure') then 'setting'
        when outcomes.baseline is null then 'baseline_missing'
        when outcomes.baseline < 4 then 'baseline_below_4'
    end as excluded_as
from outcomes
