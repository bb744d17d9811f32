/*
topic = "levels"
title = "Mean vertebrae per procedure"
question = "How many vertebrae are treated in one session, on average?"
kind = "mean"
unit = "vertebrae"
better = "neutral"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "A mean of small whole numbers: read it with the distribution."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.level_count as value
from outcomes
