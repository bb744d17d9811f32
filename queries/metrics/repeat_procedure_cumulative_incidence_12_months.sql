/*
topic = "safety"
title = "Treated again within 12 months, of all who lived and were heard of"
question = "How many would be treated again within 12 months, had everyone been heard of that long?"
kind = "incidence"
unit = "%"
better = "neutral"
eligible = "at least 365 days of records after the procedure"
source = "Aalen and Johansen 1978; definition of this product (METRICS)"
caveat = "A death ends the risk. Others count until something was last known of them."
followed_by = "followed_up_12_months"
version = 1
*/
select
    outcomes.procedure_id,
    coalesce(outcomes.next_procedure_day, outcomes.any_death_day, outcomes.last_known_day, 0) as value,
    case
        when outcomes.next_procedure_day is not null then 'event'
        when outcomes.any_death_day is not null then 'competing'
        else 'left'
    end as category
from population_twelve_months as outcomes
where outcomes.excluded_as is null
