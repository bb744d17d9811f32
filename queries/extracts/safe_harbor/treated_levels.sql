/*
title = "Treated vertebrae"
grain = "one row per treated vertebra of a procedure"
*/
select
    cast(treated_levels.procedure_id as varchar) as procedure_id,
    cast(treated_levels.vertebra as varchar) as vertebra,
    cast(treated_levels.cement_ml as double) as cement_ml,
    treated_levels.leak,
    treated_levels.leak_symptomatic
from treated_levels
