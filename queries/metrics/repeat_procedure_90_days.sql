/*
topic = "safety"
title = "Treated again within 90 days"
question = "What share was treated again within 90 days?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "at least 90 days of records after the procedure, not died within them"
source = "Definition of this product (METRICS)"
caveat = "A new fracture or the same one: not told apart."
version = 1
*/
select
    outcomes.procedure_id,
    coalesce(outcomes.next_procedure_day <= 90, false) as value
from population_repeat_90_days as outcomes
where outcomes.excluded_as is null
