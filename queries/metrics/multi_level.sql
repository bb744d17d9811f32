/*
topic = "levels"
title = "More than one vertebra"
question = "In what share of procedures is more than one vertebra treated?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "Neither direction is better: it follows from the fractures."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.level_count >= 2 as value
from outcomes
