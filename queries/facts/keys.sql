/*
title = "The key of every procedure"
grain = "one row per procedure"
*/
select
    outcomes.outcome_no,
    cast(outcomes.procedure_id as varchar) as procedure_id
from outcomes
