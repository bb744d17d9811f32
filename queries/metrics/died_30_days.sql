/*
topic = "safety"
title = "Died within 30 days"
question = "What share died within 30 days?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "at least 30 days of records after the procedure"
source = "Definition of this product (METRICS)"
caveat = "Any cause, counted for the latest procedure; deaths elsewhere may be unknown."
followed_by = "followed_up"
linked = ["deaths"]
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_deaths then coalesce(outcomes.death_day <= 30, false) end as value
from population_thirty_days as outcomes
where outcomes.excluded_as is null
