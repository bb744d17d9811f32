/*
topic = "safety"
title = "Readmitted within 30 days of discharge"
question = "Of those discharged alive, what share was readmitted within 30 days?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "outpatients and those admitted for the procedure, discharged alive, with 30 days of records after that"
source = "Definition of this product (METRICS)"
caveat = "Any cause; patients who already were inpatients are apart."
followed_by = "followed_up"
linked = ["readmissions"]
version = 1
*/
select
    outcomes.procedure_id,
    case
        when outcomes.sends_readmissions and outcomes.discharge_day is not null
            then coalesce(outcomes.readmission_day_after_discharge between 0 and 30, false)
    end as value
from population_discharged_alive_30_days as outcomes
where outcomes.excluded_as is null
