/*
title = "Day cases whose patient left the hospital alive, with 7 days of records after that"
grain = "one row per procedure"
excludes = ["setting", "not_due", "died"]
*/
select
    population_day_cases.procedure_id,
    case
        when population_day_cases.excluded_as is not null then population_day_cases.excluded_as
        when outcomes.disposition = 'died' then 'died'
        when outcomes.observed_days < coalesce(outcomes.discharge_day, 0) + 7 then 'not_due'
    end as excluded_as
from population_day_cases
inner join outcomes on population_day_cases.procedure_id = outcomes.procedure_id
