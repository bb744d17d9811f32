/*
topic = "discharge"
title = "Back in hospital within 7 days"
question = "What share was readmitted on the day of discharge or the 7 days after?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "day cases (intended; outpatients where no planned stay is sent) discharged alive, with 7 days of records after that"
source = "Definition of this product (METRICS)"
caveat = "Balances same-day discharge: early discharge must not mean early return."
version = 2
*/
select
    population_day_cases_left_alive.procedure_id,
    case
        when outcomes.sends_readmissions and outcomes.discharge_day is not null
            then coalesce(outcomes.readmission_day_after_discharge between 0 and 7, false)
    end as value
from population_day_cases_left_alive
inner join outcomes on population_day_cases_left_alive.procedure_id = outcomes.procedure_id
where population_day_cases_left_alive.excluded_as is null
