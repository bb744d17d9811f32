/*
title = "Patients who came from home: outpatients and those admitted for the procedure"
grain = "one row per procedure"
excludes = ["setting"]
*/
select
    outcomes.*,
    case
        when outcomes.setting in ('outpatient', 'admitted_for_procedure') then null
        else 'setting'
    end as excluded_as
from outcomes
