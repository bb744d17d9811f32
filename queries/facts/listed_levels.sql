/*
title = "Treated vertebrae of a list of procedures"
grain = "one row per treated vertebra"
*/
select
    outcomes.outcome_no,
    cast(treated_levels.vertebra as varchar) as vertebra
from outcomes
inner join treated_levels on outcomes.procedure_id = treated_levels.procedure_id
where list_contains($places, outcomes.outcome_no)
