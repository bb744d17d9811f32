/*
topic = "safety"
title = "Readmitted within 30 days of the procedure"
question = "What share was readmitted within 30 days of the procedure?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "at least 30 days of records after the procedure"
source = "Definition of this product (METRICS)"
caveat = "Any cause."
followed_by = "followed_up"
linked = ["readmissions"]
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_readmissions then coalesce(outcomes.readmission_day <= 30, false) end as value
from population_thirty_days as outcomes
where outcomes.excluded_as is null
