/*
topic = "levels"
title = "Vertebrae per procedure"
question = "How many vertebrae are treated in one session?"
kind = "category"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "Procedures whose level text was missing or unreadable have no answer."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.levels as category
from outcomes
