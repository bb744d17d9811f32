/*
title = "As population_visit_due, of patients who came from home"
grain = "one row per procedure"
excludes = ["setting", "not_due", "died", "retreated"]
*/
select
    outcomes.*,
    case
        when outcomes.setting is null or outcomes.setting not in ('outpatient', 'admitted_for_procedure') then 'setting'
        when outcomes.observed_days <= 14 then 'not_due'
        when outcomes.next_procedure_day <= 14 then 'retreated'
        when outcomes.death_day <= 14 then 'died'
    end as excluded_as
from outcomes
