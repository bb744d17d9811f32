/*
topic = "discharge"
title = "Stayed because nobody could take them home"
question = "What share of day cases stayed for want of transport?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "procedures intended as day case; where no planned stay is sent, outpatients"
source = "Patient leaflet A: a driver, or help with transport"
caveat = "One main reason each; a stay without a recorded reason is not recorded."
version = 1
*/
select
    outcomes.procedure_id,
    case
        when same_day_answers.went_home then false
        when same_day_answers.went_home is false and coalesce(outcomes.delay_reason, 'unknown') <> 'unknown'
            then outcomes.delay_reason = 'no_transport'
    end as value
from population_day_cases as outcomes
inner join same_day_answers on outcomes.procedure_id = same_day_answers.procedure_id
where outcomes.excluded_as is null
