/*
topic = "follow_up"
title = "Pain asked before"
question = "In what share is there a pain score before?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "A score in the 30 days before the start."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.baseline is not null as value
from outcomes
