/*
topic = "safety"
title = "New fracture within 12 months, of all who lived and were heard of"
question = "How many would have a new fracture within 12 months, had everyone been heard of that long?"
kind = "incidence"
unit = "%"
better = "lower"
eligible = "at least 365 days of records after the procedure"
source = "Aalen and Johansen 1978; definition of this product (METRICS)"
caveat = "A death ends the risk. Others count until something was last known of them."
followed_by = "followed_up_12_months"
version = 1
until = 2026-11-29
changed = "Where the sender links new fractures to a register, everyone is known of for 12 months."
*/
select
    outcomes.procedure_id,
    case
        when not outcomes.sends_complications then null
        when outcomes.new_fracture_day <= coalesce(outcomes.any_death_day, outcomes.new_fracture_day)
            then outcomes.new_fracture_day
        else coalesce(outcomes.any_death_day, outcomes.last_known_day, 0)
    end as value,
    case
        when not outcomes.sends_complications then null
        when outcomes.new_fracture_day <= coalesce(outcomes.any_death_day, outcomes.new_fracture_day) then 'event'
        when outcomes.any_death_day is not null then 'competing'
        else 'left'
    end as category
from population_twelve_months as outcomes
where outcomes.excluded_as is null
