/*
title = "What the sender of every procedure links to a register"
grain = "one row per procedure"
*/
select
    outcomes.outcome_no,
    outcomes.linked_deaths,
    outcomes.linked_readmissions,
    outcomes.linked_complications,
    outcomes.linked_new_fractures
from outcomes
