/*
topic = "levels"
title = "More than three vertebrae"
question = "In what share of procedures are more than three vertebrae treated?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Medicare LCD L34228: more than 3 levels is a relative contraindication"
caveat = "A stated payer rule, not a standard of care."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.level_count > 3 as value
from outcomes
