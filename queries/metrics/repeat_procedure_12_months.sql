/*
topic = "safety"
title = "Treated again within 12 months"
question = "What share was treated again within 12 months?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "at least 365 days of records after the procedure, not died within them"
source = "Definition of this product (METRICS)"
caveat = "A new fracture or the same one: not told apart."
version = 1
*/
select
    outcomes.procedure_id,
    coalesce(outcomes.next_procedure_day <= 365, false) as value
from population_repeat_12_months as outcomes
where outcomes.excluded_as is null
