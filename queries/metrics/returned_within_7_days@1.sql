/*
topic = "discharge"
title = "Back in hospital within 7 days"
question = "What share was readmitted on the day of discharge or the 7 days after?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "discharged alive, with 7 days of records after that"
source = "Definition of this product (METRICS)"
caveat = "Balances same-day discharge: early discharge must not mean early return."
version = 1
until = 2026-11-29
changed = "Only day cases count, as in the headline on same-day discharge."
*/
select
    outcomes.procedure_id,
    case
        when outcomes.sends_readmissions and outcomes.discharge_day is not null
            then coalesce(outcomes.readmission_day_after_discharge between 0 and 7, false)
    end as value
from outcomes
where
    (outcomes.disposition is null or outcomes.disposition <> 'died')
    and outcomes.observed_days >= coalesce(outcomes.discharge_day, 0) + 7
