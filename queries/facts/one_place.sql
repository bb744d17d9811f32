/*
title = "Where a procedure stands in the order of outcomes"
grain = "one row"
*/
select outcomes.outcome_no
from outcomes
where outcomes.procedure_id = cast($procedure as uuid)
