/*
topic = "follow_up"
title = "Days until received"
question = "How long until a procedure reaches this dashboard?"
kind = "median"
unit = "days"
better = "lower"
eligible = "procedures received after the first delivery of their source"
source = "Definition of this product (METRICS)"
caveat = "From the day of the procedure to the first file that held it; what a first delivery brings is not late."
version = 2
*/
select
    outcomes.procedure_id,
    outcomes.registration_delay_days as value
from outcomes
where outcomes.registration_delay_days is not null
