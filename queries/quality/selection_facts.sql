/*
title = "The facts that rules of selection may ask for"
grain = "one row per procedure"
*/
select
    outcomes.outcome_no,
    cast(outcomes.baseline as double) as baseline,
    outcomes.age_years,
    /*each procedures outcomes: outcomes.{fact},*/
    outcomes.level_count
from outcomes
