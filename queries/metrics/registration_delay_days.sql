/*
topic = "follow_up"
title = "Days until received"
question = "How long until a procedure reaches this dashboard?"
kind = "median"
unit = "days"
better = "lower"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "From the day of the procedure to the first file that held it; the first load of old records is long."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.registration_delay_days as value
from outcomes
