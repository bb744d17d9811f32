/*
topic = "safety"
title = "New fracture reported within 12 months"
question = "In what share was a new vertebral fracture reported within 12 months?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "at least 365 days of records after the procedure"
source = "Definition of this product (METRICS)"
caveat = "Reported, not looked for in everyone."
followed_by = "followed_up_12_months"
linked = ["new_fractures"]
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_complications then coalesce(outcomes.new_fracture_day <= 365, false) end as value
from population_twelve_months as outcomes
where outcomes.excluded_as is null
