/*
topic = "levels"
title = "Procedures"
question = "How many procedures were done?"
kind = "count"
unit = "procedures"
better = "neutral"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "Counts sessions, not patients and not vertebrae."
version = 1
*/
select
    outcomes.procedure_id,
    1 as value
from outcomes
