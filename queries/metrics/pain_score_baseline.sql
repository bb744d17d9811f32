/*
topic = "pain"
title = "Pain before"
question = "How much did it hurt before the procedure?"
kind = "mean"
unit = "points of 10"
better = "neutral"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "The latest score in the 30 days before the start; older than 7 days in some."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.baseline as value
from outcomes
